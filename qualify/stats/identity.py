"""Bit-identical predictions as evidence that a change does not touch what a cell trains.

A cell passes where at least two of its first three trainings predict, at the same seed, exactly
what the baseline predicted. An untouched cell matches at the rate at which the baseline matches
itself (A/A); a touched one rarely does. How rarely is not known beforehand, so a release is checked
as a whole: do its matches come in the numbers that untouched cells show? Conditioning makes that
exact.

- A cell without any match is touched, and says nothing of the rate of those that match.
- Counting the rate among cells with a match would be biased upwards by that very selection. Counted
  are only cells whose first two trainings do not both match: an untouched one is then right for
  once in 2 r^2 (1 - r) of all cases and fails with one match of three in 3 r (1 - r)^2 of them.
- So the odds of one match against two are 3 / 2 of (1 - r) / r, the odds at which a repeated
  baseline differs from itself. Given the margins of the 2 x 2 table of both, the number of cells
  with one match is Fisher's noncentral hypergeometric with the odds ratio 3 / 2 whatever r is
  (Fisher 1935, JRSS 98, 39-82): no rate is estimated, and a short record has less power, no less
  validity. Touched cells that match by chance have many more single matches than that.
- A few single matches are harmless: touched cells that match in up to 3% of their trainings pass
  with probability 0.003. For z cells without a match they add a negative binomial number.
- Rates differ between canaries. Strata keep every cell with its own record; the numbers of single
  matches add up, and their distributions are convolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy

from qualify.stats.ranks import Floats
from qualify.stats.rates import Count

COMPARED = 3
"""The trainings of a cell that are compared."""
ENOUGH = 2
"""So many matches among them pass the cell."""
ODDS_RATIO = 1.5
"""One match of three can come in three orders, two of three without the first two in two."""

HARMLESS = 0.03
"""Touched cells may match so often; they then pass with probability 0.003. They are taken to do so
where no build has shown another rate."""
_SINGLE = 3.0 * HARMLESS / (1.0 + 2.0 * HARMLESS)  # P(one match of three | one or none)
LEVEL = 0.1
"""A false alarm only costs trainings: cells are then judged by their metrics."""


class Stratum(NamedTuple):
    """Cells that match at one rate when they are untouched.

    `cells` has, for each cell, whether its first trainings match, in their order. `recorded` counts
    how many of the baseline's trainings, repeated with the same version, *differed*.
    """

    cells: Sequence[Sequence[bool]]
    recorded: Count


@dataclass(frozen=True)
class Fit:
    """Whether the matches of a release are those of untouched cells.

    `none` cells had no match; of those that needed a third comparison, `single` ended with one and
    `double` with two. `expected` is the mean of `single`, given all these and the record. `p_value`
    is one-sided.
    """

    none: int
    single: int
    double: int
    expected: float
    p_value: float
    level: float

    @property
    def fits(self) -> bool:
        """Whether the rule may be used: single matches are not significantly too many."""
        return self.p_value > self.level


def false_pass(rate: float) -> float:
    """The probability that a touched cell passes if each of its trainings matches at `rate`.

    3 r^2 (1 - r) + r^3, at least two of three. Raises ValueError for what is no probability.
    """
    _probability(rate)
    return rate * rate * (3.0 - 2.0 * rate)


def trainings(rate: float, otherwise: float) -> float:
    """The mean number of trainings of a cell that matches at `rate`.

    Two or three where it passes, else the mean `otherwise` of the test that decides it then.
    Raises ValueError for what is no probability.
    """
    third = 2.0 * rate * rate * (1.0 - rate)
    return 2.0 * rate * rate + 3.0 * third + (1.0 - false_pass(rate)) * otherwise


def fits(strata: Iterable[Stratum], level: float = LEVEL) -> Fit:
    """Test whether cells match at the recorded rates, or are touched and match harmlessly seldom.

    A small p-value says that a path was touched that often matches by chance. Cells with fewer
    comparisons than the rule asks for do not count yet. One stratum for all cells assumes one rate
    for all; without any record nothing is tested, and nothing speaks against a fit.
    """
    known = [s for s in strata if s.recorded.total]
    by_cells = [_matches(stratum.cells) for stratum in known]
    none, single, double = (sum(found.count(k) for found in by_cells) for k in range(COMPARED))
    mass = (
        scipy.stats.nbinom.pmf(np.arange(single + 1), none, 1.0 - _SINGLE) if none else np.ones(1)
    )
    for found, stratum in zip(by_cells, known, strict=True):
        ones, twos = found.count(1), found.count(ENOUGH)
        if ones + twos:
            mass = np.convolve(mass, _null(ones + twos, ones, stratum.recorded))
    expected = float(np.arange(mass.size) @ mass)
    p_value = min(1.0, max(0.0, 1.0 - float(mass[:single].sum())))
    return Fit(none, single, double, expected, p_value, level)


def _matches(cells: Sequence[Sequence[bool]]) -> list[int]:
    """How many matches the cells have whose first two trainings do not both match."""
    whole = [tuple(cell[:COMPARED]) for cell in cells if len(cell) >= COMPARED]
    return [sum(cell) for cell in whole if not all(cell[:ENOUGH])]


def _null(cells: int, single: int, recorded: Count) -> Floats:
    """The probabilities of 0 ... `cells` single matches, given the margins."""
    total = cells + recorded.total
    differ = single + recorded.failed
    ones = np.arange(cells + 1)
    if differ in (0, total):
        return np.asarray(ones == single, dtype=np.float64)
    return np.asarray(scipy.stats.nchypergeom_fisher.pmf(ones, total, differ, cells, ODDS_RATIO))


def _probability(rate: float) -> None:
    """Raise ValueError for a value outside [0, 1], NaN included."""
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"a rate of matches lies between 0 and 1, not {rate}")
