"""Places among frozen replicates: their law, their ties, their scores."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from scipy.special import ndtri

from qualify.stats.ranks import (
    counts_like,
    mixture,
    normal_scores,
    null_places,
    places,
    shifted_places,
    tie_breakers,
)

NONE = np.zeros(0)


def place(candidate: list[float], baseline: list[float]) -> tuple[int, ...]:
    """The places of values without ties."""
    ours, theirs = np.array(candidate, dtype=float), np.array(baseline, dtype=float)
    return tuple(places(ours, theirs, np.zeros(ours.size), np.zeros(theirs.size)).tolist())


def of_permutations(m: int, n: int) -> dict[tuple[int, ...], Fraction]:
    """The law of n places among m replicates: all orders of m + n values are equally likely."""
    orders = list(permutations(range(m + n)))
    found = Counter(place(list(order[m:]), list(order[:m])) for order in orders)
    return {gaps: Fraction(count, len(orders)) for gaps, count in found.items()}


def of_urn(m: int, gaps: tuple[int, ...]) -> Fraction:
    """Polya's urn: each gap has weight 1 and one more for each candidate in it."""
    chance, joined = Fraction(1), Counter[int]()
    for k, gap in enumerate(gaps):
        chance *= Fraction(1 + joined[gap], m + 1 + k)
        joined[gap] += 1
    return chance


@pytest.mark.parametrize(("m", "n"), [(1, 3), (2, 3), (3, 3), (4, 2)])
def test_the_urns_law_is_that_of_all_orders(m: int, n: int):
    """Each sequence of gaps has the urn's probability exactly."""
    expected = of_permutations(m, n)
    assert {gaps: of_urn(m, gaps) for gaps in product(range(m + 1), repeat=n)} == expected


@pytest.mark.parametrize("simulated", ["urn", "normal"])
def test_simulated_places_follow_the_urns_law(simulated: str):
    """The urn's simulation and that of unshifted normal values agree with the enumeration."""
    rng, paths = np.random.default_rng(1), 40_000
    drawn = null_places(rng, 3, 3, paths) if simulated == "urn" else None
    drawn = shifted_places(rng, 3, 3, paths, 0.0) if drawn is None else drawn
    found = Counter(map(tuple, drawn.T.tolist()))
    for gaps, chance in of_permutations(3, 3).items():
        expected = paths * float(chance)
        assert abs(found[gaps] - expected) < 5.0 * np.sqrt(expected), gaps


def test_a_shift_moves_places_up():
    """Candidates five standard deviations worse lie above nearly all replicates."""
    drawn = shifted_places(np.random.default_rng(2), 20, 4, 500, 5.0)
    assert drawn.shape == (4, 500)
    assert drawn.mean() > 19.9
    assert drawn.max() == 20


def test_places_count_the_better_replicates():
    """A place is the number of baseline losses below, for any number of leading dimensions."""
    assert place([0.0, 1.5, 9.0], [1.0, 2.0, 3.0]) == (0, 1, 3)
    cells = np.array([[0.5], [2.5]]), np.array([[1.0, 2.0], [1.0, 2.0]])
    found = places(*cells, np.zeros((2, 1)), np.zeros((2, 2)))
    assert found.tolist() == [[0], [2]]


def test_ties_are_frozen_by_name():
    """A name has one tie for good, whatever else is asked with it."""
    alone = tie_breakers(["salt|log_loss|3"])
    among = tie_breakers(["salt|log_loss|2", "salt|log_loss|3"])
    assert alone[0] == among[1]
    assert alone[0] == 0.4226552426035717


def test_ties_are_uniform():
    """The ties of many names fill the unit interval evenly."""
    ties = np.sort(tie_breakers(f"cell|{i}" for i in range(4000)))
    assert np.abs(ties - np.linspace(0.0, 1.0, 4000)).max() < 0.03


def test_equal_values_are_ordered_by_their_ties():
    """A candidate that equals three replicates has a place among them by its tie alone."""
    ours, theirs = np.array([1.0]), np.array([1.0, 1.0, 1.0, 2.0])
    at = [
        int(places(ours, theirs, np.array([tie]), np.array([0.2, 0.4, 0.6, 0.1]))[0])
        for tie in (0.1, 0.3, 0.5, 0.7)
    ]
    assert at == [0, 1, 2, 3]


def test_ties_make_a_constant_metric_continuous():
    """Where all values are equal, places follow the urn of values that all differ."""
    rng = np.random.default_rng(4)
    ones = np.ones((20_000, 3))
    drawn = places(ones, ones, rng.random((20_000, 3)), rng.random((20_000, 3)))
    found = Counter(map(tuple, drawn.tolist()))
    for gaps, chance in of_permutations(3, 3).items():
        assert abs(found[gaps] - 20_000 * float(chance)) < 5.0 * np.sqrt(20_000 * float(chance))


def test_scores_are_van_der_waerdens():
    """The scores of m + 1 gaps are symmetric quantiles r / (m + 2), and cannot be changed."""
    scores = normal_scores(4)
    assert scores == pytest.approx(ndtri(np.arange(1, 6) / 6.0), abs=1e-6)
    assert scores == pytest.approx(-scores[::-1], abs=1e-6)
    with pytest.raises(ValueError, match="read-only"):
        scores[0] = 0.0


def test_a_mixture_is_the_log_of_the_mean():
    """It is log sum w exp(term), and does not overflow for terms that are certain."""
    terms = [np.array([0.5, -700.0], dtype=np.float32), np.array([2.0, 700.0], dtype=np.float32)]
    mixed = mixture(terms, [0.25, 0.75])
    assert mixed[0] == pytest.approx(np.log(0.25 * np.exp(0.5) + 0.75 * np.exp(2.0)), rel=1e-5)
    assert np.isfinite(mixed[1])
    assert mixed[1] > -700.0


def test_counts_broadcast_over_cells():
    """Trainings are counted along the first axis."""
    assert counts_like(np.zeros((3, 2), dtype=np.float32)).tolist() == [[1.0], [2.0], [3.0]]
    assert places(NONE, np.ones(3), NONE, np.ones(3)).shape == (0,)
