"""Own HTML pages: everything escaped, no script, nothing fetched from anywhere."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

FOLDER = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """One page from a template of this folder; values are escaped where they are put in."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment().get_template(template).render(style=style, style_hash=f"sha256-{digest}", **values)


def points(value: float) -> str:
    """Points without a needless decimal: 3, 2.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def ticks(text: str) -> Markup:
    """Escaped text in which what stands between backticks is code."""
    pieces = str(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(points=points, ticks=ticks)
    return environment
