"""The one place where the student's side speaks to the notebook."""


def say(*lines: str) -> None:
    """Print the lines, one below the other."""
    print("\n".join(lines), flush=True)
