"""Every page without a mouse: landmarks, headings, a visible focus, a stop for whatever acts, and rest where asked."""

import pytest

pytestmark = pytest.mark.browser
ACTS = "a[href], button, input, select, textarea, summary, iframe, [role=button], [onclick], [tabindex]"
AUDIT = """(ACTS) => {
  const faults = [], shown = (e) => e.getClientRects().length && e.checkVisibility({ visibilityProperty: true });
  const all = (what) => [...document.querySelectorAll(what)].filter(shown);
  const name = (e) => e.getAttribute("aria-label") || (e.ariaLabelledByElements || []).map((l) => l.textContent).join();
  const tell = (e, what) => faults.push(`${what}: ${e.cloneNode(false).outerHTML.slice(0, 120)}`);

  if (all("main, [role=main]").length !== 1) faults.push("there is not one main landmark");
  const names = all("nav, [role=navigation]").map((e) => { if (!name(e)) tell(e, "no name"); return name(e); });
  if (new Set(names).size < names.length) faults.push(`navigations share a name: ${names}`);
  if (!all("nav, [role=navigation]").length) faults.push("there is no navigation");

  const levels = all("main :is(h1, h2, h3, h4, h5, h6)").map((e) => Number(e.tagName[1]));
  if (levels[0] !== 1 || levels.filter((l) => l === 1).length > 1) faults.push(`not one h1 and first: ${levels}`);
  if (levels.some((l, k) => k && l > levels[k - 1] + 1)) faults.push(`headings skip a level: ${levels}`);

  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  document.querySelectorAll("button.toggle-button-hidden").forEach((b) => b.click());
  const look = (e) => { const s = getComputedStyle(e); return `${s.outlineStyle} ${s.outlineWidth} ${s.boxShadow}`; };
  for (const e of all(ACTS)) {
    if (e.disabled || e.closest("[inert]") || e.closest("[aria-hidden=true]")) continue;
    if (e.tabIndex < 0) { if (e.matches(ACTS.replace(", [tabindex]", ""))) tell(e, "no stop"); continue; }
    const before = look(e);
    e.focus({ preventScroll: true });
    if (document.activeElement !== e) tell(e, "does not take the focus");
    else if (look(e) === before || !e.matches(":focus-visible")) tell(e, "focus is not seen");
    if (Number(getComputedStyle(e).opacity) < 0.5) tell(e, "is not seen when focused");
  }
  const lasts = (s) => Math.max(parseFloat(s.transitionDuration), parseFloat(s.animationDuration)) > 0.001;
  const moves = (e) => lasts(getComputedStyle(e));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    [...document.querySelectorAll("*")].filter(moves).slice(0, 3).forEach((e) => tell(e, "moves"));
    if (getComputedStyle(document.documentElement).scrollBehavior === "smooth") faults.push("scrolling moves");
  }
  return faults;
}"""
HEAVY = ["*mathjax*", "*_images*", "*searchindex*", "*.woff2"]  # most of a visit's cost, and not looked at here
PLANTED = """<!doctype html><html lang="en"><title>planted</title><style>
.bare:focus { outline: none; } .ghost { opacity: 0; } .slow { transition: color 1s; }</style>
<nav><a href="#x">a</a></nav><nav aria-label="A"></nav>
<main><h1>One</h1><h3>Three</h3><button class="bare">b</button><button class="ghost">c</button>
<span onclick="go()" tabindex="-1">d</span><p class="slow">e</p></main><main>f</main>"""


@pytest.fixture(scope="module")
def walked(browser, address):
    """One page for all visits of this file, where motion is unwelcome and heavy files are not fetched."""
    if browser is None:
        return None
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setBlockedURLs", {"urls": HEAVY})
    yield page
    context.close()


def test_every_page_can_be_used_by_keyboard(walked, needs, address, pages):
    needs("chromium")
    faults = []
    for name in (*pages, "search", "404"):
        walked.goto(f"{address}/{name}.html", wait_until="domcontentloaded")
        faults += [f"{name}: {fault}" for fault in walked.evaluate(AUDIT, ACTS)]
    assert faults == []


def test_planted_faults_are_seen(walked, needs):
    needs("chromium")
    walked.set_content(PLANTED)
    found = "\n".join(walked.evaluate(AUDIT, ACTS))
    for fault in (
        "there is not one main landmark",
        "no name: <nav>",
        "headings skip a level: 1,3",
        'focus is not seen: <button class="bare">',
        'is not seen when focused: <button class="ghost">',
        "no stop: <span onclick",
        'moves: <p class="slow">',
    ):
        assert fault in found


def test_tab_goes_round_the_whole_page_and_enter_opens_what_is_shut(walked, needs, address):
    needs("chromium")
    walked.goto(f"{address}/book/flows/lorenz.html", wait_until="domcontentloaded")
    wanted = walked.evaluate(
        """(ACTS) => { window.seen = new Set();
        document.addEventListener("focusin", (e) => window.seen.add(e.target));
        window.wanted = [...document.querySelectorAll(ACTS)].filter((e) => e.tabIndex >= 0 && !e.disabled
          && e.getClientRects().length && e.checkVisibility({ visibilityProperty: true }));
        return window.wanted.length; }""",
        ACTS,
    )
    assert wanted > 80
    walked.keyboard.press("Tab")
    skip = walked.locator("#pst-skip-link a")
    assert skip.evaluate("(e) => e === document.activeElement") and skip.bounding_box()["y"] >= 0
    for _ in range(wanted):
        walked.keyboard.press("Tab")
    missed = "window.wanted.filter((e) => !window.seen.has(e)).map((e) => e.outerHTML.slice(0, 120))"
    assert walked.evaluate(missed) == []

    skip.focus()
    walked.keyboard.press("Enter")
    walked.keyboard.press("Tab")
    assert walked.evaluate("document.activeElement.closest('main') !== null")
    for what, opened in (
        ("div.cell details.hide > summary", "(e) => e.parentElement.open"),
        ("details.sd-dropdown > summary", "(e) => e.parentElement.open"),
        ("button.toggle-button", "(e) => !e.classList.contains('toggle-button-hidden')"),
    ):
        shut = walked.locator(f"article {what}").first
        assert not shut.evaluate(opened), what
        shut.focus()
        walked.keyboard.press("Enter")
        assert shut.evaluate(opened), what
