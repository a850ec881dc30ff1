"""A book of two pages, to plant faults in."""

from pathlib import Path

CONFIG = """
title: Miniature
only_build_toc_files: true
exclude_patterns: ["_build"]
execute: {execute_notebooks: cache, timeout: 60, allow_errors: false, raise_on_error: true, show_tb: true}
latex: {use_jupyterbook_latex: false}
"""
TOC = "format: jb-book\nroot: book/one\nchapters:\n  - file: book/two\n"
PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3, language: python}}
---
# Page {name}

```{{code-cell}} ipython3
{code}
```
"""


def write_page(root: Path, name: str, code: str) -> None:
    (root / "book" / f"{name}.md").write_text(PAGE.format(name=name, code=code))


def make_book(root: Path) -> Path:
    """Write the two pages and their settings into `root`, and return it."""
    (root / "book").mkdir(exist_ok=True)
    (root / "_config.yml").write_text(CONFIG)
    (root / "_toc.yml").write_text(TOC)
    write_page(root, "one", "print('first run')")
    write_page(root, "two", "print(2)")
    return root
