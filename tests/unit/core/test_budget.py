"""The error budget of a release."""

from __future__ import annotations

import math

import pytest

from qualify.core.budget import ErrorBudget


def test_the_usual_parts_are_those_of_five_per_cent() -> None:
    """Of 5%, metrics get 3 points, failures 1, spread and the tests of all cells half a point."""
    levels = ErrorBudget().levels(tests=1, cells=1)
    failures = levels.failure + levels.repeat + levels.pooled_failures + levels.infra
    parts = (levels.metric, failures, levels.spread, levels.pooled)
    assert parts == pytest.approx((0.03, 0.01, 0.005, 0.005))


def test_a_part_is_divided_over_its_tests() -> None:
    """Two hundred metrics get 1.5e-4 each; what repeats is looked for in checks, too."""
    levels = ErrorBudget().levels(tests=200, cells=200, checks=300)
    parts = (levels.metric, levels.failure, levels.repeat)
    assert parts == pytest.approx((1.5e-4, 2e-5, 8e-6))


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.05, math.nan])
def test_an_error_of_nothing_or_all_is_refused(alpha: float) -> None:
    """An alpha or beta outside (0, 1) raises ValueError with its name."""
    with pytest.raises(ValueError, match="alpha must lie between 0 and 1"):
        ErrorBudget(alpha=alpha)
    with pytest.raises(ValueError, match="beta must lie between 0 and 1"):
        ErrorBudget(beta=alpha)


@pytest.mark.parametrize("part", [0.0, -0.1, 0.7, math.nan])
def test_parts_that_are_none_or_too_many_are_refused(part: float) -> None:
    """A part of nothing, or parts that sum to more than 1, raise ValueError."""
    with pytest.raises(ValueError, match="sum to at most 1"):
        ErrorBudget(variance=part)
