"""Pictures in space: a light one that turns by itself, and plotly's own only when the reader asks for it."""

import json
import os
from importlib.resources import files
from itertools import count
from typing import Any

from course_lib.student.widget import picture

VERSION = "4.1.1"  # of plotly.js where a notebook fetches it; the book has its own copy in _static
OUTSIDE = f"https://cdn.plot.ly/plotly-{VERSION}.min.js"
INSIDE = "_static/plotly.min.js"
_number = count(1)


class PlotlyPicture:
    """A figure in space as HTML; a notebook shows it when it is a cell's last expression."""

    def __init__(self, figure: dict[str, Any], still: str) -> None:
        self.figure = figure
        self.still = still

    def _repr_html_(self) -> str:
        folder = files("course_lib.student") / "widgets"
        script = (folder / "space.js").read_text(encoding="utf-8")
        style = (folder / "widget.css").read_text(encoding="utf-8")
        home = f"course-space-{next(_number)}"
        address = json.dumps(INSIDE if os.environ.get("COURSE_BOOK") == "1" else OUTSIDE)
        figure = json.dumps(self.figure, allow_nan=False).replace("<", "\\u003c")  # no text can close the script
        return (
            f'<div class="course-widget course-space" id="{home}">'
            f'<figure class="cs-still">{self.still}</figure></div>\n'
            f"<style>{style}</style>\n<script>{script}\n"
            f"courseSpace.mount(document.getElementById('{home}'), {figure}, {address});</script>"
        )

    def __repr__(self) -> str:
        return "<picture in space: needs a notebook or the book to be seen>"


def plotly_html(figure: Any, *, still: Any, alt: str) -> PlotlyPicture:
    """A plotly figure that weighs nothing until a reader wants to turn it.

    figure: {"data": [...], "layout": {...}} in plain data, for example of `plotting.figure_3d`, or a
    plotly.graph_objects.Figure, of "scatter3d" traces with x, y and z as lists.  still: the matplotlib figure that
    stands in its place without JavaScript and in print.  alt: what it shows, in words.
    First a light picture of the same points and lines turns, and can be stopped; it waits where reduced motion is asked
    for. The first click, tap or key on its button fetches plotly, in the book from the site itself, in a notebook from
    plotly's own address.
    Raises ValueError for a missing alt text or a figure that is neither.
    """
    if not alt.strip():
        raise ValueError("Wanted alt=... beside the picture, got none. Say in words what it shows.")
    plain = json.loads(figure.to_json()) if hasattr(figure, "to_json") else figure
    if not isinstance(plain, dict) or "data" not in plain:
        raise ValueError(
            f"Wanted a plotly figure or a dictionary with data and layout, got {type(figure).__name__}. "
            "plotting.figure_3d makes one."
        )
    return PlotlyPicture({"data": plain["data"], "layout": plain.get("layout", {})}, picture(still, alt))
