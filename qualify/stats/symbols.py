"""What one training says in a bisection: a small integer, its symbol, and how likely each is.

A symbol is the class of the place of its loss among the replicates of the good end, or whether it
failed. Good builds and bad ones each draw their symbols from an urn of Polya: it starts from what
is known beforehand and learns from what was drawn, so that neither side rests on the shape of a
noise that nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from qualify.stats.rates import Count

Floats = NDArray[np.float64]
Symbols = NDArray[np.int64]

EDGES = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95)
"""Where the classes of places part, as fractions of the good end's replicates: fewer classes than
places, because neighbouring places tell nearly the same, which urns of single places do not know.
"""
SHIFTS = (0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Effects of a bad build, in standard deviations of the good one; equally likely beforehand."""
STRAY = 0.1
"""The part of a bad build's trainings that fall anywhere."""
WORTH = 20.0
"""How many trainings of bad builds weigh as much as the normal shape of a shift."""
RATES = (0.999, 0.9, 0.7, 0.5, 0.3)
"""Failure rates of a bad build; the first is a failure that repeats, but for a miracle."""
RATE_WEIGHTS = (0.8, 0.05, 0.05, 0.05, 0.05)
_SURE = 1e4  # a failure rate has no shape that could be another
_GUESS = (4.9, 0.1)  # a good build fails one training in fifty: a guess worth five trainings


@dataclass(frozen=True)
class Evidence:
    """How builds draw symbols.

    `good` (symbols,) are the weights of a good build's urn and `bad` (effects, symbols) those of a
    bad build's, one urn an effect; `prior` (effects,) are the probabilities of the effects.
    """

    good: Floats
    bad: Floats
    prior: Floats


def rank_evidence(m: int) -> Evidence:
    """Urns of the classes of places among `m` replicates of the good end.

    A good build opens each of the m + 1 places alike, whatever the noise (Polya's urn, Blackwell
    & MacQueen 1973). A bad one opens place j with the probability of a normal shift by delta,
    Phi(z_{j+1} - delta) - Phi(z_j - delta) with z_j = Phi^-1(j / (m + 1)), but for stray ones.
    Raises ValueError without replicates.
    """
    if m < 1:
        raise ValueError("a place needs replicates to be among")
    classes = np.eye(len(EDGES) + 1)[rank_symbols(np.arange(m + 1), m)]
    ends = ndtri(np.arange(m + 2) / (m + 1.0))
    shifted = np.diff(ndtr(ends - np.array(SHIFTS)[:, None]), axis=1)
    bad = (1.0 - STRAY) * shifted + STRAY / (m + 1.0)
    prior = np.full(len(SHIFTS), 1.0 / len(SHIFTS))
    return Evidence(classes.sum(axis=0), WORTH * (bad @ classes), prior)


def rank_symbols(places: Symbols, m: int) -> Symbols:
    """The class of each place 0 (best) ... m (worst): 0 ... 7, any shape."""
    return np.asarray(np.searchsorted(EDGES, (places + 0.5) / (m + 1.0)), dtype=np.int64)


def failure_evidence(good: Count) -> Evidence:
    """Urns of the symbols 0 (trained) and 1 (failed); `good` counts the good end's failures."""
    urn = np.array([_GUESS[0] + good.total - good.failed, _GUESS[1] + good.failed])
    rates = np.array(RATES)
    bad = _SURE * np.column_stack([1.0 - rates, rates])
    return Evidence(urn, bad, np.array(RATE_WEIGHTS))


def certain_evidence() -> Evidence:
    """Urns of the symbols 0 (as the good end) and 1 (as the bad end), where one look tells."""
    sure = _SURE * np.array([RATES[0], 1.0 - RATES[0]])
    return Evidence(sure, sure[::-1][None], np.ones(1))
