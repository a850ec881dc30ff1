"""Pictures that live without a kernel: one script a widget, the same in the book and in Colab."""

import base64
import html
import io
import json
import sys
from importlib.resources import files
from itertools import count
from typing import Any

NAMES = ("balance", "isn", "letgo", "lorenz", "units")
_number = count(1)


class Widget:
    """A live picture as self-contained HTML; a notebook shows it when it is a cell's last expression."""

    def __init__(self, name: str, options: dict[str, object], still: str) -> None:
        self.name = name
        self.options = options
        self.still = still

    def _repr_html_(self) -> str:
        folder = files("course_lib.student") / "widgets"
        script = (folder / f"{self.name}.js").read_text(encoding="utf-8")
        style = (folder / "widget.css").read_text(encoding="utf-8")
        home = f"course-{self.name}-{next(_number)}"
        options = json.dumps(self.options).replace("<", "\\u003c")  # no option can close the script
        mount = f"course{self.name.capitalize()}.mount(document.getElementById('{home}'), {options});"
        return (
            f'<div class="course-widget" id="{home}"><figure class="cw-still">{self.still}</figure></div>\n'
            f"<style>{style}</style>\n<script>{script}\n{mount}</script>"
        )

    def __repr__(self) -> str:
        return f"<widget {self.name}: needs a notebook or the book to be seen>"


def picture(figure: Any, alt: str) -> str:
    """An `<img>` of a matplotlib figure with its alternative text, everything inside the page, in few bytes."""
    from PIL import Image  # comes with matplotlib, as the figure did

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=120, transparent=True, bbox_inches="tight")
    Image.open(drawn).quantize(48, method=Image.Quantize.FASTOCTREE).save(small, format="png", optimize=True)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)  # or the notebook would show it a second time, beside the widget
    data = base64.b64encode(small.getvalue()).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{html.escape(alt, quote=True)}">'


def widget(name: str, *, still: Any = None, alt: str = "", **options: object) -> Widget:
    """A live picture, by name.

    name: "balance", "isn", "letgo", "lorenz" or "units".
    still: matplotlib figure that stands in the box without JavaScript and in print; None: a sentence does.
    alt: what `still` shows, in words; required with it.
    options: numbers and lists of numbers for the script. lorenz: `start` (3 coordinates), `slope` (largest Lyapunov
    exponent, 1/time, of the guide line). isn: first values of its sliders, `ee`, `ei`, `ie`, `ii` (magnitudes of the
    weights, ei from I to E), `ratio` (time constant of I over that of E), `inputE`, `inputI`. units: first
    values of `g` (gain), `theta` (degrees) and `alpha` (Euler step). balance takes none.
    letgo: `nets`, a list of {name, n, alpha (leak per step), data (base64 of little-endian float32: W, U, b, C, d)},
    `start` (raw state), `mean`, `std` (of Lorenz), `dt`, `substeps` (of RK4 in a step), `exponent` (largest, 1/time).
    Raises ValueError for an unknown name, a missing alt text, or an option that is not plain data.
    """
    if name not in NAMES:
        raise ValueError(f"Wanted a widget out of {', '.join(NAMES)}, got {name!r}. Use one of these names.")
    if still is not None and not alt.strip():
        raise ValueError("Wanted alt=... beside still=..., got none. Say in words what the picture shows.")
    plain = {key: _plain(key, value) for key, value in options.items()}
    shown = picture(still, alt) if still is not None else "<p>This picture moves where JavaScript is on.</p>"
    return Widget(name, plain, shown)


def _plain(key: str, value: object) -> object:
    """Numbers, text and lists of them; arrays and tensors through `tolist`."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    try:
        json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Wanted numbers, text or lists for the option {key!r}, got {type(value).__name__}. "
            "Hand in finite numbers, for instance x.tolist()."
        ) from error
    return plain
