"""What `_config.yml` names once and everything else follows: title, term, public repository."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from course_lib.staff.publishing.addresses import site_address
from course_lib.validation import CourseError

CONFIG = "_config.yml"


@dataclass(frozen=True)
class Names:
    """What the course is called and where it is public.

    term, author: may be empty. url: the repository, without a slash at its end. site: with one.
    """

    title: str
    term: str
    author: str
    url: str
    branch: str
    site: str


def read_names(root: Path) -> Names:
    """The names that stand in ``root/_config.yml``.

    Raises CourseError when it names no title, or no public address.
    """
    table = yaml.safe_load((Path(root) / CONFIG).read_text(encoding="utf-8"))
    repository = table.get("repository", {})
    for place, found in (("title", table.get("title")), ("repository: url", repository.get("url"))):
        if not found:
            raise CourseError(f"Wanted `{place}:` in {CONFIG}, found none. Name it there.")
    context = table.get("sphinx", {}).get("config", {}).get("html_context", {})
    url = str(repository["url"]).removesuffix("/")
    return Names(
        title=str(table["title"]),
        term=str(context.get("term") or ""),
        author=str(table.get("author") or ""),
        url=url,
        branch=str(repository.get("branch", "main")),
        site=table.get("html", {}).get("baseurl") or site_address(url),
    )
