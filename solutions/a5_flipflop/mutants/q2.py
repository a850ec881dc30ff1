"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np

ENOUGH = 0.95


def _words(y):
    return (y > 0) @ 2 ** np.arange(y.shape[-1])


def _corners(whole, words, valid):
    return sum(whole[valid & (words == word)].mean() >= ENOUGH for word in np.unique(words[valid]))


def _from(right, y, valid):
    """The three scores of a table of right bits."""
    whole = right.all(axis=-1)
    return right[valid].mean(), (whole | ~valid).all(axis=1).mean(), _corners(whole, _words(y), valid)


def mask_ignored(y_hat, y, valid, margin):
    """The mask was not used: steps at which nobody asked were scored as well."""
    return _from(y_hat * y > margin, y, np.ones_like(valid))


def divided_by_all_steps(y_hat, y, valid, margin):
    """Right bits were counted at valid steps and divided by the number of all steps."""
    right = y_hat * y > margin
    _, trials, corners = _from(right, y, valid)
    return (right & valid[..., None]).mean(), trials, corners


def masked_steps_are_wrong(y_hat, y, valid, margin):
    """Steps that are not valid were counted as wrong ones."""
    return _from((y_hat * y > margin) & valid[..., None], y, np.ones_like(valid))


def trials_first(y_hat, y, valid, margin):
    """The share of bits was averaged in every trial and then over the trials: bits of short trials count more."""
    right = y_hat * y > margin
    _, trials, corners = _from(right, y, valid)
    return np.mean([row[mask].mean() for row, mask in zip(right, valid, strict=True)]), trials, corners


def trial_nearly_right(y_hat, y, valid, margin):
    """A trial was called right when 95 % of its bits were: the whole trial was asked for."""
    right = y_hat * y > margin
    bits, _, corners = _from(right, y, valid)
    shares = [row[mask].mean() for row, mask in zip(right, valid, strict=True)]
    return bits, np.mean(np.array(shares) >= ENOUGH), corners


def trial_by_its_end(y_hat, y, valid, margin):
    """A trial was judged by its last valid step, whatever had been forgotten on the way."""
    right = y_hat * y > margin
    bits, _, corners = _from(right, y, valid)
    last = valid.shape[1] - 1 - valid[:, ::-1].argmax(axis=1)
    return bits, right.all(axis=-1)[np.arange(len(y)), last].mean(), corners


def trial_bit_by_bit(y_hat, y, valid, margin):
    """Every bit of a trial was scored as a trial of its own."""
    right = y_hat * y > margin
    bits, _, corners = _from(right, y, valid)
    return bits, (right | ~valid[..., None]).all(axis=1).mean(), corners


def memory_bit_by_bit(y_hat, y, valid, margin):
    """A memory was called kept when 95 % of its single bits were right: all of them have to be, at once."""
    right = y_hat * y > margin
    bits, trials, _ = _from(right, y, valid)
    words = _words(y)
    return bits, trials, sum(right[valid & (words == w)].mean() >= ENOUGH for w in np.unique(words[valid]))


def memory_once_right(y_hat, y, valid, margin):
    """A memory was called kept when it was right at some step: it was visited, not kept."""
    right = y_hat * y > margin
    bits, trials, _ = _from(right, y, valid)
    return bits, trials, len(np.unique(_words(y)[valid & right.all(axis=-1)]))


def memory_never_wrong(y_hat, y, valid, margin):
    """A memory was called kept only when it was right at every single step that asks for it."""
    right = y_hat * y > margin
    bits, trials, _ = _from(right, y, valid)
    words, whole = _words(y), right.all(axis=-1)
    return bits, trials, sum(whole[valid & (words == w)].all() for w in np.unique(words[valid]))


def memories_as_a_share(y_hat, y, valid, margin):
    """The share of the memories was returned, not their number."""
    bits, trials, corners = _from(y_hat * y > margin, y, valid)
    return bits, trials, corners / 2 ** y.shape[-1]


def never_asked_is_kept(y_hat, y, valid, margin):
    """A memory that nobody asked for was counted as kept: nothing is known about it."""
    bits, trials, corners = _from(y_hat * y > margin, y, valid)
    return bits, trials, corners + 2 ** y.shape[-1] - len(np.unique(_words(y)[valid]))


def memories_of_the_output(y_hat, y, valid, margin):
    """Steps were sorted by what the network said, not by what it was asked for."""
    right = y_hat * y > margin
    bits, trials, _ = _from(right, y, valid)
    return bits, trials, _corners(right.all(axis=-1), _words(y_hat), valid)


def margin_ignored(y_hat, y, valid, margin):
    """The sign alone was compared: an output next to zero counts as an answer."""
    return _from(y_hat * y > 0, y, valid)


def margin_around_the_target(y_hat, y, valid, margin):
    """An output was called right when it was within the margin of its target: one that overshoots counts as wrong."""
    return _from(np.abs(y_hat - y) <= margin, y, valid)


def threshold_one_half(y_hat, y, valid, margin):
    """Outputs were cut at one half, as for bits that are coded 0 and 1."""
    return _from((y_hat > 0.5) == (y > 0), y, valid)


def on_the_wrong_side_too(y_hat, y, valid, margin):
    """Outputs far from zero were counted as right on either side."""
    return _from(np.abs(y_hat) > margin, y, valid)


def compared_for_equality(y_hat, y, valid, margin):
    """Outputs were asked to equal their targets, which real numbers never do."""
    return _from(y_hat == y, y, valid)
