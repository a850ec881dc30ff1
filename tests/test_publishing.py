"""The public tree: what belongs in it, what must not, and that nothing of somebody else's is touched."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from course_lib.staff.publishing.picture import draw_picture
from course_lib.staff.publishing.public_tree import FOLDERS, MANIFEST, PLACEHOLDER, publish
from course_lib.validation import CourseError


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    """A copy of the tracked files, committed, with a site of one page."""
    origin = Path(__file__).resolve().parent.parent
    copy = tmp_path_factory.mktemp("private") / "course"
    for name in subprocess.check_output(["git", "ls-files"], cwd=origin, text=True).splitlines():
        if (origin / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin / name, copy / name)
    (copy / "_build" / "html").mkdir(parents=True)
    (copy / "_build" / "html" / "index.html").write_text("<!doctype html><title>course</title>")
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    return copy


def test_the_public_tree_holds_the_course_and_no_solution(private, tmp_path):
    published = publish(private, tmp_path / "public")
    tree = tmp_path / "public"
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert {name.split("/")[0] for name in names if "/" in name} == {*FOLDERS, "site"}
    assert {"assignments/a1_lorenz/a1_lorenz.ipynb", "pyproject.toml", "README.md", "LICENSE"} <= names
    assert not [name for name in names if "solutions" in name or name.startswith("tests")]
    assert published.n_files == len(names) - 1
    assert any(PLACEHOLDER in line for line in published.to_do)


def test_a_solution_in_a_page_stops_it_and_changes_nothing(private, tmp_path):
    reference = (private / "solutions" / "a1_lorenz" / "reference.py").read_text()
    line = max((text.strip() for text in reference.splitlines() if "return" in text or "=" in text), key=len)
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
    (tree / ".git").mkdir()
    (tree / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
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
    with pytest.raises(CourseError, match="make book"):
        publish(bare, tmp_path / "public")


def test_the_readme_shows_the_picture_that_the_code_draws(root, tmp_path):
    path = draw_picture(tmp_path, n_train=1, dpi=20)
    name = str(path.relative_to(tmp_path))
    assert f"]({name})" in (root / "README.md").read_text()
    assert (root / name).is_file()
