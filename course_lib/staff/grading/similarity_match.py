"""What two rows of words have in common: passages, longest first, and how much of them is evidence."""

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

PIECE = 8
"""Words: shorter passages are grammar, not somebody's hand."""
REPEATED = 16
"""A piece that stands more often in one row is a table or a loop written out, and begins no passage."""


@dataclass(frozen=True)
class Passage:
    """A passage that two rows share: where it begins in each, how long it is, how many words of it are evidence."""

    first: int
    second: int
    length: int
    evidence: int


def pieces(words: Sequence[str], length: int = PIECE) -> list[tuple[str, ...]]:
    """Each run of ``length`` words, by where it begins."""
    return [tuple(words[k : k + length]) for k in range(len(words) - length + 1)]


def covered(own: Sequence[tuple[str, ...]], others: Collection[tuple[str, ...]]) -> list[bool]:
    """Which words lie in a piece that is among the others; own: all pieces of a row, in order."""
    found = [False] * (len(own) + PIECE - 1 if own else 0)
    for k, piece in enumerate(own):
        if piece in others:
            found[k : k + PIECE] = [True] * PIECE
    return found


def stretches(marked: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Beginning and length of each row of marks that are set."""
    begin = 0
    for value, group in itertools.groupby(marked):
        length = len(list(group))
        if value:
            yield begin, length
        begin += length


def passages(
    first: Sequence[str], second: Sequence[str], free_first: Sequence[bool], free_second: Sequence[bool]
) -> list[Passage]:
    """The passages of at least `PIECE` words that two rows share, longest first, no word in two of them.

    free: which words are the writer's own, and so evidence; the others are passed through and do not count. Greedy
    string tiling: the order of the passages does not matter, so statements may have changed places.
    """
    todo = [(-length, j, k) for length, j, k in _runs(first, second)]
    heapq.heapify(todo)
    used_first, used_second = [False] * len(first), [False] * len(second)
    found = []
    while todo:
        negative, j, k = heapq.heappop(todo)
        length = -negative
        parts = list(_unused(used_first[j : j + length], used_second[k : k + length]))
        if parts != [(0, length)]:
            for begin, size in parts:
                heapq.heappush(todo, (-size, j + begin, k + begin))
            continue
        used_first[j : j + length] = [True] * length
        used_second[k : k + length] = [True] * length
        own = sum(a and b for a, b in zip(free_first[j : j + length], free_second[k : k + length], strict=True))
        found.append(Passage(j, k, length, own))
    return found


def _runs(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Length and beginnings of every run that two rows share and that cannot be made longer."""
    own, other = pieces(first), pieces(second)
    many = {piece for row in (own, other) for piece, count in Counter(row).items() if count > REPEATED}
    starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, piece in enumerate(other):
        if piece not in many:
            starts[piece].append(k)
    reached: dict[int, int] = {}  # by how far one row is ahead of the other: where its last run ends
    for j, piece in enumerate(own):
        for k in starts.get(piece, ()):
            if j < reached.get(k - j, 0):
                continue
            length = PIECE
            while j + length < len(first) and k + length < len(second) and first[j + length] == second[k + length]:
                length += 1
            reached[k - j] = j + length
            yield length, j, k


def _unused(first: Sequence[bool], second: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Beginning and length of each stretch of at least `PIECE` words that is in no passage yet."""
    unused = [not (one or other) for one, other in zip(first, second, strict=True)]
    return ((begin, length) for begin, length in stretches(unused) if length >= PIECE)
