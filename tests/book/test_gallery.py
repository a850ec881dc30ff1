"""The small pictures of the README: one a chapter, with words, a link to its page, and a figure that is there."""

import base64
import io
import re

import pytest
from PIL import Image

from course_lib.staff.publishing.gallery import CHOSEN, FOLDER, SIZE, on_white, picture_of
from course_lib.validation import CourseError

SHOWN = re.compile(r'<a href="(book/\S+)\.md"><img src="(\S+)" width="\d+" alt="([^"]+)"></a>')


def test_the_readme_shows_every_chapter_with_words_and_a_link_to_its_page(root):
    shown = SHOWN.findall((root / "README.md").read_text(encoding="utf-8"))
    assert [page for page, _, _ in shown] == list(CHOSEN)
    assert [path for _, path, _ in shown] == [f"{FOLDER.as_posix()}/{page.rpartition('/')[2]}.webp" for page in CHOSEN]
    assert len({words for _, _, words in shown}) == len(CHOSEN) and all(len(words) > 30 for _, _, words in shown)


@pytest.mark.parametrize("page", CHOSEN)
def test_a_picture_is_small_and_its_figure_is_on_the_page(root, page):
    path = root / FOLDER / f"{page.rpartition('/')[2]}.webp"
    with Image.open(path) as picture:
        assert picture.size == SIZE and path.stat().st_size < 30_000
        assert len(picture.convert("L").resize((36, 27)).getcolors()) > 5  # something is drawn on it
    assert re.search(rf"^\s*name: {CHOSEN[page]}$", (root / f"{page}.md").read_text(encoding="utf-8"), re.M)


def page_with(figure: str) -> str:
    return f"<article><figure id='fig-a'>{figure}</figure></article>"


def test_a_picture_is_found_in_a_file_or_in_the_page_and_put_on_white(tmp_path):
    drawn = Image.new("RGBA", (720, 100), (0, 0, 0, 0))
    drawn.putpixel((360, 50), (255, 0, 0, 255))
    drawn.save(tmp_path / "a.png")
    data = io.BytesIO()
    drawn.save(data, "PNG")
    (tmp_path / "file.html").write_text(page_with("<img src='a.png'>"))
    (tmp_path / "data.html").write_text(
        page_with(f"<img src='data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}'>")
    )
    for page in ("file", "data"):
        sheet = on_white(picture_of(tmp_path, page, "fig-a"))
        assert sheet.size == SIZE and sheet.getpixel((0, 0)) == (255, 255, 255)
        assert min(sheet.getchannel("G").tobytes()) < 255


def test_a_figure_that_is_gone_is_named(tmp_path):
    (tmp_path / "file.html").write_text(page_with("<p>words</p>"))
    with pytest.raises(CourseError, match="fig-a on file"):
        picture_of(tmp_path, "file", "fig-a")
