"""The public tree: what belongs in it, what must not, and that nothing of somebody else's is touched."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from course_lib import __version__
from course_lib.staff.publishing import leaks
from course_lib.staff.publishing.picture import draw_picture
from course_lib.staff.publishing.public_front import without_private_links
from course_lib.staff.publishing.public_tree import FOLDERS, MANIFEST, PLACEHOLDER, public_files, publish
from course_lib.validation import CourseError

SMALL = re.compile(r"[^/]+|(solutions|assignments)/a1_lorenz/.*|book/(_static/.*|intro\.md)|course_lib/[^/]+")


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    """A small course: some of the tracked files, committed, with a site of one page."""
    origin = Path(__file__).resolve().parent.parent
    copy = tmp_path_factory.mktemp("private") / "course"
    for name in subprocess.check_output(["git", "ls-files"], cwd=origin, text=True).splitlines():
        if (origin / name).is_file() and SMALL.fullmatch(name):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin / name, copy / name)
    (copy / "_build" / "html").mkdir(parents=True)
    (copy / "_build" / "html" / "index.html").write_text("<!doctype html><title>course</title>")
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    return copy


def git(folder: Path, *words: str) -> str:
    """git, as somebody whose name is set."""
    named = ("-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org")
    return subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def secret_line(private: Path, name: str = "reference.py") -> str:
    """The longest line of a file of a set's folder: of the reference solution, unless another is named."""
    lines = (private / "solutions" / "a1_lorenz" / name).read_text().splitlines()
    code = [text.strip() for text in lines if "return" in text or "=" in text]
    return max(code if name.endswith(".py") else lines, key=len)


