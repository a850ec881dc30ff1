"""Numbers that a page computes and then speaks of."""

import os
import re

NO_BREAK = "\N{NO-BREAK SPACE}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(value: object, fmt: str = "") -> str:
    """`value` as prose prints it: a true minus sign, and powers of ten instead of `e-05`.

    value: number, string, or anything with `item()` (a numpy scalar, a tensor of one element).
    fmt: format specification as in `format(value, fmt)`, for instance ".3f".
    Raises ValueError when `value` does not fit `fmt`.
    """
    plain = value.item() if hasattr(value, "item") else value
    try:
        text = format(plain, fmt)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Wanted a value that fits the format {fmt!r}, got {type(value).__name__} {plain!r}. "
            "Hand in one number (or a string with an empty format)."
        ) from error
    if isinstance(plain, str):
        return text
    if re.fullmatch(r"-0?\.?0*", text):
        text = text[1:]  # a rounded zero has no sign
    power = re.fullmatch(r"(.+)e([+-]\d+)", text)
    if power:
        text = f"{power[1]}{NO_BREAK}×{NO_BREAK}10{str(int(power[2])).translate(_SUPERSCRIPT)}"
    return text.replace("-", "\N{MINUS SIGN}")


def glue(name: str, value: object, fmt: str = "") -> None:
    """Name a computed number, so that the page's prose can print it.

    In the book it is kept under `name` for the role {glue:text}; elsewhere it is printed.

    name: identifier, unique on its page.  value, fmt: see `typeset`.
    Raises ValueError when `name` is no identifier or `value` does not fit `fmt`.
    """
    if not name.isidentifier():
        raise ValueError(f"Wanted a name like 'lyapunov_time', got {name!r}. Use letters, digits and underscores.")
    text = typeset(value, fmt)
    if os.environ.get("COURSE_BOOK") == "1":
        from myst_nb import glue as keep

        keep(name, text, display=False)
        return
    from course_lib.student.say import say

    say(f"{name} = {text}")
