"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _finite(J, J0, m0, gain, theta, K):
    """Rates at K, as they should be."""
    return np.linalg.solve(np.diag(1 / gain) - np.sqrt(K) * J, np.sqrt(K) * J0 * m0 - theta)


def _limit(J, J0, m0):
    return -np.linalg.solve(J, J0 * m0)


def sign_forgotten(J, J0, m0, gain, theta, K):
    """The outside is brought to the other side of the equation without its sign: the limiting rates are negative."""
    return -_limit(J, J0, m0), _finite(J, J0, m0, gain, theta, K)


def transposed(J, J0, m0, gain, theta, K):
    """Rows and columns of J are exchanged: a population receives through what it sends."""
    return _limit(J.T, J0, m0), _finite(J.T, J0, m0, gain, theta, K)


def magnitudes(J, J0, m0, gain, theta, K):
    """The couplings lose their signs, so that inhibition excites."""
    return _limit(abs(J), J0, m0), _finite(abs(J), J0, m0, gain, theta, K)


def outside_left_out(J, J0, m0, gain, theta, K):
    """Every population gets the drive m0 with strength one: the couplings J0 to the outside are not used."""
    one = np.ones_like(J0)
    return _limit(J, one, m0), _finite(J, one, m0, gain, theta, K)


def outside_of_e_for_all(J, J0, m0, gain, theta, K):
    """The excitatory population's coupling to the outside is used for every population."""
    first = np.full_like(J0, J0[0])
    return _limit(J, first, m0), _finite(J, first, m0, gain, theta, K)


def drive_not_used(J, J0, m0, gain, theta, K):
    """The drive m0 is left out, as if the outside always fired at one."""
    return _limit(J, J0, 1.0), _finite(J, J0, 1.0, gain, theta, K)


def each_alone(J, J0, m0, gain, theta, K):
    """Each population is balanced against itself alone: only the diagonal of J counts."""
    own = np.diag(np.diag(J))
    return _limit(own, J0, m0), _finite(own, J0, m0, gain, theta, K)


def cells_in_the_limit(J, J0, m0, gain, theta, K):
    """The limit is taken for the rates of one input a cell: gains and thresholds are left in it."""
    return _finite(J, J0, m0, gain, theta, 1), _finite(J, J0, m0, gain, theta, K)


def threshold_in_the_balance(J, J0, m0, gain, theta, K):
    """The large inputs are balanced against the threshold instead of against zero."""
    return -np.linalg.solve(J, J0 * m0 - theta), _finite(J, J0, m0, gain, theta, K)


def limit_grows(J, J0, m0, gain, theta, K):
    """The limiting rates are multiplied by the size of the inputs, the square root of K."""
    return np.sqrt(K) * _limit(J, J0, m0), _finite(J, J0, m0, gain, theta, K)


def inputs_of_size_k(J, J0, m0, gain, theta, K):
    """K inputs are taken for a current of size K instead of the square root of K."""
    return _limit(J, J0, m0), _finite(J, J0, m0, gain, theta, K**2)


def limit_twice(J, J0, m0, gain, theta, K):
    """The limit is given for both results, as if this K were infinite already."""
    return _limit(J, J0, m0), _limit(J, J0, m0)


def law_typed_in(J, J0, m0, gain, theta, K):
    """The rates at K are the limit with the law of its approach written on: one part in the square root of K."""
    return _limit(J, J0, m0), _limit(J, J0, m0) * (1 + 1 / np.sqrt(K))


def gain_of_the_sender(J, J0, m0, gain, theta, K):
    """The gain multiplies what a population sends, not what it receives."""
    drive = gain * (np.sqrt(K) * J0 * m0 - theta)
    return _limit(J, J0, m0), np.linalg.solve(np.eye(len(J)) - np.sqrt(K) * J * gain, drive)


def gain_left_out(J, J0, m0, gain, theta, K):
    """All cells are taken to have gain one."""
    return _limit(J, J0, m0), _finite(J, J0, m0, np.ones_like(gain), theta, K)


def threshold_added(J, J0, m0, gain, theta, K):
    """The threshold is added to the input instead of taken off."""
    return _limit(J, J0, m0), _finite(J, J0, m0, gain, -theta, K)


def threshold_grows(J, J0, m0, gain, theta, K):
    """The threshold is put inside the bracket, where the square root of K multiplies it."""
    return _limit(J, J0, m0), _finite(J, J0, m0, gain, np.sqrt(K) * theta, K)


def two_populations_only(J, J0, m0, gain, theta, K):
    """The two equations of the page are written out for E and one kind of I: a third population is dropped."""
    J, J0, gain, theta = J[:2, :2], J0[:2], gain[:2], theta[:2]
    return _limit(J, J0, m0), _finite(J, J0, m0, gain, theta, K)
