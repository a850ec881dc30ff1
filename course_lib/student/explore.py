"""Sliders over a function, where a kernel runs: Colab and JupyterLab, never the static page."""

import sys
from collections.abc import Callable
from functools import wraps


def explore(
    function: Callable[..., object], **ranges: tuple[float, float] | tuple[float, float, float] | list
) -> object:
    """Call `function` again whenever a slider moves, and show what it draws.

    function: draws with matplotlib, or returns something a notebook shows; takes the ranges' names.
    ranges: per argument (low, high) or (low, high, step); a fixed choice as a list.
    Raises ImportError with what to do when ipywidgets is missing, ValueError for a range that is none.
    """
    try:
        import ipywidgets
    except ImportError as error:
        raise ImportError(
            "Wanted ipywidgets for sliders, found none. In Colab it is there; elsewhere: pip install ipywidgets. "
            "Or call the function yourself with one value after another."
        ) from error
    for name, given in ranges.items():
        if isinstance(given, tuple) and not (len(given) in (2, 3) and given[0] < given[1]):
            raise ValueError(f"Wanted {name}=(low, high) or (low, high, step) with low < high, got {given!r}.")

    @wraps(function)
    def shown(**chosen: object) -> object:
        result = function(**chosen)
        _show_figures()
        return result

    return ipywidgets.interactive(shown, {"auto_display": True}, **ranges)


def _show_figures() -> None:
    """Show the figures now, beside the sliders; later they would pile up under the cell.

    ipywidgets does it itself, but does not know the name that the backend has after `%matplotlib inline` since
    matplotlib 3.9.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_backend().lower() == "inline":
        from matplotlib_inline.backend_inline import flush_figures

        flush_figures()
