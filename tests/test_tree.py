"""The repository's root holds what the design names, and nothing else."""

import re
import subprocess

from course_lib import __version__

EXPECTED = {
    "README.md",
    "_config.yml",
    "_toc.yml",
    "requirements.txt",
    "pyproject.toml",
    "Makefile",
    "nbgrader_config.py",
    "LICENSE",
    "LICENSE-content",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ".github",
    ".ci",
    ".gitignore",
    ".gitattributes",
    "book",
    "course_lib",
    "solutions",
    "assignments",
    "tests",
}


def tracked(root) -> list[str]:
    return subprocess.check_output(["git", "ls-files"], cwd=root, text=True).splitlines()


def test_the_root_holds_what_the_design_names(root):
    assert {name.split("/")[0] for name in tracked(root)} == EXPECTED


def test_no_tracked_file_is_heavy(root):
    heavy = {name: size for name in tracked(root) if (size := (root / name).stat().st_size) > 2_000_000}
    assert heavy == {}


def test_the_pins_are_complete_and_name_no_index(root):
    lines = [line for line in (root / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(line.count("==") == 1 and "+" not in line for line in lines), lines
    assert {"torch==2.13.0", "torchvision==0.28.0"} <= set(lines)
    from importlib.metadata import distributions

    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    here = {d.metadata["Name"].lower().replace("_", "-").replace(".", "-") for d in distributions()}
    needless = {"pip", "course-lib"}
    assert here - needless <= {name.replace(".", "-") for name in pinned}


def test_nothing_imports_torchvision(root):
    import ast

    for name in tracked(root):
        if name.endswith(".py"):
            for node in ast.walk(ast.parse((root / name).read_text())):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not any(n.split(".")[0] == "torchvision" for n in names), name


def test_the_version_is_the_same_wherever_it_stands(root):
    stated = {
        "pyproject.toml": r'^version = "(.+)"$',
        "CITATION.cff": r"^version: (.+)$",
        "CHANGELOG.md": r"^## (\S+)$",  # the newest stands first
    }
    found = {name: re.search(pattern, (root / name).read_text(), re.M)[1] for name, pattern in stated.items()}
    assert set(found.values()) == {__version__}, found
