"""What only the public tree has: its front page, and the workflow that shows its site.

The working repository's README is for those who build and grade; the public one is for those who read and learn.
"""

import re
from collections.abc import Collection
from pathlib import Path
from posixpath import normpath

import course_lib
from course_lib.staff.grading.sets import available, load
from course_lib.staff.publishing.addresses import colab_address, licence_line
from course_lib.staff.publishing.config import Names, read_names

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
FRONT = """\
# {title}

{when}A book that is executed when it is built, the PyTorch library behind it, and problem sets.

**[Read the book]({site})**

![Two butterfly-shaped orbits side by side: on the left the Lorenz system, on the right a trained recurrent network \
that runs on its own outputs; they have the same shape.](book/_static/readme.png)

## Problem sets

Each opens in Colab and says by its last cell how to hand in.

{sets}

## The library

In Colab the first cell of every notebook installs it. Anywhere else, with Python 3.11 or newer:

```
pip install "course-lib @ git+{url}@{tag}"
```

## A mistake?

Every page of the book has a link at its foot for reporting one. This repository is written by a program from the one in
which the course is made, so a change made here would be lost: please describe it in an [issue]({url}/issues) instead.

{licences} To cite: [CITATION.cff](CITATION.cff).
"""
WORKFLOW = """\
# Shows the folder `site` as this repository's pages. Written by `course publish`; it runs nothing of its own.
# Once, in the repository's settings: Pages > Source > GitHub Actions.
name: pages
on:
  push:
    branches: [{branch}]
permissions:
  contents: read
  pages: write
  id-token: write
concurrency:
  group: pages
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment:
      name: github-pages
    steps:
      - uses: actions/checkout@v4
      - uses: actions/upload-pages-artifact@v3
        with:
          path: site
      - uses: actions/deploy-pages@v4
"""


def front_page(root: Path) -> str:
    """The README of the public tree, made from the names of the course and its released sets."""
    names, tag = read_names(root), f"v{course_lib.__version__}"
    return FRONT.format(
        title=names.title,
        when=f"{names.term}. " if names.term else "",
        site=names.site,
        url=names.url,
        tag=tag,
        sets="\n".join(_set_line(root, names, tag, name) for name in available(root)),
        licences=licence_line(names.url, names.branch),
    )


def workflow(root: Path) -> str:
    """`.github/workflows/pages.yml` of the public tree."""
    return WORKFLOW.format(branch=read_names(root).branch)


def without_private_links(text: str, page: str, names: Collection[str]) -> str:
    """Markdown whose links to files that are not published are plain words. page: its path; names: the published."""
    folder = page.rpartition("/")[0]

    def kept(link: re.Match[str]) -> str:
        target = normpath(f"{folder}/{link[2]}" if folder else link[2])
        found = target in names or any(name.startswith(f"{target}/") for name in names)
        return link[0] if found else link[1]

    return LINK.sub(kept, text)


def _set_line(root: Path, names: Names, tag: str, name: str) -> str:
    return f"- [{load(root, name).title}]({colab_address(names.url, tag, f'assignments/{name}/{name}.ipynb')})"
