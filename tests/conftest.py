"""Fixtures and guards that every part of the suite shares."""

import os
import shutil
from pathlib import Path

import pytest
import torch

import course_lib.staff  # noqa: F401 (before any test imports nbformat: see there what it spares)

ROOT = Path(__file__).resolve().parent.parent

HOW_TO_INSTALL = {
    "bwrap": "apt-get install bubblewrap",
    "chromium": "apt-get install chromium",
    "git": "apt-get install git",
    "hunspell": "apt-get install hunspell hunspell-en-gb",
    "pdftotext": "apt-get install poppler-utils",
}


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture
def rng() -> torch.Generator:
    """A generator of its own for each test."""
    return torch.Generator().manual_seed(0)


@pytest.fixture
def needs():
    """`needs("chromium")`: skip with the sentence that installs it, or fail when everything is required."""

    def require(program: str) -> str:
        found = shutil.which(program)
        if found:
            return found
        sentence = f"{program} is not installed here: {HOW_TO_INSTALL[program]} (or `make system`)"
        if os.environ.get("COURSE_REQUIRE_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)

    return require
