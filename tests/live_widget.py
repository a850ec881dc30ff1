"""A widget in a browser: its handle, and how a test takes hold of it, moves a slider or drags in a picture."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course_lib.models import CTRNN
from course_lib.separatrix.eigenfunction import FORMS, Eigenfunction

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


def given(page: Path, name: str) -> dict[str, Any]:
    """The options that a built page hands to its widget; name as in courseName."""
    text = page.read_text(encoding="utf-8")
    return json.loads(
        re.search(rf"course{name}\.mount\(document\.getElementById\('[^']+'\), (.*?)\);</script>", text)[1]
    )


@torch.no_grad()
def tanh_network(packed: dict[str, Any]) -> CTRNN:
    """The library's network with the weights of a widget: W, U, b, C, d; three inputs and outputs unless it says."""
    bits = packed.get("inputs", 3)
    net = CTRNN(packed["n"], bits, bits, tau=1 / packed["alpha"], dt=1.0, generator=torch.Generator().manual_seed(0))
    fill(packed["data"], net.W_rec, net.W_in, net.b, net.C, net.d)
    return net


@torch.no_grad()
def learnt_psi(packed: dict[str, Any]) -> Eigenfunction:
    """The library's ψ with the weights of a widget: centre, size, W and b of each layer, head."""
    states, depth = torch.eye(packed["n"], dtype=torch.float64), packed.get("depth", 2)
    net = Eigenfunction(states, 1, width=packed["width"], depth=depth, form=FORMS["squashed"],
                        generator=torch.Generator().manual_seed(0), dtype=torch.float64)  # fmt: skip
    layers = [part for layer in zip(net.weights, net.biases, strict=True) for part in layer]
    fill(packed["data"], net.centre, net.size, *layers, net.head)
    return net


def fill(data: str, *places: torch.Tensor) -> None:
    """Put a widget's numbers, in single precision, into their places, all of them."""
    numbers = torch.from_numpy(np.frombuffer(base64.b64decode(data), dtype="<f4").astype(float))
    at = 0
    for place in places:
        place.copy_(numbers[at : at + place.numel()].reshape(place.shape))
        at += place.numel()
    assert at == len(numbers)
