"""The course in pictures, for the README: a figure of each of nine chapters, as the built book shows it, made small."""

import base64
import io
from pathlib import Path

from PIL import Image

from course_lib.staff.publishing.slides import article
from course_lib.validation import CourseError

FOLDER = Path("book") / "pictures" / "gallery"
SIZE = (360, 270)  # pixels, on white: the README is shown light and dark
CHOSEN = {  # page -> its figure
    "book/flows/lorenz": "fig-butterfly",
    "book/networks/ctrnn": "fig-model-tent",
    "book/networks/ei_rate": "fig-weights",
    "book/networks/spiking_networks": "fig-mean-field",
    "book/networks/synthesis": "fig-loops",
    "book/computation/flipflop": "fig-cube-states",
    "book/computation/fixed_points": "fig-all-roads",
    "book/computation/separatrices": "fig-duffing-basins",
    "book/computation/cognitive_tasks": "fig-two-contexts",
}


def draw_gallery(root: Path) -> list[Path]:
    """Write the small pictures from the built book. Returns the files.

    Raises CourseError when the book is not built, or a page lost its figure.
    """
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    for page, figure in CHOSEN.items():
        path = root / FOLDER / f"{page.rpartition('/')[2]}.webp"
        on_white(picture_of(root / "_build" / "html", page, figure)).save(path, quality=82)
        written.append(path)
    return written


def picture_of(site: Path, page: str, figure: str) -> Image.Image:
    """The picture of a figure of a built page: a file of the site, or written into the page."""
    found = article(site, page).select_one(f"figure#{figure} img[src]")
    if found is None:
        raise CourseError(f"Wanted the figure {figure} on {page}, found none. Choose another in {__name__}.")
    source = str(found["src"])
    if source.startswith("data:"):
        return Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    return Image.open(site / Path(page).parent / source)


def on_white(picture: Image.Image) -> Image.Image:
    """The picture in the middle of a white sheet of SIZE."""
    drawn = picture.convert("RGBA")
    flat = Image.new("RGBA", drawn.size, "white")
    flat.alpha_composite(drawn)
    flat.thumbnail((SIZE[0] - 16, SIZE[1] - 16), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", SIZE, "white")
    sheet.paste(flat.convert("RGB"), ((SIZE[0] - flat.width) // 2, (SIZE[1] - flat.height) // 2))
    return sheet
