"""Submissions that want points, the grader's machine, or the work of others; each with what it may come to at most.

`entry` says what an entry is; `outside` sets out what must not be reached; `threats` says which entry and which test
answers to which threat; every other module is one family. `ENTRIES` has all of them by name.
"""

from hostile import ending, filling, handed, kernel, pages, reaching, records, seeking, values
from hostile.entry import Hostile, collected_from

ENTRIES: dict[str, Hostile] = collected_from(values, records, seeking, reaching, kernel, ending, filling, pages, handed)
