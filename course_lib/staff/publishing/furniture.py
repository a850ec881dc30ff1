"""What stands round every page: words for previews of a link, the foot, and the page for an address that is not there.

All addresses follow from the public repository that `_config.yml` names; `html: baseurl:` there names another home for
the site than GitHub Pages.
"""

import html
import os
import re
from pathlib import Path
from urllib.parse import urlparse

from docutils import nodes
from matplotlib.figure import Figure
from matplotlib.image import imread
from sphinx.util.i18n import format_date

import course_lib
from course_lib.staff.publishing.addresses import licence_line, report_address, site_address

CARD = "social-card.png"
CARD_SIZE = (1200, 630)  # pixels: what the sites that show a preview ask for
CARD_GROUND, CARD_INK = "#14181e", "#f2f4f6"
CARD_ALT = "Two butterfly-shaped orbits side by side: the Lorenz system, and a trained network that was let go."
SUMMARY = 200  # characters of a page's words that a preview shows
LOST = """<section id="page-not-found"><h1>There is no page at this address</h1>
<p>No trajectory leads here. The page may have moved when the course was revised, or the address has a slip in it.</p>
<ul><li><a href="{front}">Go to the front page</a>, which lists what the course is about.</li>
<li>Search for a word of the page with the magnifying glass above, or with Ctrl+K.</li>
<li><a href="{report}">Tell us</a> when a link of the course brought you here.</li></ul>
<script>document.querySelectorAll('a[href^="#"]').forEach(function (a) {{
  a.setAttribute("href", location.pathname + a.getAttribute("href")); }});</script></section>"""


def shorten(text: str) -> str:
    """Whole sentences of a text up to SUMMARY characters; whole words when that would leave less than half."""
    text = " ".join(text.split())
    if len(text) <= SUMMARY:
        return text
    sentence = max(text.rfind(end, 0, SUMMARY) for end in (". ", "? ", "! "))
    return text[: sentence + 1] if sentence > SUMMARY / 2 else text[:SUMMARY].rsplit(" ", 1)[0] + " …"


def summary(doctree: nodes.document) -> str:
    """What a page is about: its aim, else its first paragraph; mathematics as it is written."""
    aims = [node for node in doctree.findall(nodes.admonition) if "aim" in node["classes"]]
    place = aims[0] if aims else doctree
    first = next(iter(place.findall(nodes.paragraph)), None)
    return shorten(re.sub(r"[\\{}]", "", first.astext()).replace("^2", "²")) if first is not None else ""


def preview_tags(title: str, words: str, address: str, card: str) -> str:
    """Meta elements for search engines and for sites that show a preview of a link. address, card: absolute."""
    properties = {"og:type": "article", "og:title": title, "og:description": words, "og:url": address}
    properties |= {"og:image": card, "og:image:width": str(CARD_SIZE[0]), "og:image:height": str(CARD_SIZE[1])}
    properties |= {"og:image:alt": CARD_ALT}
    named = {"description": words, "twitter:card": "summary_large_image"}
    lines = [f'<meta property="{key}" content="{html.escape(value)}" />' for key, value in properties.items()]
    lines += [f'<meta name="{key}" content="{html.escape(value)}" />' for key, value in named.items()]
    return "\n".join(lines) + "\n"


def draw_card(picture: Path, path: Path, title: str) -> None:
    """The picture of the README on a dark ground under the course's title. Drawn again only when that is newer."""
    if path.is_file() and path.stat().st_mtime >= picture.stat().st_mtime:
        return
    width, height = CARD_SIZE
    image = imread(picture)
    figure = Figure(figsize=(width / 100, height / 100), facecolor=CARD_GROUND)
    share = 0.94 * width * image.shape[0] / image.shape[1] / height
    ax = figure.add_axes((0.03, 0.01, 0.94, share))
    ax.imshow(image, interpolation="lanczos")
    ax.set_axis_off()
    figure.text(0.5, 0.87, title, ha="center", va="center", color=CARD_INK, fontsize=32, fontweight="bold")
    draft = path.with_name(f"{path.stem}.{os.getpid()}.png")
    figure.savefig(draft, dpi=100, facecolor=CARD_GROUND, transparent=False)
    os.replace(draft, path)


def foot(repository: str, branch: str, page: str, term: str = "") -> str:
    """Term, version, date, licences and the form for mistakes, as HTML for the theme's foot."""
    built = format_date("%d %B %Y", language="en").lstrip("0")  # SOURCE_DATE_EPOCH is respected
    report = html.escape(report_address(repository, page))
    when = f"{html.escape(term)}. " if term else ""
    return (
        f'<p class="made">{when}Version {course_lib.__version__}, built on {built}.</p>\n'
        f'<p class="licences">{licence_line(repository, branch)}</p>\n'
        f'<p class="report"><a href="{report}">Report a mistake on this page</a></p>'
    )


def base_tag(site: str) -> str:
    """Where the links of the page for lost readers start: it is shown at any depth. site: the public address.

    On the public host that is the site's own folder; elsewhere (a preview on a laptop) the root.
    """
    path = urlparse(site).path
    script = f'if (!location.pathname.startsWith("{path}")) document.querySelector("base").href = "/";'
    return f'<base href="{path}" />\n<script>{script}</script>\n'


def lost_page(app) -> list[tuple[str, dict, str]]:
    """404.html, which GitHub Pages and most static hosts show for an address that is not there."""
    report = html.escape(
        report_address(app.config.html_theme_options["repository_url"], "an address that is not there")
    )
    front = f"{app.config.root_doc}.html"
    return [("404", {"title": "Page not found", "body": LOST.format(front=front, report=report)}, "page.html")]


def on_config(app, config, stage: Path) -> None:
    """Draw the card into `stage`, the static files of each build; take the public address when no other is named."""
    config.html_baseurl = config.html_baseurl or site_address(config.html_theme_options["repository_url"])
    stage.mkdir(parents=True, exist_ok=True)
    draw_card(Path(app.srcdir) / "book" / "_static" / "readme.png", stage / CARD, config.html_title)


def on_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Put foot and preview on the page."""
    theme = app.config.html_theme_options
    site = app.config.html_baseurl
    term = app.config.html_context.get("term", "")
    context["theme_extra_footer"] = foot(theme["repository_url"], theme["repository_branch"], pagename, term)
    tags = "" if pagename != "404" else base_tag(site)
    if doctree is not None:
        title = re.sub(r"<[^>]+>", "", context["title"])
        tags += preview_tags(html.unescape(title), summary(doctree), f"{site}{pagename}.html", f"{site}_static/{CARD}")
    context["metatags"] = context.get("metatags", "") + tags
