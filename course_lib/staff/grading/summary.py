"""How a class did, in numbers for the triage page: the points spread out, each question's bar, the time it took."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from course_lib.staff.grading import feedback, sanitise
from course_lib.staff.grading.question import Question
from course_lib.staff.grading.sets import ProblemSet
from course_lib.staff.grading.verdicts import Graded

BINS = 10
MOST = 3


def totals(problem_set: ProblemSet, students: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How the automatic points are spread, in ten bins of equal width."""
    names, most = list(problem_set.questions), problem_set.auto_max
    sums = []
    for entry in students.values():
        scores = [entry["questions"].get(name, {}).get("score") for name in names]
        if scores and all(score is not None for score in scores):
            sums.append(sum(score for score in scores if score is not None))
    bins = [0] * BINS
    for total in sums:
        bins[min(int(BINS * total / most), BINS - 1) if most else 0] += 1
    edges = [most * place / BINS for place in range(BINS + 1)]
    bars = [
        {"count": count, "low": low, "high": high, "height": 60 * count / max(bins) if sums else 0.0}
        for count, low, high in zip(bins, edges, edges[1:], strict=False)
    ]
    return {"bars": bars, "count": len(sums), "max": most, "median": median(sums) if sums else None}


def row(question: Question, students: Mapping[str, Mapping[str, Any]], graded: Mapping[str, Graded]) -> dict[str, Any]:
    """How one question went; lost: what cost most of those who lost marks, with the words that one of them was told."""
    name, worth = question.name, question.points
    scores = [entry["questions"][name]["score"] for entry in students.values() if name in entry["questions"]]
    known = [score for score in scores if score is not None]
    lost: Counter[str] = Counter()
    told: dict[str, str] = {}
    for made in graded.values():
        verdict = made.verdicts.get(name)
        if verdict is None or verdict.score is None or verdict.score >= verdict.max:
            continue
        failed = next((result for result in verdict.properties if result.earned < result.points), None)
        what = "" if verdict.reason or failed is None else failed.code.replace("-", " ")
        said = sanitise.plain(feedback.said(verdict.reason) or (failed.sentence if failed else ""), length=400)
        lost[what or said] += 1
        told.setdefault(what or said, said)
    parts = {
        "full": sum(score >= worth for score in known),
        "some": sum(0 < score < worth for score in known),
        "none": sum(score <= 0 for score in known),
        "open": len(scores) - len(known),
    }
    return {
        "name": name,
        "title": question.title,
        "parts": parts,
        "bar": _bar(parts),
        "mean": sum(known) / (worth * len(known)) if known else None,
        "lost": [
            {"what": what if what != told[what] else "", "count": count, "told": told[what]}
            for what, count in lost.most_common(MOST)
            if what
        ],
    }


def _bar(parts: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """Tone, start and width of the pieces of a bar of width 100."""
    whole, start, pieces = sum(parts.values()) or 1, 0.0, []
    for tone, count in parts.items():
        width = 100 * count / whole
        if count:
            pieces.append((tone, start, width))
        start += width
    return pieces


def times(made: Sequence[Graded]) -> dict[str, Any]:
    """How long the notebooks ran, in seconds: median and sum; the five slowest; how many ended their worker."""
    seconds = [each.seconds for each in made]
    return {
        "median": median(seconds) if seconds else 0.0,
        "sum": sum(seconds),
        "slowest": sorted(made, key=lambda each: -each.seconds)[:5],
        "replayed": sum(bool(each.replays) for each in made),
    }
