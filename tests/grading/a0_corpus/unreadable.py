"""Files that are no notebook: each is put aside with a mail, and costs nobody else anything."""

import io
import json
import zipfile

from a0_corpus.course import NAME, answered
from a0_corpus.entry import put_aside


def packed(**files: bytes) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


@put_aside(reason="empty")
def an_empty_file():
    """An upload that was cut off before it began."""
    return b""


@put_aside(reason="not JSON to its end")
def half_a_file():
    """An upload that was cut off in the middle."""
    return json.dumps(answered()).encode()[:2000]


@put_aside(reason="HTML")
def a_web_page():
    """The page that shows the notebook was saved, under the notebook's name."""
    return b"<!DOCTYPE html>\n<html><head><title>a0_corpus.ipynb - Colab</title></head><body></body></html>"


@put_aside(reason="no cells")
def a_list():
    """JSON, but no notebook."""
    return b"[1, 2, 3]"


@put_aside(reason="another assignment")
def another_assignment():
    """The notebook of next week's set."""
    notebook = answered()
    notebook["metadata"]["course"]["assignment"] = "a1_lorenz"
    return notebook


@put_aside(reason="no notebook (.ipynb) was handed in", file=f"{NAME}.ipynb.gdoc")
def a_shortcut_to_drive():
    """Google Drive's shortcut to the file in place of the file."""
    return json.dumps({"url": "https://docs.google.com/open?id=1AbC", "doc_id": "1AbC"}).encode()


@put_aside(reason="no notebook (.ipynb) was handed in", file="a0.docx")
def a_word_file():
    """The code was pasted into a document."""
    return packed(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


@put_aside(reason="the zip holds another zip", file="a0.zip")
def a_zip_in_a_zip():
    """The notebook was packed twice."""
    return packed(**{"a0.zip": packed(**{f"{NAME}.ipynb": json.dumps(answered()).encode()})})


@put_aside(reason="no notebook (.ipynb) was handed in", file="a0.py")
def an_exported_script():
    """Colab's other download: the code as a script."""
    return b"def step(x, rate, dt):\n    return x\n"
