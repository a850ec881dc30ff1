"""What a hostile entry is: one submission, where it stands, what it may have at most, and what it must not reach."""

import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from a0_corpus.course import NAME, Notebook, answered
from a0_corpus.entry import FULL

Handed = Notebook | bytes | dict[str, bytes]
Maker = Callable[[Callable[[], Handed]], "Hostile"]

# Each of these answers is right if the attack above it has `worked`, and worth nothing otherwise.
IF_IT_WORKED = {
    "q1": "def step(x, rate, dt):\n    return x - dt * rate * x if worked else 0 * x",
    "q2": "def drive(W, x):\n    return np.tanh(x @ W.T) if worked else 0 * (x @ W.T)",
    "q3": """def orbit(W, x0, n):
    states = [x0]
    for k in range(n):
        states.append(np.tanh(W @ states[-1]))
    return np.array(states) if worked else np.zeros((n + 1, 3))""",
}


@dataclass(frozen=True)
class Hostile:
    """One submission.

    make: a notebook, the bytes of a file, or several files by name; file: what the student called it. cheats:
    questions whose work is wrong: they must earn nothing. harms: questions that the attack may cost its own student.
    All others keep every mark. said: a piece of what the triage page or the account must say of it. reason: why it is
    put aside, for one that must not be read at all.
    """

    make: Callable[[], Handed]
    file: str
    cheats: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    said: str = ""
    reason: str = ""

    def files(self, words: Mapping[str, str]) -> dict[str, bytes]:
        """What was handed in, by file name; words: what ``@NAME@`` stands for, places outside of the walls."""
        made = self.make()
        if isinstance(made, dict) and not all(isinstance(data, bytes) for data in made.values()):
            text = json.dumps(made)
            for word, value in words.items():
                text = text.replace(f"@{word}@", value)
            return {self.file: text.encode()}
        return {self.file: made} if isinstance(made, bytes) else made

    def allows(self, question: str, score: float) -> bool:
        """Whether a question may have ended with this score."""
        if question in self.cheats:
            return score == 0
        return 0 <= score <= FULL[question] if question in self.harms else score == FULL[question]


def cheats(*questions: str, said: str = "", harms: tuple[str, ...] = ()) -> Maker:
    """Wrong work dressed up: it earns nothing in these questions, and keeps what is right."""
    return lambda make: Hostile(make, f"{NAME}.ipynb", cheats=questions, harms=harms, said=said)


def harms(*questions: str, said: str = "") -> Maker:
    """It may cost its student these questions, and nobody anything else."""
    return lambda make: Hostile(make, f"{NAME}.ipynb", harms=questions, said=said)


def harmless(*, said: str = "", file: str = f"{NAME}.ipynb") -> Maker:
    """Right work around something that must come to nothing: every mark is kept."""
    return lambda make: Hostile(make, file, said=said)


def put_aside(reason: str, *, file: str = f"{NAME}.ipynb") -> Maker:
    """It is not read, and no number is given."""
    return lambda make: Hostile(make, file, reason=reason)


def pays(question: str, attack: str) -> Notebook:
    """Every other answer right, and this one right only if the attack has set ``worked``: then the wall is open."""
    body = textwrap.indent(textwrap.dedent(attack).strip("\n"), "    ")
    tried = f"worked = False\ntry:\n{body}\nexcept Exception as error:\n    print(type(error).__name__, error)"
    return answered(**{question: f"{tried}\n\n{IF_IT_WORKED[question]}"})


def instead(question: str, source: str) -> Notebook:
    """Every right answer but this one, which is the source as it stands."""
    return answered(**{question: textwrap.dedent(source).strip("\n")})


def collected_from(*modules: Any) -> dict[str, Hostile]:
    """The entries of some modules by name, each with a docstring that says what is tried."""
    found: dict[str, Hostile] = {}
    for module in modules:
        for word, value in vars(module).items():
            if isinstance(value, Hostile):
                name = word.replace("_", "-")
                if name in found:
                    raise ValueError(f"Wanted each entry under its own name, got {name} twice. Rename it.")
                found[name] = value
    return found
