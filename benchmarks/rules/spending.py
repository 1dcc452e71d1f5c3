"""Group-sequential levels for peers: how strict each look must be so that all keep the error.

Lan & DeMets (1983), Biometrika 70, 659-663, for spending functions; Armitage, McPherson & Rowe
(1969), JRSS A 132, 235-244, for the recursion over looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

Array = NDArray[np.float64]
Spending = Callable[[float, float], float]

_LOWEST = -9.0  # a standard normal lies below it with probability 1e-19
_NODES = 400


def obrien_fleming(error: float, fraction: float) -> float:
    """2 - 2 Phi(z / sqrt(t)) with z = Phi^-1(1 - error / 2): almost nothing is spent early."""
    return 2.0 * float(norm.sf(norm.isf(error / 2.0) / math.sqrt(fraction)))


def pocock(error: float, fraction: float) -> float:
    """Error * log(1 + (e - 1) t): about as much is spent at each look."""
    return error * math.log1p((math.e - 1.0) * fraction)


@lru_cache(maxsize=256)
def levels(fractions: tuple[float, ...], error: float, spending: Spending) -> Array:
    """The one-sided level of each look at these fractions of the information, (looks,)."""
    spent = [spending(error, fraction) for fraction in fractions]
    return np.asarray(norm.sf(_bounds(fractions, spent)))


def _bounds(fractions: Sequence[float], spent: Sequence[float]) -> list[float]:
    """The z values: each look is first crossed with what it may newly spend."""
    bounds = [float(norm.isf(spent[0]))]
    z, weights = _nodes(bounds[0])
    mass = weights * norm.pdf(z)
    for i in range(1, len(fractions)):
        ratio = math.sqrt(fractions[i - 1] / fractions[i])
        step = math.sqrt(1.0 - ratio * ratio)

        def excess(
            bound: float,
            short: Array = z * ratio,
            mass: Array = mass,
            step: float = step,
            share: float = spent[i] - spent[i - 1],
        ) -> float:
            return float(mass @ ndtr((short - bound) / step)) / share - 1.0

        bounds.append(float(brentq(excess, -8.0, 38.0, xtol=1e-10)))
        now, weights = _nodes(bounds[-1])
        mass = weights * (norm.pdf((now[:, None] - ratio * z[None, :]) / step) @ mass) / step
        z = now
    return bounds


def _nodes(bound: float) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights below a bound."""
    nodes, weights = _legendre()
    half = (bound - _LOWEST) / 2.0
    return half * (nodes + 1.0) + _LOWEST, half * weights


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
