"""A fork becomes somebody's own course: names in every place, nothing of the old address, and a way back."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from course_lib.staff.publishing import adopt
from course_lib.staff.publishing.config import read_names
from course_lib.validation import CourseError

ROOT = Path(__file__).resolve().parent.parent
OURS = {"org": "an-institute", "repo": "dynamics-course"}
GENERATED = ("book/", "assignments/")  # their notebooks are made anew from the address


def tracked() -> list[str]:
    return subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()


@pytest.fixture
def fork(tmp_path) -> Path:
    """The files that bear the course's names, committed; one page and one set stand for all."""
    names = ("_config.yml", "_toc.yml", "README.md", "book/intro.md", "solutions/a1_lorenz/questions.py")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    for path in (ROOT / "solutions" / "a1_lorenz").glob("*.py"):
        shutil.copy2(path, tmp_path / "solutions" / "a1_lorenz")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "A fork")):
        named = ("-c", "user.name=An Instructor", "-c", "user.email=instructor@example.org")
        subprocess.run(["git", *named, *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def made_anew(monkeypatch) -> list[str]:
    """Stands for the two generators, which other tests run; says which of them were called."""
    called: list[str] = []
    monkeypatch.setattr(adopt, "write_notebooks", lambda root: called.append("notebooks"))
    monkeypatch.setattr(adopt, "release", lambda root: called.append("release"))
    return called


def test_the_address_is_written_by_hand_in_one_file_alone():
    """What is not generated follows from `_config.yml`; otherwise a fork's `course init` could not find it."""
    made = {name for name in tracked() if name.startswith(GENERATED) and name.endswith(".ipynb")}
    lines = adopt.old_addresses(ROOT, read_names(ROOT))
    assert {line.partition(":")[0] for line in lines} - made == {"_config.yml"}


def test_title_term_and_address_stand_everywhere(fork, made_anew):
    title, term = 'Networks: a "short" course', "Winter 2026/27"
    adopted = adopt.init(fork, **OURS, title=title, term=term, say=str)
    names = read_names(fork)
    assert (names.title, names.term) == (title, term)
    assert names.url == "https://github.com/an-institute/dynamics-course"
    assert names.site == "https://an-institute.github.io/dynamics-course/"
    assert (fork / "README.md").read_text().startswith(f"# {title}\n")
    assert f"\n# {title}\n" in (fork / "book" / "intro.md").read_text()
    assert made_anew == ["notebooks", "release"]
    assert adopted.changed == ("README.md", "_config.yml", "book/intro.md")
    assert "[assignments.a1_lorenz]" in (fork / "gradebook" / "term.toml").read_text()
    before, after = (yaml.safe_load((root / "_config.yml").read_text()) for root in (ROOT, fork))
    for table in (before, after):
        table.pop("title")
        table["repository"].pop("url")
        table["sphinx"]["config"]["html_context"].pop("term")
    assert after == before, "nothing else is touched"


def test_the_settings_of_the_term_can_be_read_as_they_are_and_with_everything_switched_on(fork, made_anew):
    from course_lib.staff.grading.places import Places
    from course_lib.staff.grading.term import read_term

    adopt.init(fork, **OURS, say=str)
    path = Places(fork).term
    assert read_term(Places(fork)).assignments == {}
    text = path.read_text().replace("# roster", "#! roster")
    start = text.index("# timezone")
    path.write_text(text[start:].replace("\n# ", "\n").removeprefix("# "))
    term = read_term(Places(fork))
    assert term.late is not None and term.assignment("a1_lorenz").due is not None
    path.write_text('timezone = "Asia/Tokyo"\n')
    subprocess.run(["git", "restore", "."], cwd=fork, check=True)
    adopt.init(fork, **OURS, say=str)
    assert path.read_text() == 'timezone = "Asia/Tokyo"\n', "what an instructor wrote stays"


def test_an_old_address_that_is_left_is_told_and_everything_is_taken_back(fork, made_anew):
    page = fork / "book" / "intro.md"
    page.write_text(page.read_text() + f"\nSee {read_names(fork).url}/wiki.\n")
    named = ("-c", "user.name=An Instructor", "-c", "user.email=instructor@example.org")
    subprocess.run(["git", *named, "commit", "-qam", "A link by hand"], cwd=fork, check=True)
    with pytest.raises(CourseError, match=r"book/intro\.md:\d+: See https"):
        adopt.init(fork, **OURS, title="Another", say=str)
    assert not subprocess.check_output(["git", "status", "--porcelain"], cwd=fork)


def test_uncommitted_work_is_not_put_at_risk(fork, made_anew):
    (fork / "README.md").write_text("mine")
    with pytest.raises(CourseError, match=r"(?s)README\.md.*Commit or stash"):
        adopt.init(fork, **OURS, say=str)
    assert (fork / "README.md").read_text() == "mine" and made_anew == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"org": "-x"}, "--org"),
        ({"org": "YOUR--ORG"}, "--org"),
        ({"repo": "a b"}, "--repo"),
        ({"title": "a\nb"}, "--title"),
        ({"term": "x" * 101}, "--term"),
    ],
)
def test_names_that_cannot_be(fork, made_anew, changed, word):
    with pytest.raises(CourseError, match=word):
        adopt.init(fork, **{**OURS, **changed}, say=str)
