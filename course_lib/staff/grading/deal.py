"""Cases for one student, drawn outside the student's process: the same again for the same bytes, others for others."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from course_lib.staff.grading.question import Case, Question
from course_lib.validation import CourseError

KEY_BYTES = 32


def seed(*, key: bytes, assignment: str, version: int, student: str, digest: str, question: str) -> bytes:
    """The seed that belongs to these words and to nobody without the key: 32 bytes.

    key: the course's secret; digest: hash of the submission, so that an edited submission meets other cases and
    feedback is no oracle, while a regrade of the same bytes meets the same.
    """
    words = (assignment, str(version), question, student, digest)
    message = b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)
    return hmac.new(key, message, hashlib.sha256).digest()


def seeds(
    questions: Iterable[str], *, key: bytes, assignment: str, version: int, student: str, digest: str
) -> dict[str, bytes]:
    """The seed of each question, by name; see `seed`."""
    return {
        name: seed(key=key, assignment=assignment, version=version, student=student, digest=digest, question=name)
        for name in questions
    }


def draw(question: Question, seed: bytes) -> list[Case]:
    """The cases of one question that follow from a seed.

    Raises CourseError when the question draws none: an empty comparison is true of any answer.
    """
    cases = question.draw(np.random.default_rng(np.random.SeedSequence(int.from_bytes(seed, "big"))))
    if not cases:
        raise CourseError(f"Wanted at least one case of {question.name}, got none. Mend its draw.")
    return cases


def course_key(gradebook: Path) -> bytes:
    """The course's secret from ``gradebook/course.key``, made on first use, readable by its owner alone.

    Raises CourseError when the file is not a key or others may read it.
    """
    path = gradebook / "course.key"
    gradebook.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        made = gradebook / f".course.key.{os.getpid()}"
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)  # fails when another run has just made one: then that one counts
        except FileExistsError:
            pass
        finally:
            made.unlink()
    if path.stat().st_mode & 0o077:
        raise CourseError(f"Wanted {path} readable by its owner alone, got wider rights. Run: chmod 600 {path}")
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise CourseError(
            f"Wanted {2 * KEY_BYTES} hex digits in {path}, got something else. "
            "Restore the file from a copy: with another key every student meets other cases."
        )
    return key
