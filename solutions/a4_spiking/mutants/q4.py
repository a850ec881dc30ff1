"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import math


def _si(tau_mem_ms, tau_syn_ms, dt_ms):
    return 1000 / tau_mem_ms, 1000 / tau_syn_ms, dt_ms / 1000


def _feed(i_target, lost):
    return i_target * lost / (1 - lost)


def per_ms_with_seconds(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Inverse times in 1/ms beside a step in s: every step is a thousandth of what was meant."""
    dt = dt_ms / 1000
    return 1 / tau_mem_ms, 1 / tau_syn_ms, dt, _feed(i_target, dt / tau_syn_ms)


def step_in_ms(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Inverse times in 1/s beside a step in ms: every step is a thousand times what was meant."""
    return 1000 / tau_mem_ms, 1000 / tau_syn_ms, dt_ms, _feed(i_target, dt_ms / tau_syn_ms)


def everything_in_ms(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """All in ms: the steps come out right, and the clock that counts the seconds runs a thousand times fast."""
    return 1 / tau_mem_ms, 1 / tau_syn_ms, dt_ms, _feed(i_target, dt_ms / tau_syn_ms)


def times_not_inverses(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Time constants in s where their inverses are asked for."""
    return tau_mem_ms / 1000, tau_syn_ms / 1000, dt_ms / 1000, _feed(i_target, dt_ms / tau_syn_ms)


def swapped(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The two time constants change places."""
    return *_si(tau_syn_ms, tau_mem_ms, dt_ms), _feed(i_target, dt_ms / tau_mem_ms)


def membrane_for_both(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The membrane's time constant is used for the synapse as well."""
    return *_si(tau_mem_ms, tau_mem_ms, dt_ms), _feed(i_target, dt_ms / tau_mem_ms)


def exponential_shares(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Rates set so that a step loses 1 - exp(-dt/tau): right for another code, but this one takes straight steps."""
    dt = dt_ms / 1000
    lost = [-math.expm1(-dt_ms / tau) for tau in (tau_mem_ms, tau_syn_ms)]
    return lost[0] / dt, lost[1] / dt, dt, _feed(i_target, lost[1])


def shares_for_rates(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Shares lost a step where rates in 1/s are asked for: the code multiplies by dt once more."""
    return dt_ms / tau_mem_ms, dt_ms / tau_syn_ms, dt_ms / 1000, _feed(i_target, dt_ms / tau_syn_ms)


def target_fed(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The target itself is added each step: currents that have not decayed pile up on it."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), i_target


def decay_after_the_look(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The feed of code whose membrane looks at the current before it decays; here it looks after."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), i_target * dt_ms / tau_syn_ms


def decay_twice(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The decay between feed and membrane is made up for in the wrong direction."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), i_target * dt_ms / tau_syn_ms * (1 - dt_ms / tau_syn_ms)


def feed_upside_down(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The feed is the target times tau_syn over dt instead of a share of the target."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), i_target * tau_syn_ms / dt_ms


def feed_by_the_membrane(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The feed is reckoned with the membrane's time constant, but it is the synaptic current that loses it."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), _feed(i_target, dt_ms / tau_mem_ms)


def feed_a_second(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """The feed of a whole second is added in each step: dt is forgotten in it."""
    return *_si(tau_mem_ms, tau_syn_ms, dt_ms), i_target * 1000 / tau_syn_ms
