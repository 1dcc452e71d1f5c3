"""How much of the differences between units a grouping of them explains.

The statistic is that of Anderson (2001), Austral Ecology 26, 32-46: squared distances within the
groups against all of them. With one number a unit it is the analysis of variance, with categories
that of Light & Margolin (1971), JASA 66, 534-544, and it needs no distribution: the p-value counts
the regroupings of the units that explain as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENUMERATED = 5_000
"""Up to so many regroupings are all looked at."""
DRAWN = 1_999
"""Of more, so many are drawn."""


@dataclass(frozen=True)
class Explained:
    """The `share` of the squared distances that lies between the groups, from 0 to 1.

    `adjusted` takes off what any grouping into as many groups explains by chance (Ezekiel 1930);
    None where every unit is a group of its own, which explains everything and so nothing.
    """

    share: float
    adjusted: float | None
    p_value: float


def unlike(codes: Array) -> Array:
    """The share of differing codes of each two units (units, keys); NaN where none is shared."""
    return _pairwise(codes, lambda difference: (difference != 0.0).astype(np.float64))


def apart(values: Array) -> Array:
    """The mean squared difference of each two units (units, keys); NaN where no key is shared."""
    return _pairwise(values, np.square)


def explained(squared: Array, groups: Sequence[int], generator: np.random.Generator) -> Explained:
    """Divide `squared` distances (units, units) by `groups`, numbered from 0 on.

    Raises ValueError for a distance that is unknown, and where nothing differs.
    """
    labels = np.asarray(groups, dtype=np.int64)
    if labels.size != len(squared) or not np.isfinite(squared).all():
        raise ValueError("every two units need a distance, and every unit a group")
    total = float(squared.sum()) / (2.0 * len(squared))
    if total <= 0.0:
        raise ValueError("units that do not differ leave nothing to explain")
    units, used = len(labels), len(set(groups))
    share = 1.0 - _within(squared, labels) / total
    if used == units:
        return Explained(1.0, None, 1.0)
    adjusted = 1.0 - (1.0 - share) * (units - 1) / (units - used)
    others = (1.0 - _within(squared, one) / total for one in _regroupings(labels, generator))
    as_much = [other >= share - 1e-9 for other in others]
    drawn = int(_arrangements(labels) > ENUMERATED)  # the grouping itself is not among the drawn
    return Explained(share, adjusted, (sum(as_much) + drawn) / (len(as_much) + drawn))


def _pairwise(values: Array, of: Callable[[Array], Array]) -> Array:
    made = np.full((len(values), len(values)), np.nan)
    for at, row in enumerate(values):
        difference = values - row
        known = ~np.isnan(difference)
        counted = known.sum(axis=1)
        costs = np.where(known, of(np.where(known, difference, 0.0)), 0.0)
        made[at] = np.divide(
            costs.sum(axis=1), counted, out=np.full(len(values), np.nan), where=counted > 0
        )
    return made


def _within(squared: Array, labels: NDArray[np.int64]) -> float:
    """The sum of squares within the groups, from distances alone."""
    weights = 1.0 / np.bincount(labels)[labels]
    alike = labels[:, None] == labels[None, :]
    return float(weights @ np.where(alike, squared, 0.0).sum(axis=1)) / 2.0


def _arrangements(labels: NDArray[np.int64]) -> int:
    counts = np.unique(labels, return_counts=True)[1]
    return math.factorial(labels.size) // math.prod(math.factorial(int(c)) for c in counts)


def _regroupings(
    labels: NDArray[np.int64], generator: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    if _arrangements(labels) > ENUMERATED:
        yield from (generator.permutation(labels) for _ in range(DRAWN))
        return
    counts = [int(count) for count in np.unique(labels, return_counts=True)[1]]
    yield from _all(np.zeros_like(labels), list(range(labels.size)), counts)


def _all(
    made: NDArray[np.int64], free: list[int], counts: list[int]
) -> Iterator[NDArray[np.int64]]:
    """Every way to give the `free` places to groups of these sizes."""
    if not counts:
        yield made.copy()
        return
    for chosen in combinations(free, counts[0]):
        made[list(chosen)] = len(counts)
        rest = [place for place in free if place not in chosen]
        yield from _all(made, rest, counts[1:])
