"""The pictures of the guides: real pages of the sample class, photographed; `python -m` this module takes them anew.

They show what an instructor and a student see, so they are taken from a graded sample class (`make course` leaves one)
and never drawn by hand. Light, because the pages follow the reader's own setting and a picture cannot.
"""

import io
import re
import sys
from pathlib import Path
from typing import Any

from course_lib.staff.publishing.looks import chromium
from course_lib.validation import CourseError

FOLDER = Path("book") / "pictures"
ASSIGNMENT, STUDENT = "a1_lorenz", "cleo"
LARGEST = 150_000  # bytes
VIEW = {"width": 420, "height": 900}  # as wide as a phone, so that the words are legible on one
SHOTS: dict[str, tuple[str, tuple[str | int, str]]] = {
    "triage-top": ("triage/{set}.html", (0, "Written answers")),
    "triage-questions": ("triage/{set}.html", ("How it went", "q2")),
    "feedback": ("feedback/{set}/{student}.html", ("Question 3", "Question 4")),
}
"""Name -> page of the gradebook, and which part: from the top or the first heading to just before the second."""


def take(root: Path, out: Path | None = None) -> list[Path]:
    """Write one WebP for each of `SHOTS` into the book, or into ``out``.

    root: the checkout. Raises CourseError when the sample class is not graded, or a picture is too heavy.
    """
    gradebook = Path(root) / "_build" / "sample-class" / "gradebook"
    folder = Path(root) / FOLDER if out is None else Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with chromium() as browser:
        context = browser.new_context(viewport=VIEW, color_scheme="light", device_scale_factor=2)
        page = context.new_page()
        for name, (place, ends) in SHOTS.items():
            path = gradebook / place.format(set=ASSIGNMENT, student=STUDENT)
            if not path.is_file():
                raise CourseError(f"Wanted the graded sample class with {path}, got none. Run: make course")
            page.goto(path.as_uri())
            start, end = (_height_of(page, words) for words in ends)
            clip = {"x": 0, "y": start, "width": VIEW["width"], "height": end - start}
            made.append(_write(folder / f"{name}.webp", page.screenshot(full_page=True, clip=clip)))
        context.close()
    return made


def _height_of(page: Any, words: str | int) -> float:
    """Where the box begins whose heading has these words, in pixels from the page's top; a number is itself."""
    if isinstance(words, int):
        return float(words)
    heading = page.locator("h2, h3").filter(has_text=re.compile(rf"^{words}")).first
    whole = "(e) => (e.closest('.question, section') || e).getBoundingClientRect().top + window.scrollY"
    return float(heading.evaluate(whole)) - 8


def _write(path: Path, png: bytes) -> Path:
    from PIL import Image

    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=72, method=6)
    if path.stat().st_size > LARGEST:
        raise CourseError(
            f"Wanted at most {LARGEST} bytes in {path}, got {path.stat().st_size}. Show less of the page."
        )
    return path


if __name__ == "__main__":
    for picture in take(Path.cwd()):
        sys.stdout.write(f"{picture} {picture.stat().st_size}\n")
