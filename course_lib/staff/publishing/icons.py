"""The few icons that the theme's pages use, instead of its script with all of them.

The theme loads fontawesome.js (1.5 MB, more than half of a first visit) to draw a dozen icons. After the build the
drawings that occur are taken out of that script and written as one small style sheet of masks.
"""

import re
from pathlib import Path
from urllib.parse import quote

SCRIPT = re.compile(r'<script defer src="([^"]*)_static/scripts/fontawesome\.js[^"]*"></script>')
DRAWING = re.compile(r'"?([a-z][a-z0-9-]*)"?:\[(\d+),(\d+),\[([^\]]*)\],"[0-9a-f]+","([^"]+)"\]')
USED = re.compile(r'<i class="([^"]*\bfa[a-z]?[ -][^"]*)"')
STYLES = {"solid", "brands", "regular", "lg"}
RULE = """:where(i.fa-solid, i.fas, i.fa-regular, i.far, i.fa-brands, i.fab) { display: inline-block; width: 1.25em;
  height: 1em; vertical-align: -0.125em; background: currentColor; -webkit-mask: var(--icon) center / contain no-repeat;
  mask: var(--icon) center / contain no-repeat; }
"""


def drawings(script: str) -> dict[str, tuple[str, str, str]]:
    """Name or alias -> (width, height, path). The solid pack stands last in the script and wins."""
    found = {}
    for name, width, height, aliases, path in DRAWING.findall(script):
        for called in (name, *re.findall(r'"([a-z0-9-]+)"', aliases)):
            found[called] = (width, height, path)
    return found


def slim_icons(site: Path) -> set[str]:
    """Write `_static/icons.css` for the icons on the site's pages, take the script off them, return the icons' names.

    Does nothing on a site without the script. Raises ValueError when an icon is not in it.
    """
    source = site / "_static" / "scripts" / "fontawesome.js"
    if not source.is_file():
        return set()
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html") if "_static" not in path.parts}
    words = {word for text in pages.values() for classes in USED.findall(text) for word in classes.split()}
    names = {word.removeprefix("fa-") for word in words if word.startswith("fa-")} - STYLES
    known, rules = drawings(source.read_text(encoding="utf-8")), [RULE]
    if names - set(known):
        raise ValueError(f"Wanted icons of the theme's script, got {', '.join(sorted(names - set(known)))}.")
    for name in sorted(names):
        width, height, outline = known[name]
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{outline}"/></svg>'
        rules.append(f'.fa-{name} {{ --icon: url("data:image/svg+xml,{quote(svg)}"); }}\n')
    (site / "_static" / "icons.css").write_text("".join(rules), encoding="utf-8")
    for path, text in pages.items():
        slim = SCRIPT.sub(lambda m: f'<link rel="stylesheet" href="{m[1]}_static/icons.css" />', text)
        if slim != text:
            path.write_text(slim, encoding="utf-8")
    return names
