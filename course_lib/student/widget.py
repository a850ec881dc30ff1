"""Pictures that live without a kernel: one script a widget, the same in the book and in Colab.

What the widgets share (box, sliders, keys, link, loop, pen) is `widgets/kit.js`, whose head says how to write one.
"""

import base64
import html
import io
import json
import sys
from importlib.resources import files
from itertools import count
from typing import Any

NAMES = (
    "balance",
    "duffing-kick",
    "fit-window",
    "flipflop",
    "hunt",
    "isn",
    "kick",
    "landscape",
    "ledger",
    "letgo",
    "lif",
    "lorenz",
    "ring",
    "spike-lorenz",
    "stretch",
    "units",
)
RUN_A_NETWORK = ("duffing-kick", "flipflop", "hunt", "kick", "letgo")  # they need net.js as well
_number = count(1)


class Widget:
    """A live picture as self-contained HTML; a notebook shows it when it is a cell's last expression."""

    def __init__(self, name: str, options: dict[str, object], still: str) -> None:
        self.name = name
        self.options = options
        self.still = still

    def _repr_html_(self) -> str:
        folder = files("course_lib.student") / "widgets"
        parts = ("kit.js", *(("net.js",) if self.name in RUN_A_NETWORK else ()), f"{self.name}.js")
        script = "\n".join((folder / part).read_text(encoding="utf-8") for part in parts)
        style = (folder / "widget.css").read_text(encoding="utf-8")
        home = f"course-{self.name}-{next(_number)}"
        options = json.dumps(self.options).replace("<", "\\u003c")  # no option can close the script
        camel = "".join(part.capitalize() for part in self.name.split("-"))  # fit-window: courseFitWindow
        mount = f"course{camel}.mount(document.getElementById('{home}'), {options});"
        # the kit comes with every widget: in Colab each output cell is a document of its own
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

    name: one of NAMES.
    still: matplotlib figure that stands in the box without JavaScript and in print; None: a sentence does.
    alt: what `still` shows, in words; required with it.
    options: plain data, lists of it, arrays; what each script knows:
        balance: nothing.
        duffing-kick: `psi`, as of kick, learnt at the damping `learnt_at`, which the widget opens with.
        fit-window: `series`, dictionaries of `name`, `t` (time,), `groups` (groups, time) of a divergence curve and
            `signal`, an index into `signals`, lists of samples `dt` apart; `window` (2 times) and `lag` (samples), what
            it opens with; `longest`, the largest lag.
        flipflop: a network that holds three bits, `n`, `alpha`, `data` (see letgo); `corners` (8, 3), outputs at its
            memories; `edges` (12, points, 3), outputs along the roads between them.
        hunt: `n`, `alpha`, `data` (see letgo) of such a network; `edges`, drawn faintly.
        isn: first values of its sliders: `ee`, `ei`, `ie`, `ii` (magnitudes of the weights, ei from I to E), `ratio`
            (time constant of I over that of E), `inputE`, `inputI`.
        kick: a network that holds one bit, `n`, `inputs` (1), `alpha`, `data` (see letgo); `memories` (2, n), the first
            one the start; `least` (n), the smallest kick found from there; `psi`, a dictionary of `n`, `width`, `depth`
            (2), `data` (base64 of little-endian float32: centre, size, W, b of each layer, head of an Eigenfunction).
        landscape: nothing.
        ledger: `columns`, dictionaries of `name`, `log` (axis), `digits`; `rows`, dictionaries of `name`, `kind`
            ("rate", "spiking", "other"), `baseline`, `figures` (median, least, largest, or None, one for each column),
            `whys` (one for each column), `orbit` (n, 2); `truth` (n, 2); `x`, `y` (columns), `row` to open with.
        letgo: `nets`, dictionaries of `name`, `n`, `alpha` (leak per step), `data` (base64 of little-endian float32: W,
            U, b, C, d); `start` (raw state), `mean`, `std` (of Lorenz), `dt`, `substeps` (of RK4 in a step), `exponent`
            (largest, 1/time).
        lif: nothing.
        lorenz: `start` (3 coordinates), `slope` (largest Lyapunov exponent, 1/time, of the guide line).
        ring: `n` (cells), `j0`, `j1` (weights (j0 + j1 cos) / n), `draws` (base64 of little-endian float32: standard
            normal (n, n) for the jitter, as many as can be drawn).
        spike-lorenz: `n`, `nE`, `K` (cells, excitatory ones, inputs of each kind), `weights` (EE, EI, IE, II), `leaks`
            (per step: `mem`, `syn`, `slow`, and `traces`, two), `wires` (base64 of little-endian uint16: senders of
            each cell, E first), `data` (base64 of little-endian float32: v0, W_in and b per step, then C and d of the
            slow synapse and of the naive loop), `start` (standardised), `unit` (ms a time unit), `lobes` (true changes
            a time unit).
        stretch: `start` (3 coordinates), `spectrum` (3 known exponents), `curve` (n, 2), radii in RMS radii and
            correlation sums; without a curve there is no second picture.
        units: first values of `g` (gain), `theta` (degrees) and `alpha` (Euler step).
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
    """Numbers, text, lists and dictionaries of them; an array or a tensor through `tolist`."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    try:
        json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Wanted numbers, text or lists for the option {key!r}, got {type(value).__name__}. "
            "Hand in finite numbers, for instance x.tolist()."
        ) from error
    return plain
