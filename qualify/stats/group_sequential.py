"""Alpha spending: how strict a test must be at each look so that all looks together keep alpha.

Sources: Lan & DeMets (1983), Biometrika 70, 659-663, for the spending function; Armitage,
McPherson & Rowe (1969), JRSS A 132, 235-244, for the recursion; Jennison & Turnbull (2000), Group
Sequential Methods, chapters 7, 11.3 (the significance-level approach) and 19 (the integration).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

Array = NDArray[np.float64]

_LOOKS = (3, 4, 5, 6, 8, 10, 12, 16, 20)
_LOWEST = -9.0  # a standard normal lies below it with probability 1e-19
_HIGHEST = 38.0  # and above it with one that is no normal floating-point number
_NODES_PER_SD = 6.0  # Gauss-Legendre nodes per width of the narrowest transition


class _State(NamedTuple):
    """Paths that have not crossed yet: quadrature nodes on the z scale and their mass."""

    z: Array
    mass: Array
    fraction: float


def schedule(most: int) -> tuple[int, ...]:
    """The numbers of pairs at which the evidence is looked at; the last is `most`.

    3, 4, 5, 6, 8, 10, 12, 16, 20, then each about a quarter more than the last. Raises ValueError
    for `most` below 1.
    """
    if most < 1:
        raise ValueError(f"a schedule needs at least one pair, not {most}")
    looks = list(_LOOKS)
    while looks[-1] < most:
        looks.append(looks[-1] + looks[-1] // 4)
    return (*(look for look in looks if look < most), most)


def spent(alpha: float, fraction: float) -> float:
    """The error spent by the time `fraction` of the information is in: 2 - 2 Phi(z / sqrt(t)).

    The O'Brien-Fleming-type function of Lan & DeMets with z = Phi^-1(1 - alpha / 2).
    """
    return min(alpha, 2.0 * float(norm.sf(norm.isf(alpha / 2.0) / math.sqrt(fraction))))


@lru_cache(maxsize=4096)
def nominal_levels(
    looks: tuple[int, ...], alpha: float, most: int | None = None
) -> tuple[float, ...]:
    """The one-sided significance level of each look; all looks together keep `alpha`.

    `looks` are increasing numbers of pairs, `most` is the number at which all of `alpha` is spent
    (default: the last look). Levels of early looks may underflow to 0: that look cannot reject.
    Raises ValueError for looks that do not increase, exceed `most`, or an alpha outside (0, 1).
    """
    full = looks[-1] if most is None and looks else most or 0
    _validate(looks, alpha, full)
    fractions = [look / full for look in looks]
    return tuple(float(norm.sf(bound)) for bound in _bounds(fractions, alpha))


def _validate(looks: tuple[int, ...], alpha: float, full: int) -> None:
    """Raise ValueError for a schedule that cannot be spent on."""
    increasing = all(a < b for a, b in zip((0, *looks), looks, strict=False))
    if not looks or not increasing or looks[-1] > full:
        raise ValueError(f"looks must increase from at least 1 to at most {full}, not {looks}")
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")


def _bounds(fractions: list[float], alpha: float) -> list[float]:
    """The critical z values: each look spends what the spending function has newly freed."""
    bounds: list[float] = []
    state, before = None, 0.0
    width = _narrowest(fractions)
    for fraction in fractions:
        now = spent(alpha, fraction)
        bounds.append(_bound(state, fraction, now - before, now))
        state = _survive(state, fraction, bounds[-1], width)
        before = now
    return bounds


def _narrowest(fractions: list[float]) -> float:
    """The least standard deviation of a look's z given the look before."""
    pairs = zip([0.0, *fractions], fractions, strict=False)
    return min(math.sqrt((now - before) / now) for before, now in pairs)


def _bound(state: _State | None, fraction: float, share: float, total: float) -> float:
    """The z value that is first crossed at this look with probability `share`.

    It lies between the quantile of all error spent so far and that of the share alone.
    """
    if share <= 0.0:
        return math.inf
    high = float(norm.isf(share))
    if state is None:
        return high
    low = float(norm.isf(total))

    def excess(bound: float) -> float:
        return math.log(_crossing(state, fraction, bound)) - math.log(share)

    return float(brentq(excess, low - 1e-6, high + 1e-6, xtol=1e-12))


def _crossing(state: _State, fraction: float, bound: float) -> float:
    """The probability to cross `bound` now, never having crossed before."""
    step = math.sqrt(fraction - state.fraction)
    short = (bound * math.sqrt(fraction) - state.z * math.sqrt(state.fraction)) / step
    return float(state.mass @ ndtr(-short))


def _survive(state: _State | None, fraction: float, bound: float, width: float) -> _State:
    """The sub-density of z below `bound`, carried on to this look."""
    half = (min(bound, _HIGHEST) - _LOWEST) / 2.0
    nodes, weights = _gauss_legendre(math.ceil(_NODES_PER_SD * 2.0 * half / width))
    z = half * (nodes + 1.0) + _LOWEST
    density = norm.pdf(z) if state is None else _transition(state, fraction, z)
    return _State(z, half * weights * density, fraction)


@lru_cache(maxsize=64)
def _gauss_legendre(count: int) -> tuple[Array, Array]:
    """Nodes and weights on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def _transition(state: _State, fraction: float, z: Array) -> Array:
    """The sub-density at `z`: independent increments on the score scale z * sqrt(fraction)."""
    step = math.sqrt(fraction - state.fraction)
    moved = z[:, None] * math.sqrt(fraction) - state.z[None, :] * math.sqrt(state.fraction)
    density: Array = norm.pdf(moved / step) @ state.mass * (math.sqrt(fraction) / step)
    return density
