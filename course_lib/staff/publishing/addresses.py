"""Public addresses, all of them made from the repository that `_config.yml` names."""

from urllib.parse import quote, urlencode, urlparse

LICENCES = 'Text and figures: <a href="{url}/blob/{branch}/LICENSE-content">CC BY 4.0</a>. '
LICENCES += 'Code: <a href="{url}/blob/{branch}/LICENSE">MIT</a>.'


def site_address(repository: str) -> str:
    """Where GitHub Pages shows the site of a repository, with a slash at the end."""
    owner, name = urlparse(repository).path.strip("/").split("/")[:2]
    return f"https://{owner.lower()}.github.io/{name}/"


def colab_address(repository: str, version: str, path: str) -> str:
    """Where Colab opens a notebook of a repository. version: branch or tag."""
    short = repository.removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{short}/blob/{version}/{path}"


def report_address(repository: str, page: str) -> str:
    """The public form for a mistake, with the page's name filled in. page: docname, for instance book/intro."""
    words = {"title": f"Mistake on {page}", "body": f"Page: {page}\n\nWhat is wrong:\n\nWhat it should say:\n"}
    return f"{repository}/issues/new?{urlencode(words, quote_via=quote)}"


def licence_line(repository: str, branch: str) -> str:
    """Licences of text and code with links, as HTML that Markdown takes as well."""
    return LICENCES.format(url=repository, branch=branch)
