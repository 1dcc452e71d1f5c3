from __future__ import annotations

import numpy as np
import pytest

from qualify.stats.scaling import exponent

SIZES = [1000.0, 1000.0, 2000.0, 2000.0, 5000.0, 5000.0, 10000.0, 10000.0]


def test_a_power_law_is_found():
    """Costs without noise give their exponent, and an interval of no width."""
    found = exponent(SIZES, [3e-7 * n**1.7 for n in SIZES])
    assert (found.estimate, found.low, found.high) == pytest.approx((1.7, 1.7, 1.7))


def test_a_worked_example():
    """Four points by hand: slope 7.75 over 5, and t(0.975, 2) = 4.302653."""
    found = exponent(np.exp([0.0, 1.0, 2.0, 3.0]), np.exp([0.0, 1.75, 3.0, 4.75]))
    half = 4.302653 * np.sqrt(sum(r**2 for r in (-0.05, 0.15, -0.15, 0.05)) / 2 / 5)
    assert found.estimate == pytest.approx(1.55)
    assert (found.low, found.high) == pytest.approx((1.55 - half, 1.55 + half))


def test_the_interval_holds_what_it_says():
    """In a thousand noisy curves the interval holds the true exponent in about 95 of a hundred."""
    rng = np.random.default_rng(1)
    found = [exponent(SIZES, np.power(SIZES, 0.8) * rng.lognormal(0, 0.1, 8)) for _ in range(1000)]
    assert np.mean([f.low <= 0.8 <= f.high for f in found]) == pytest.approx(0.95, abs=0.02)


def test_more_confidence_is_a_wider_interval():
    """At 99% the interval holds that of 95%."""
    costs = [1.0, 1.1, 2.0, 2.3, 5.5, 5.2, 11.0, 10.1]
    narrow, wide = exponent(SIZES, costs), exponent(SIZES, costs, confidence=0.99)
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high


@pytest.mark.parametrize(
    ("sizes", "costs"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0]),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0], [0.0, 2.0, 3.0]),
        ([-1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0], [1.0, float("nan"), 3.0]),
    ],
)
def test_what_gives_no_exponent(sizes: list[float], costs: list[float]):
    """Too few measurements, one size alone, and costs that are none are refused."""
    with pytest.raises(ValueError, match="exponent"):
        exponent(sizes, costs)
