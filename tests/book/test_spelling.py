"""Every word of the prose is English as the British write it, or stands in tests/book/words.txt."""

import json
import re
import subprocess
from pathlib import Path

from course_lib.staff.publishing.notebooks import has_code, toc_pages

WORDS = Path(__file__).parent / "words.txt"
NO_PROSE = (
    r"\A---\n(?s:.*?)\n---\n",  # front matter
    r"^( *)(`{3,}|~{3,})\{(?:code-cell|eval-rst)(?s:.*?)^\1\2 *$",
    r"^( *)(`{3,}|~{3,})(?!\{)(?s:.*?)^\1\2 *$",
    r"^\+\+\+.*$",  # cells' metadata
    r"^ *:[\w-]+:.*$",  # options
    r"^ *[:`]{3,}(?:\{[\w-]+\})?",
    r"^\([\w:-]+\)=",
    r"(?s:\$\$.*?\$\$)",
    r"(?<!\\)\$[^$]+\$",
    r"\{[a-z][a-z:]*\}`[^`]*`",
    r"`[^`]*`",
    r" <[^>`]+>",  # targets of the roles whose words stay
    r"\]\([^)]*\)",
    r"https?://\S+",
    r"<[^>]+>",
    r"&\w+;",
    r"\b[\w-]+(?:/[\w.-]+)+|\b\w+\.(?:md|py|js|toml|yml|cff|ipynb|csv|npz|zip)\b|\b\w*_\w*\b",
)
SPOKEN = re.compile(r"\{(?:term|ref|repo|colab|doc)\}`([^`]*)`")  # roles whose words are read
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def prose(text: str) -> str:
    """Markdown without what is not written in English: code, mathematics, addresses, markup."""
    text = SPOKEN.sub(r"\1", text)
    for pattern in NO_PROSE:
        text = re.sub(pattern, " ", text, flags=re.M)
    return text


def texts(root: Path) -> dict[str, str]:
    """Name -> prose of all pages (figures' captions and words included), sets, and files that a visitor opens."""
    found = {}
    for page in toc_pages(root):
        if has_code(root, page):  # the notebook holds captions as prose, and is known to match its page
            cells = json.loads((root / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
            found[page] = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        else:
            found[page] = (root / f"{page}.md").read_text(encoding="utf-8")
    others = [root / f"{name}.md" for name in ("README", "CONTRIBUTING")]
    for path in (*others, *sorted(root.glob("solutions/*/notebook.md"))):
        found[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    return {name: prose(text) for name, text in found.items()}


def unknown(program: str, words: set[str]) -> set[str]:
    """Those of the words that neither the dictionary nor the course's list knows."""
    own = set(WORDS.read_text(encoding="utf-8").split())
    done = subprocess.run(
        [program, "-l", "-i", "utf-8", "-d", "en_GB"],
        input="\n".join(sorted(words - own)),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_every_word_is_spelled_as_in_the_dictionary(root, needs):
    program = needs("hunspell")
    words = {name: {word.replace("’", "'") for word in WORD.findall(text)} for name, text in texts(root).items()}
    strange = unknown(program, set().union(*words.values()))
    assert [f"{name}: {word}" for name, found in words.items() for word in sorted(found & strange)] == []


def test_a_misspelling_is_seen_and_code_is_not(needs):
    text = prose("A *seperatrix*, `fooo`, $x_{barr}$, [words](lnk.md) {cite}`keyy` {term}`colour <kolor>`.")
    assert WORD.findall(text) == ["A", "seperatrix", "words", "colour"]
    assert unknown(needs("hunspell"), {"seperatrix", "color", "colour", "separatrix"}) == {"seperatrix", "color"}


def test_the_list_is_sorted():
    own = WORDS.read_text(encoding="utf-8").split()
    assert own == sorted(set(own))
