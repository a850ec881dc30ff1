"""A tiny assignment of its own, and the honest and clumsy notebooks that students hand in for it.

`course` makes the assignment; `entry` says what an entry is; every other module holds entries, each a small function
that makes one submission. `ENTRIES` has all of them by name.
"""

from a0_corpus import cells, colab, files, outside, python, spread, state, style, unreadable
from a0_corpus.entry import Entry, collected_from

ENTRIES: dict[str, Entry] = collected_from(colab, cells, spread, files, outside, state, style, python, unreadable)
