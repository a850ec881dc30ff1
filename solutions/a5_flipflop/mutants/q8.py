"""Wrong and weaker answers to question 8. matrix.toml says which rungs each does not reach."""

import numpy as np


def nothing_stored(patterns):
    """No weights at all: nothing is stored."""
    return np.zeros((50, 50))


def every_unit_for_itself(patterns):
    """Every unit hears itself alone: any state stays, and none is brought back."""
    return np.eye(50)


def patterns_by_patterns(patterns):
    """The overlaps of the patterns were returned: a table of patterns by patterns, not of units by units."""
    return patterns @ patterns.T / 50


def wrong_sign(patterns):
    """The sum has the wrong sign: what two units say together keeps them apart."""
    return -patterns.T @ patterns / 50


def first_pattern_only(patterns):
    """Only the first pattern was stored."""
    return np.outer(patterns[0], patterns[0]) / 50


def last_pattern_only(patterns):
    """Each pattern overwrites the one before: only the last was stored."""
    W = np.zeros((50, 50))
    for pattern in patterns:
        W = np.outer(pattern, pattern) / 50
    return W


def mean_pattern(patterns):
    """The mean of all patterns was stored, which is none of them."""
    mean = patterns.mean(axis=0)
    return np.outer(mean, mean)


def from_each_to_the_next(patterns):
    """Each pattern was tied to the next one: the network recites, and keeps none."""
    return np.roll(patterns, -1, axis=0).T @ patterns / 50


def random_weights(patterns):
    """Weights drawn by lot, which know nothing of the patterns."""
    return np.random.default_rng(0).normal(size=(50, 50))


def hebb(patterns):
    """Hebb's sum: every pattern is added, whatever is there already."""
    return patterns.T @ patterns / 50


def hebb_of_deviations(patterns):
    """Hebb's sum of deviations from the mean activity, for patterns that have none."""
    seen = patterns - patterns.mean()
    return seen.T @ seen / 50


def fading(patterns):
    """Old patterns fade each time a new one comes, so that only the latest are kept."""
    W = np.zeros((50, 50))
    for pattern in patterns:
        W = 0.6 * W + np.outer(pattern, pattern) / 50
    return W


def signs_of_hebb(patterns):
    """Only the signs of Hebb's sum were kept, and with them half of what it knew."""
    return np.sign(patterns.T @ patterns)


def one_after_the_other(patterns):
    """Each pattern was corrected for what is there already, once, and never again when others came."""
    W = np.zeros((50, 50))
    for pattern in patterns:
        heard = W @ pattern
        W = W + (np.outer(pattern, pattern) - np.outer(pattern, heard) - np.outer(heard, pattern)) / 50
    return W


def barely_learnt(patterns):
    """Learning stopped as soon as every sign was right: nothing is left over for errors."""
    W = np.zeros((50, 50))
    while np.any(patterns * (patterns @ W.T) <= 0):
        for pattern in patterns:
            wrong = pattern * (W @ pattern) <= 0
            W += np.outer(wrong * pattern, pattern)  # whole numbers: a tie is a tie
            np.fill_diagonal(W, 0)
    return W


def pseudo_inverse(patterns):
    """The weights that leave every pattern exactly as it is: without errors the best, with errors not."""
    return np.linalg.pinv(patterns) @ patterns
