"""What more evidence would bring."""

from __future__ import annotations

import pytest
from scipy.stats import t as student

from qualify.stats.paired import PairedTest
from qualify.stats.power import further_pairs, pairs_needed, smallest_effect


def seen(mean: float, sd: float, n: int) -> PairedTest:
    return PairedTest(n, mean, sd, 0.5, 0.5, 0.5, None)


@pytest.mark.parametrize("distance", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("level", [0.05, 0.0025])
def test_the_number_needed_is_students(distance: float, level: float) -> None:
    """The closed form is within one pair of the number that Student's t asks for."""
    exact = next(n for n in range(2, 999) if student.isf(level, n - 1) / n**0.5 <= distance)
    assert pairs_needed(distance, 1.0, level) == pytest.approx(exact, abs=1)


def test_a_clear_pass_needs_few_more() -> None:
    """A mean of zero with little spread is soon shown within the margin."""
    assert further_pairs(seen(0.0, 0.01, 4), 0.02, 0.0025, 0.05) == 1


def test_the_nearer_end_counts() -> None:
    """A mean at the margin can only be shown worse than zero."""
    at_margin = further_pairs(seen(0.02, 0.02, 10), 0.02, 0.0025, 0.05)
    assert at_margin == (pairs_needed(1.0, 1.0, 0.0025) or 0) - 10


def test_no_end_in_sight_is_no_number() -> None:
    """Noise a thousand times the margin never decides."""
    assert further_pairs(seen(0.01, 20.0, 10), 0.02, 0.0025, 0.05) is None


def test_the_smallest_effect_is_found_with_its_power() -> None:
    """A shift by the smallest effect exceeds the critical value with about the stated power."""
    effect = smallest_effect(1.0, 20, 0.025, power=0.8)
    assert effect == pytest.approx((2.093 + 0.861) / 20**0.5, abs=1e-3)


def test_a_single_pair_shows_nothing() -> None:
    """One pair has no spread, so the question raises ValueError."""
    with pytest.raises(ValueError, match="no effect"):
        smallest_effect(1.0, 1, 0.05)
