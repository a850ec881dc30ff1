"""CSV files as schools and learning management systems write them: any usual encoding, comma, semicolon or tab."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course_lib.staff.grading.sanitise import plain
from course_lib.validation import CourseError

LARGEST = 20_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MONTHS = {
    name[:3]: number
    for number, names in enumerate(
        (
            *("january januar", "february februar", "march märz", "april", "may mai", "june juni", "july juli"),
            *("august", "september", "october oktober", "november", "december dezember"),
        ),
        start=1,
    )
    for name in names.split()
}
_WORDS = re.compile(
    r"(?:[^\W\d]+,? +)?(?:(?P<day>\d{1,2})\.? (?P<month>[^\W\d]+)|(?P<month2>[^\W\d]+) (?P<day2>\d{1,2})),? "
    r"(?P<year>\d{4}),? +(?:at )?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*"
    r"(?P<half>[AaPp][Mm])?(?: Uhr)?"
)


@dataclass(frozen=True)
class Table:
    """A CSV file: header and rows of text, rows as long as the header; delimiter and encoding as they were found."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"

    def column(self, *names: str) -> int | None:
        """Place of the first column that bears one of these names, whatever its capitals and spaces."""
        known = [folded(name) for name in self.header]
        return next((known.index(name) for name in map(folded, names) if name in known), None)


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises CourseError when there is none, or nothing that looks like a table with a header.
    """
    path = Path(path)
    if not path.is_file():
        raise CourseError(f"Wanted a CSV file, got {path}, which does not exist.")
    if path.stat().st_size > LARGEST:
        raise CourseError(f"Wanted a CSV file of at most {LARGEST // 1_000_000} MB, got {path}.")
    text, encoding = decoded(path.read_bytes())
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise CourseError(f"Wanted a CSV file, got {path} ({error}). Export it again.") from error
    if not rows:
        raise CourseError(f"Wanted a CSV file with a header, got the empty file {path}.")
    header = [name.strip() for name in rows[0]]
    width = len(header)
    return Table(header, [(row + [""] * width)[:width] for row in rows[1:]], delimiter, encoding)


def decoded(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-16 with a mark, UTF-8 with or without, otherwise Windows' Western one."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def write_rows(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> str:
    """Rows as CSV; None is an empty field, numbers have no needless decimals, text is as given (see `text`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([_field(value) for value in row] for row in rows)
    return out.getvalue()


def text(value: str) -> str:
    """A text field that no spreadsheet takes for a formula, without control characters."""
    shown = plain(value, length=1000)
    return f"'{shown}" if value.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown


def folded(name: str) -> str:
    """A column's name or a person's key, for comparing: no capitals, single spaces, underscores as spaces."""
    return " ".join(name.replace("_", " ").replace("\ufeff", "").casefold().split())


def moment(said: str) -> datetime | None:
    """A time as systems write it in CSV files: ISO, or words as in "Wednesday, 10 June 2026, 2:14 PM"; else None.

    Without an offset in the text the result has none: it is on the system's own clock.
    """
    said = said.strip()
    try:
        return datetime.fromisoformat(said) if len(said) > 10 else None
    except ValueError:
        pass
    match = _WORDS.fullmatch(said)
    if match is None:
        return None
    month = _MONTHS.get((match["month"] or match["month2"]).casefold()[:3])
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        day = int(match["day"] or match["day2"])
        return datetime(int(match["year"]), month or 0, day, hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        return None


def _field(value: object) -> object:
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