@pytest.fixture
def clone(private, tmp_path) -> Path:
    """A clone of an empty public repository."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", tmp_path / "public.git"], check=True)
    subprocess.run(["git", "clone", "-q", tmp_path / "public.git", tmp_path / "public"], check=True)
    git(tmp_path / "public", "config", "user.name", "A Maintainer")
    git(tmp_path / "public", "config", "user.email", "maintainer@example.org")
    return tmp_path / "public"


def test_the_public_tree_holds_the_course_and_no_solution(private, tmp_path):
    published = publish(private, tmp_path / "public")
    tree = tmp_path / "public"
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert {name.split("/")[0] for name in names if "/" in name} == {*FOLDERS, "site", ".github"}
    assert "site/.nojekyll" in names
    assert {"assignments/a1_lorenz/a1_lorenz.ipynb", "pyproject.toml", "README.md", "LICENSE"} <= names
    assert not [name for name in names if "solutions" in name or name.startswith("tests")]
    assert published.n_files == len(names) - 1
    assert any(PLACEHOLDER in line for line in published.to_do)


def test_nothing_that_is_tracked_and_public_holds_a_line_of_a_solution(root):
    """What `course publish` would refuse is found here, without a site."""
    every = leaks.every_secret(root)
    names = [name for name in public_files(root) if name.startswith(("book/", "assignments/"))]
    assert len(names) > 40
    assert [str(leak) for name in names for leak in leaks.leaks_in_bytes(every, name, (root / name).read_bytes())] == []


@pytest.mark.parametrize("name", ["reference.py", "variants/q3.py", "mutants/q3.py", "instructor.md", "rubric.md"])
def test_a_solution_in_a_page_stops_it_and_changes_nothing(private, tmp_path, name):
    line = secret_line(private, name)
    page = private / "_build" / "html" / "planted.html"
    page.write_text(f"<pre>{line}</pre>")
    try:
        with pytest.raises(CourseError, match="Nothing was published"):
            publish(private, tmp_path / "public")
    finally:
        page.unlink()
    assert not (tmp_path / "public").exists()


def test_untracked_files_stay_at_home(private, tmp_path):
    scratch = private / "book" / "scratch.md"
    scratch.write_text("not yet")
    publish(private, tmp_path / "public")
    scratch.unlink()
    assert not (tmp_path / "public" / "book" / "scratch.md").exists()


def test_publishing_again_drops_what_is_gone_and_keeps_the_history(private, tmp_path):
    tree = tmp_path / "public"
    publish(private, tree)
    git(tree, "init", "-q")
    (tree / "site" / "old.html").write_text("gone")
    manifest = tree / MANIFEST
    manifest.write_text(json.dumps({"files": [*json.loads(manifest.read_text())["files"], "site/old.html"]}))
    publish(private, tree)
    assert not (tree / "site" / "old.html").exists()
    assert (tree / ".git" / "HEAD").exists()


def test_a_manifest_cannot_delete_outside_its_folder(private, tmp_path):
    tree, neighbour = tmp_path / "public", tmp_path / "neighbour.txt"
    publish(private, tree)
    neighbour.write_text("mine")
    (tree / MANIFEST).write_text(json.dumps({"files": ["../neighbour.txt"]}))
    publish(private, tree)
    assert neighbour.read_text() == "mine"


def test_somebody_elses_folder_is_refused(private, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(CourseError, match=r"Name another folder"):
        publish(private, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_without_a_site_it_says_how_to_make_one(private, tmp_path):
    bare = tmp_path / "bare"
    shutil.copytree(private, bare, ignore=shutil.ignore_patterns("_build"))
    with pytest.raises(CourseError, match="course book"):
        publish(bare, tmp_path / "public")


def test_it_commits_tags_and_pushes_and_a_second_time_changes_nothing(private, clone, tmp_path):
    first = publish(private, clone, push=True)
    assert [words.split()[0] for words in first.done] == ["committed", "tagged", "pushed"]
    there = git(tmp_path / "public.git", "ls-tree", "-r", "--name-only", f"v{__version__}").splitlines()
    assert {"site/index.html", "README.md", ".github/workflows/pages.yml"} <= set(there)
    assert not [name for name in there if name.startswith(("solutions", "tests"))]
    again = publish(private, clone, push=True)
    assert again.done[0] == "nothing has changed since the last commit"


def test_a_version_that_students_install_is_not_changed_under_them(private, clone):
    publish(private, clone, commit=True)
    head = git(clone, "rev-parse", "HEAD")
    page, module = private / "book" / "intro.md", private / "course_lib" / "shapes.py"
    texts = page.read_text(), module.read_text()
    try:
        page.write_text(f"{texts[0]}\nA slip mended.\n")
        assert publish(private, clone, commit=True).done[0].startswith("committed")
        module.write_text(f"{texts[1]}\n# another library\n")
        with pytest.raises(CourseError, match=r"Wanted a new version: v.* Nothing was committed"):
            publish(private, clone, commit=True)
    finally:
        page.write_text(texts[0])
        module.write_text(texts[1])
    assert git(clone, "rev-list", "--count", f"{head.strip()}..HEAD").strip() == "1"


@pytest.mark.parametrize("planted", ["file", "message", "path"])
def test_what_was_once_public_is_found_in_the_history(private, clone, planted):
    """A line that was pushed and taken away again can still be read by everybody."""
    line = secret_line(private) if planted != "path" else "harmless"
    name = "solutions/readme.txt" if planted == "path" else "notes.txt"
    (clone / name).parent.mkdir(exist_ok=True)
    (clone / name).write_text(line if planted == "file" else "harmless")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", line)
    git(clone, "rm", "-q", name)
    git(clone, "commit", "-q", "-m", "Taken away again")
    with pytest.raises(CourseError, match=r"history[:,] "):
        publish(private, clone)
    assert not (clone / MANIFEST).exists()


def test_the_history_is_read_once(private, clone, monkeypatch):
    publish(private, clone, commit=True)
    publish(private, clone)
    read = []
    name = "course_lib.staff.publishing.public_history.leaks_in_bytes"
    monkeypatch.setattr(name, lambda every, name, content: read.append(name) or [])
    publish(private, clone)
    assert read == []


def test_to_commit_it_wants_a_clone(private, tmp_path):
    with pytest.raises(CourseError, match="git clone"):
        publish(private, tmp_path / "public", commit=True)


def test_the_public_front_page_links_only_to_what_is_there(private, tmp_path):
    tree = tmp_path / "public"
    publish(private, tree)
    text = (tree / "README.md").read_text()
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert without_private_links(text, "README.md", names) == text
    assert f"/blob/v{__version__}/assignments/a1_lorenz/a1_lorenz.ipynb" in text
    assert "make " not in text, "the public tree has no Makefile"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("see [this](tests/run.py) and [that](book/intro.md#part)", "see this and [that](book/intro.md#part)"),
        (
            "[pages](book) ![alt](gone.png) [far](https://x.org/a)",
            "[pages](book) ![alt](gone.png) [far](https://x.org/a)",
        ),
    ],
)
def test_links_to_what_is_not_published_become_words(text, kept):
    assert without_private_links(text, "SECURITY.md", {"book/intro.md"}) == kept


def test_the_readme_shows_the_picture_that_the_code_draws(root, tmp_path):
    path = draw_picture(tmp_path, n_train=1, dpi=20)
    name = str(path.relative_to(tmp_path))
    assert f"]({name})" in (root / "README.md").read_text()
    assert (root / name).is_file()
