"""Turns of candidate and baseline: how often chance alone accuses."""

from __future__ import annotations

import pytest

from qualify.stats.turns import by_chance, turns


@pytest.mark.parametrize(
    ("level", "least"), [(1.0, 0), (0.25, 1), (0.2499, 2), (2e-5, 8), (4e-9, 14)]
)
def test_the_fewest_turns_within_a_level(level: float, least: int) -> None:
    """Powers of four: a level that is one is met by its exponent."""
    assert turns(level) == least
    assert by_chance(least) <= level


@pytest.mark.parametrize("level", [0.0, -0.1, 1.1, float("nan")])
def test_a_level_outside_is_refused(level: float) -> None:
    """An error of nothing would take turns without end."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        turns(level)
    with pytest.raises(ValueError, match="-1 is not a number of turns"):
        by_chance(-1)
