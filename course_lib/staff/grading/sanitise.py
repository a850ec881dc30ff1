"""Student text made safe to show: nbgrader's templates render Markdown and names as they come."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

MARKDOWN_LENGTH = 200_000
IMAGE_BYTES = 3_000_000
_SAFE_TARGET = re.compile(r"(?:https?://|mailto:|#|attachment:)", re.IGNORECASE)
_SCHEME = re.compile(r"(javascript|vbscript|data|file)(\s*):", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: str, *, length: int = 300) -> str:
    """One line without control characters, at most ``length`` long: for terminal, log and table."""
    line = " ".join(_CONTROL.sub(" ", str(text)).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def few(names: Iterable[str], *, shown: int = 8) -> str:
    """Names for one line of the terminal: the first of them and how many more there are; "none" for none."""
    known = [plain(name, length=60) for name in names]
    more = f" and {len(known) - shown} more" if len(known) > shown else ""
    return ", ".join(known[:shown]) + more or "none"


def printable(line: str, *, length: int = 300) -> str:
    """A line of code without control characters, its indent kept, at most ``length`` long."""
    line = _CONTROL.sub(" ", line.rstrip())
    return line if len(line) <= length else line[: length - 1] + "…"


def markdown(text: str) -> str:
    """Markdown that holds no HTML, no entity and no link but to web, mail, heading or attachment.

    A space behind each ``<`` and ``&`` that could begin a tag or an entity takes its meaning away in every context
    (text, code, mathematics) without hiding what was written.
    """
    text = _CONTROL.sub("", text[:MARKDOWN_LENGTH])
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"&(?=[A-Za-z#])", "& ", text)
    text = _SCHEME.sub(r"\1 \2:", text)
    text = re.sub(r"(\]\(\s*<?)([^)\s>]*)", _target, text)
    return re.sub(r"(?m)^([ \t]*\[[^\]\n]+\]:\s*<?)(\S*)", _target, text)


def note(text: str, pictures: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Markdown made safe with its pictures: under plain names, and none is asked for that is not there.

    nbconvert looks a picture up by its name as it stands in a web address, and raises where it finds none.
    """
    kept: dict[str, Any] = {}
    for number, (name, bundle) in enumerate(pictures.items()):
        short = name if re.fullmatch(r"[A-Za-z0-9_.-]+", name) else f"picture-{number}"
        for written in (f"<attachment:{name}>", f"attachment:{name}", f"attachment:{quote(name)}"):
            text = text.replace(written, f"attachment:{short}")
        kept[short] = bundle
    there = "|".join(re.escape(name) for name in kept) or "(?!)"
    return markdown(re.sub(rf"attachment\\?:(?!(?:{there})(?![\w.-]))", "attachment :", text)), kept


def attachments(found: Any) -> dict[str, dict[str, str]]:
    """Pictures (PNG and JPEG) attached to a Markdown cell, of reasonable size; nothing else."""
    kept: dict[str, dict[str, str]] = {}
    if not isinstance(found, dict):
        return kept
    for name, bundle in found.items():
        if not isinstance(bundle, dict) or not re.fullmatch(r"[\w.() -]{1,100}", str(name)):
            continue
        pictures = {
            kind: data
            for kind, data in bundle.items()
            if kind in ("image/png", "image/jpeg") and isinstance(data, str) and len(data) <= IMAGE_BYTES
        }
        if pictures and all(re.fullmatch(r"[A-Za-z0-9+/=\s]*", data) for data in pictures.values()):
            kept[str(name)] = pictures
    return kept


def _target(match: re.Match[str]) -> str:
    return match.group(0) if not match.group(2) or _SAFE_TARGET.match(match.group(2)) else f"{match.group(1)}#"
