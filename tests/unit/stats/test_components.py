"""Variance components."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, chi2, f

from qualify.stats.components import (
    MeanSquare,
    excess,
    mean_square,
    rate,
    shares,
    variance,
)

# Davies & Goldsmith (1972), yields of dyestuff: six batches, five samples of each.
DYESTUFF = (
    (1545, 1440, 1440, 1520, 1580),
    (1540, 1555, 1490, 1560, 1495),
    (1595, 1550, 1605, 1510, 1560),
    (1445, 1440, 1595, 1465, 1545),
    (1595, 1630, 1515, 1635, 1625),
    (1520, 1455, 1450, 1480, 1445),
)


def test_the_dyestuff_of_davies_and_goldsmith() -> None:
    """Batches add a standard deviation of 42.00 to samples of 49.51, as published."""
    within = np.mean([np.var(batch, ddof=1) for batch in DYESTUFF])
    residual = MeanSquare(float(within) / 5, 24)
    batches = excess(mean_square([float(np.mean(batch)) for batch in DYESTUFF]), residual)
    assert math.sqrt(within) == pytest.approx(49.51, abs=0.005)
    assert batches.root.value == pytest.approx(42.00, abs=0.005)


def test_without_residual_the_interval_is_exact() -> None:
    """An arm over bit-identical repeats has the chi-square interval of a variance."""
    square = MeanSquare(2.0, 7)
    expected = tuple(7 * 2.0 / chi2.ppf(p, 7) for p in (0.95, 0.05))
    assert excess(square, MeanSquare(0.0, 3)).interval == pytest.approx(expected)
    assert variance(square).interval == pytest.approx(expected)


@pytest.mark.parametrize(("above", "below"), [(7, 3), (3, 3), (15, 7)])
def test_the_interval_excludes_zero_where_the_f_test_rejects(above: int, below: int) -> None:
    """An arm is shown to add variance exactly where the F-test at 5% says so."""
    critical = float(f.isf(0.05, above, below))
    for ratio, shown in ((0.999 * critical, False), (1.001 * critical, True)):
        found = excess(MeanSquare(ratio, above), MeanSquare(1.0, below))
        assert (found.interval[0] > 0.0) is shown


def test_intervals_hold_what_they_promise() -> None:
    """In simulated experiments about one in ten intervals of a component misses the truth."""
    rng = np.random.default_rng(3)
    missed = 0
    for upper, lower in zip(rng.chisquare(7, 300) / 7, rng.chisquare(3, 300) / 3, strict=True):
        low, high = excess(MeanSquare(1.5 * upper, 7), MeanSquare(0.5 * lower, 3)).interval
        missed += not low <= 1.0 <= high
    assert missed <= 45  # 30 expected; more than 45 has probability 0.003


def test_shares_without_residual_follow_the_f_distribution() -> None:
    """The share of one of two arms has an interval that is known exactly."""
    found = shares([MeanSquare(3.0, 7), MeanSquare(1.0, 5)], MeanSquare(0.0, 3), rng())
    assert found is not None
    odds = [3.0 * f.ppf(p, 5, 7) for p in (0.05, 0.95)]
    assert found[0].value == pytest.approx(0.75)
    assert found[0].interval == pytest.approx([o / (1 + o) for o in odds], abs=0.01)
    assert found[2].value == 0.0
    assert found[2].interval == (0.0, 0.0)


def test_no_spread_has_no_shares() -> None:
    """Where every training gives the same value there is nothing to share."""
    still = MeanSquare(0.0, 3)
    assert shares([still, still], still, rng()) is None


def test_rounding_is_no_spread() -> None:
    """Values that differ in their last digits have no variance."""
    assert mean_square([0.3, 0.1 + 0.2, 0.3]).value == 0.0
    assert mean_square([0.3, 0.3 + 1e-9]).value > 0.0


def test_rates_are_exact() -> None:
    """A rate has Clopper and Pearson's interval."""
    exact = binomtest(3, 7).proportion_ci(0.9, method="exact")
    assert rate(3, 7).interval == pytest.approx((exact.low, exact.high))
    assert rate(3, 3).interval == pytest.approx((0.05 ** (1 / 3), 1.0))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_what_has_no_variance_is_refused(values: list[float]) -> None:
    """Fewer than two values, or one that is no number, raise ValueError."""
    with pytest.raises(ValueError, match="two finite values"):
        mean_square(values)


@pytest.mark.parametrize(("value", "df"), [(-1.0, 3), (math.nan, 3), (1.0, 0)])
def test_impossible_mean_squares_are_refused(value: float, df: int) -> None:
    """A negative variance, or one without degrees of freedom, raises ValueError."""
    with pytest.raises(ValueError, match="no mean square"):
        MeanSquare(value, df)


def test_a_rate_of_nothing_is_refused() -> None:
    """No trial has no rate."""
    with pytest.raises(ValueError, match="at least one"):
        rate(0, 0)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)
