"""Lines told apart without their colour, on axes that a page has drawn itself."""

from matplotlib.axes import Axes

from course_lib.plotting.style import MARKERS

SHARE = 0.14  # of the axes' diagonal, from one marker of a line to its next


def tell_apart(ax: Axes) -> Axes:
    """Give every labelled line that has no marker one of its own, here and there along it. Call it before the legend.

    A line that stands alone stays as it is.
    Taught on the page "Separatrices of trained networks".
    """
    lines = [
        line for line in ax.lines if not str(line.get_label()).startswith("_") and line.get_marker() in ("None", "")
    ]
    if len(lines) < 2:
        return ax
    for i, line in enumerate(lines):
        line.set(marker=MARKERS[i % len(MARKERS)], markersize=5, markevery=(SHARE * i / len(lines), SHARE))
    return ax
