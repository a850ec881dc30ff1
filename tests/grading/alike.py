"""Three answers of which no two are alike, and short ways to compare: for the tests of the similarity report."""

from course_lib.staff.grading.similarity import Library, Report, compare
from course_lib.staff.grading.similarity_code import code_of

LONG = """
def shift(x, by):
    rows, columns = x.shape
    middle, spread = np.mean(x, axis=0), np.std(x, axis=0)
    found = np.zeros((rows, columns))
    for k in range(rows):
        distance = np.abs(x[k] - middle) / spread
        if np.max(distance) > 3.5:
            found[k] = middle + by
        else:
            found[k] = x[k] * (1 - by) + middle * by
    weights = np.exp(-np.linalg.norm(found, axis=1) / rows)
    return np.sum(weights[:, None] * found, axis=0) / np.sum(weights)
"""
OTHER = """
def shift(x, by):
    kept = [row for row in x if sum(value * value for value in row) < 12]
    order = sorted(range(len(kept)), key=lambda place: kept[place][0])
    total = []
    while order:
        place = order.pop()
        total.append([value + by / (1 + len(order)) for value in kept[place]])
        if len(total) > 40 and total[-1] == total[-2]:
            break
    scale = max(max(row) for row in total) or 1.0
    return [[value / scale for value in reversed(row)] for row in total]
"""
THREE_LINES = """
def shift(x, by):
    middle = np.mean(x, axis=0)
    spread = np.std(x, axis=0)
    return (x - middle) / spread + by
"""


def report_of(answers: dict[str, str], *, released: str = "", reference: str = "", corpus: Library | None = None):
    """The report on one question of a class."""
    report = Report("tiny", "Tiny")
    mine = {name: code_of(name, source) for name, source in answers.items()}
    solution = code_of("the reference solution", reference) if reference else None
    pieces = frozenset(code_of("", released).pieces)
    compare(report, "q2", mine, {}, solution, pieces, corpus or Library([]))
    return report


def pairs(report):
    return {(found.first.name, found.second.name) for found in report.findings}
