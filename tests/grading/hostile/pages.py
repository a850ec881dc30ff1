"""Text that attacks whoever looks at it: HTML and scripts, links, pictures, terminal codes, formulas, names.

Every page is opened in a browser afterwards: nothing may run, and nothing may be fetched.
"""

import base64

from a0_corpus.course import answered, cell_of, insert, own

from hostile.entry import cheats, harmless, instead

SCRIPT = "document.title='taken';window.taken=1;fetch('http://127.0.0.1:@TCP@/taken')"
TAGS = f"""
<script>{SCRIPT}</script>
<img src=x onerror="{SCRIPT}">
<svg onload="{SCRIPT}"><animate onbegin="{SCRIPT}" attributeName=x dur=1s></svg>
<iframe srcdoc="<script>parent.document.title='taken'</script>"></iframe>
<details open ontoggle="{SCRIPT}"><summary>open</summary></details>
<a href="javascript:{SCRIPT}">link</a>
<math><mtext><table><mglyph><style><img src=x onerror="{SCRIPT}"></style></table></math>
<style>@import 'http://127.0.0.1:@TCP@/style'; body {{background: url(http://127.0.0.1:@TCP@/css)}}</style>
<meta http-equiv="refresh" content="0;url=javascript:{SCRIPT}">
<base href="http://127.0.0.1:@TCP@/"><link rel=stylesheet href="x.css"><object data="x.swf"></object>
<form action="http://127.0.0.1:@TCP@/form"><button autofocus onfocus="{SCRIPT}">go</button></form>
"""
MARKS = """
[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](data:text/html;base64,PHNjcmlwdD4=)
[d]: javascript:alert(1) "t"
![e](x"onerror="document.title='taken') <javascript:alert(1)> <http://127.0.0.1:@TCP@/auto>
![](http://127.0.0.1:@TCP@/picture.png)
`</code><script>document.title='taken'</script>` $\\href{javascript:alert(1)}{x}$
$$\\html{<img src=x onerror=alert(1)>}$$
```html
</pre><script>document.title='taken'</script>
```
<scr<script>ipt>document.title='taken'</scr</script>ipt> &lt;script&gt;1&lt;/script&gt; &#60;script&#62;
"""
ANSI = (
    "\x1b[2J\x1b]0;taken\x07\x1b]8;;http://127.0.0.1/\x1b\\link\x1b]8;;\x1b\\ \x9b31m \r\n"
    "[bold red]markup[/] [/nothing] \u202etxt"
)
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("http://127.0.0.1")')


@harmless()
def html_in_the_written_answer():
    """Scripts, handlers, frames and styles in the answer that a person reads."""
    notebook = answered()
    cell_of(notebook, "q4-written")["source"] = TAGS + MARKS
    return notebook


@harmless()
def html_in_notes():
    """The same in Markdown cells of the student's own, in raw cells and in texts of the release."""
    notebook = answered()
    cell_of(notebook, "q1-text")["source"] += TAGS
    notebook["cells"] += [own(TAGS, "markdown"), own(MARKS, "markdown"), own(TAGS, "raw")]
    return notebook


@harmless()
def html_in_outputs():
    """Stored and new outputs of every kind that a page could show."""
    notebook = insert(
        answered(),
        "setup",
        "from IPython.display import display, HTML, Javascript, SVG, IFrame, Markdown, Latex\n"
        f"TAGS = {TAGS!r}\nprint(TAGS)\n"
        "for kind in (HTML, Javascript, Markdown, Latex):\n    display(kind(TAGS))\n"
        "display({'text/html': TAGS, 'image/svg+xml': TAGS, 'application/javascript': TAGS}, raw=True)\nHTML(TAGS)",
    )
    data = {"text/html": TAGS, "image/svg+xml": TAGS, "application/javascript": SCRIPT, "text/markdown": MARKS}
    stored = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": TAGS},
        {"output_type": "error", "ename": TAGS, "evalue": TAGS, "traceback": [TAGS, ANSI]},
    ]
    for name in ("q1-answer", "q2-explore", "q3-probe"):
        cell_of(notebook, name)["outputs"] = stored
    return notebook


@harmless()
def pictures_that_are_none():
    """Attachments and outputs that call themselves pictures: drawings with scripts, pages, bombs of pixels."""
    notebook = answered()
    svg = base64.b64encode(f"<svg xmlns='http://www.w3.org/2000/svg'><script>{SCRIPT}</script></svg>".encode()).decode()
    pixels = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
    cell = cell_of(notebook, "q4-written")
    cell["source"] += "![a](attachment:a.png) ![b](attachment:b.svg) ![c](attachment:c.png)"
    cell["attachments"] = {
        "a.png": {"image/svg+xml": svg, "text/html": TAGS},
        "b.svg": {"image/svg+xml": svg},
        "c.png": {"image/png": base64.b64encode(pixels).decode()},
        'd.png"><script>': {"image/png": svg},
    }
    return notebook


@cheats("q1")
def html_in_an_error():
    """An exception whose name and message are a page; both are shown to the student and to a person."""
    return instead(
        "q1",
        f"class Taken(Exception): pass\nTaken.__name__ = {TAGS!r}\ndef step(x, rate, dt):\n    raise Taken({TAGS!r})",
    )


@cheats("q2")
def terminal_codes_in_an_error():
    """Codes that clear the screen, set its title, make links and forge lines; and markup of the terminal's library."""
    return instead("q2", f"def drive(W, x):\n    raise ValueError({ANSI!r})")


@cheats("q3")
def formulas_in_an_error():
    """Messages that a spreadsheet would calculate."""
    return instead("q3", f"texts = iter({FORMULAS!r})\ndef orbit(W, x0, n):\n    raise ValueError(next(texts))")


@cheats("q1")
def cases_in_an_error():
    """Its cases and the paths of its machine, told to itself through the message of an exception."""
    return instead(
        "q1",
        "def step(x, rate, dt):\n    raise ValueError(f'CASE {x.tolist()} {rate!r} {__import__(\"os\").getcwd()}')",
    )


@harmless()
def cases_in_the_notebook():
    """Its cases are kept, and printed by the cell behind: no page may show them."""
    notebook = answered(
        q1="kept = []\ndef step(x, rate, dt):\n    kept.append((x.copy(), rate))\n    return x - dt * rate * x"
    )
    return insert(notebook, "q1-probe", "print('CASE', kept, flush=True)\nraise ValueError(f'CASE {kept}')")


@harmless()
def templates_in_every_field():
    """What a template, a path, a shell or a database would take for its own, wherever a notebook has a field."""
    notebook = answered()
    words = "{{ 7 * 7 }} {% raw %} ${7*7} '; drop table student; -- ../../../etc/passwd `id` $(id)"
    notebook["metadata"].update(title=words, authors=[{"name": words}], kernelspec={"name": words, "language": words})
    notebook["cells"] += [own(words, "markdown", tags=[words]), own(f"# {words}", id=words, name=words)]
    return notebook
