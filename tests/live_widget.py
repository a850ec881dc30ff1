"""A widget in a browser: its handle, and how a test takes hold of it, moves a slider or drags in a picture."""

from typing import Any

LIVE = "document.querySelector('.cw-live').courseWidget"
STATE = f"{LIVE}.state"


def hold(page: Any, *keys: str) -> Any:
    """The page with its widget in view and focused, after some keys."""
    live = page.locator(".cw-live")
    live.scroll_into_view_if_needed()
    live.focus()
    for key in keys:
        page.keyboard.press(key)
    return page


def slide(page: Any, name: str, value: float) -> None:
    """Put a slider where a reader would."""
    script = "([input, value]) => { input.value = value; input.dispatchEvent(new Event('input')); }"
    page.evaluate(script, [page.locator(f"input[name={name}]").element_handle(), value])


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one place [px of the window], let go at another, and move on, which must change nothing."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end)
    page.mouse.up()
    page.mouse.move(start[0] + 10, start[1] + 10)


def output_cell(shown: str) -> str:
    """A document that holds nothing but one output, as Colab shows it."""
    return f"<!doctype html><title>output</title><body>{shown}"
