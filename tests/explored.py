"""The sliders of two pages, operated: what a reader in Colab or JupyterLab sees.

As a script it takes folders, each with an ipywidgets or none, and tells a line of JSON for each.
"""

import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PAGES = Path(__file__).resolve().parents[1] / "book" / "computation"


def sliders_cell(page: str) -> str:
    """The source of the page's cell that calls `explore`."""
    text = (PAGES / page).read_text(encoding="utf-8")
    found = re.findall(r"```\{code-cell\} ipython3\n:tags: \[[^]]*\]\n(.*?)```", text, re.DOTALL)
    return next(source for source in found if "student.explore(" in source)


def names() -> dict[str, Any]:
    """What both cells use, from shipped networks; ψ is a stand-in that knows the middle between the memories."""
    import torch

    from course_lib import analysis, plotting, student
    from course_lib.studies import pretrained
    from course_lib.tasks import FlipFlop

    torch.set_grad_enabled(False)
    three, network = (pretrained.load(f"flip_flop_{bits}_ctrnn").model for bits in (3, 1))
    memories = network.run(FlipFlop(bits=1).hold_trials(300).inputs.double())[:, -1]
    apart = (memories[1] - memories[0]).norm()
    straight = (memories[1] - memories[0]) / apart
    aside = torch.linalg.qr(torch.stack((straight, torch.ones_like(straight))).T).Q[:, 1]
    fit = SimpleNamespace(psi=lambda x: torch.tanh(2 * ((x - memories.mean(dim=0)) @ straight)[:, None] / apart))
    plane = analysis.grid_starts((-0.5, -0.85), (1.2, 0.85), 20)
    kick = SimpleNamespace(kick=(memories[1] - memories[0])[None])
    own = {"memories": memories, "apart": apart, "straight": straight, "aside": aside, "fit": fit, "plane": plane}
    shared = {"torch": torch, "plotting": plotting, "student": student, "kick": kick, **own}
    nodes = three.run(FlipFlop(bits=3).hold_trials(300).inputs.double())[:, -1]
    one = {**shared, "network": network}
    return {"flipflop.md": {**shared, "network": three, "nodes": nodes}, "network_separatrices.md": one}


def operate(spaces: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Set values as a reader does, and read the figures that were drawn."""
    import ipywidgets
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    def drawn() -> dict[str, Any]:
        above, below = pyplot.gcf().axes[:2]
        seen = {
            "title": above.get_title(),
            "colours": [line.get_color() for line in above.lines],
            "above": [len(line.get_xdata()) for line in above.lines],
            "below": [[float(v) for v in line.get_ydata()] for line in below.lines],
            "axes": [above.get_xlabel(), below.get_xlabel(), below.get_ylabel()],
        }
        pyplot.close("all")
        return seen

    tells: dict[str, Any] = {"version": ipywidgets.__version__}
    settings = {
        "flipflop.md": ({"height": 0.9}, {"bit": 2}, {"length": 1}, {"wait": 100, "length": 6}),
        "network_separatrices.md": ({"size": 0.1}, {"size": 0.9}, {"direction": "random", "size": 0.3}),
    }
    for page, space in spaces.items():
        *lines, last = sliders_cell(page).rstrip().split("\n")
        exec("\n".join([*lines, f"sliders = {last}"]), space)
        sliders, tells[page] = space["sliders"], []
        pyplot.close("all")  # the picture that the sliders open with
        knobs = {child.description: child for child in sliders.children[:-1]}
        for chosen in settings[page]:
            for name, value in chosen.items():
                knobs[name].value = value
                figures = len(pyplot.get_fignums())
                assert figures == 1, f"one picture a move, not {figures}"
                seen = drawn()
            tells[page].append(seen)
    matplotlib.use("inline")  # as after %matplotlib inline: the picture must come with the move, not stay open
    matplotlib.interactive(True)
    knobs["size"].value = 0.5
    tells["left"] = len(pyplot.get_fignums())
    return tells


if __name__ == "__main__":
    ready = names()
    for folder in sys.argv[1:]:
        if os.fork():  # the libraries are loaded once
            os.wait()
            continue
        sys.path.insert(0, folder)
        print(json.dumps(operate(ready)), flush=True)
        os._exit(0)
