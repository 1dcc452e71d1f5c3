"""The size of a loss and its anytime-valid interval."""

from __future__ import annotations

import numpy as np
import pytest

from qualify.stats.effect import DELTA, Effect, paired_shift, shift
from qualify.stats.limits import Key, UncalibratedError, limit
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import Floats, places
from qualify.stats.signed_ranks import signed_paths

EDGE = limit(Key("worse", 20, 20, "each", DELTA, 0.025))
SIGNED_EDGE = limit(Key("signed", 0, 20, "each", 0.0, 0.025))


def samples(seed: int, loss: float = 0.5) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(20) + loss, rng.standard_normal(20)


def excluded(candidate: Floats, baseline: Floats, theta: float) -> tuple[bool, bool]:
    """Whether the moved candidate is shown worse, and better, at any look."""
    at = places(candidate - theta, baseline, np.zeros(candidate.size), np.zeros(baseline.size))
    worse, better = (evidence_paths(side, 20, DELTA).worse for side in (at, 20 - at))
    return bool((worse >= EDGE).any()), bool((better >= EDGE).any())


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_what_the_test_does_not_exclude(seed: int):
    """Just inside its bounds neither side is shown at any look, just outside one is."""
    candidate, baseline = samples(seed)
    found = shift(candidate, baseline, 20)
    assert found.lower is not None
    assert found.upper is not None
    assert excluded(candidate, baseline, found.lower - 1e-9) == (True, False)
    assert excluded(candidate, baseline, found.lower + 1e-9) == (False, False)
    assert excluded(candidate, baseline, found.upper - 1e-9) == (False, False)
    assert excluded(candidate, baseline, found.upper + 1e-9) == (False, True)


@pytest.mark.parametrize("seed", range(5))
def test_a_paired_interval_is_what_its_test_does_not_exclude(seed: int):
    """The same for differences, with the test of signs and ranks."""
    differences = np.random.default_rng(seed).standard_normal(20) + 0.5
    ties = np.random.default_rng(seed).random(20)
    found = paired_shift(differences, ties, 20)
    assert found.lower is not None
    assert found.upper is not None
    for theta, sides in (
        (found.lower - 1e-9, (True, False)),
        (found.lower + 1e-9, (False, False)),
        (found.upper - 1e-9, (False, False)),
        (found.upper + 1e-9, (False, True)),
    ):
        moved = differences - theta
        shown = [(signed_paths(d, ties) >= SIGNED_EDGE).any() for d in (moved, -moved)]
        assert tuple(map(bool, shown)) == sides


def test_the_estimate_is_hodges_and_lehmanns():
    """The median of all differences, and that of all Walsh averages."""
    ours, theirs = np.array([1.0, 4.0]), np.arange(20.0)
    every = [c - b for c in ours for b in theirs]
    assert shift(ours, theirs, 20).estimate == pytest.approx(float(np.median(every)))
    pairs = paired_shift(np.array([1.0, 2.0, 6.0]), np.array([0.1, 0.2, 0.3]), 20)
    assert pairs.estimate == pytest.approx(np.median([1.0, 2.0, 6.0, 1.5, 3.5, 4.0]))


def test_few_trainings_bound_nothing():
    """One training has an estimate, but no bounds; nor have three pairs."""
    candidate, baseline = samples(1)
    first = shift(candidate[:1], baseline, 20)
    assert (first.lower, first.upper) == (None, None)
    pairs = paired_shift(candidate[:3], np.array([0.1, 0.2, 0.3]), 20)
    assert (pairs.lower, pairs.upper) == (None, None)


def test_nothing_is_read_before_a_look():
    """In batches of four, three trainings bound nothing and four do."""
    baseline = np.linspace(-1.0, 1.0, 20)
    three, four = (shift(np.full(n, 0.01), baseline, 20, schedule="fours") for n in (3, 4))
    assert (three.lower, three.upper) == (None, None)
    assert four.lower is not None


def test_intervals_only_shrink():
    """What one look excludes stays excluded, however many trainings follow."""
    candidate, baseline = samples(7)
    found = [shift(candidate[:n], baseline, 20) for n in range(1, 21)]
    lower = [-np.inf if f.lower is None else f.lower for f in found]
    upper = [np.inf if f.upper is None else f.upper for f in found]
    assert lower == sorted(lower)
    assert upper == sorted(upper, reverse=True)


def gaussian(rng: np.random.Generator, n: int) -> Floats:
    return rng.standard_normal(n)


def heavy(rng: np.random.Generator, n: int) -> Floats:
    return rng.standard_t(3, n)


def skewed(rng: np.random.Generator, n: int) -> Floats:
    return rng.lognormal(0.0, 0.7, n)


@pytest.mark.parametrize("noise", [gaussian, heavy, skewed])
def test_the_interval_covers_under_any_noise(noise):
    """Each bound misses the true shift in at most 2.5% of samples."""
    rng, missed = np.random.default_rng(8), np.zeros(2)
    for _ in range(100):
        found = shift(noise(rng, 12) + 0.7, noise(rng, 20), 20)
        missed += [found.lower is not None and found.lower > 0.7, (found.upper or 1.0) < 0.7]
    assert (missed / 100 <= 0.025 + 4.0 * np.sqrt(0.025 / 100)).all()


def test_units_do_not_matter():
    """Other units and another origin change the effect as they change the values."""
    candidate, baseline = samples(3)
    one = shift(candidate, baseline, 20)
    scaled = shift(1000.0 * candidate + 5.0, 1000.0 * baseline + 5.0, 20)
    assert (scaled.estimate, scaled.lower, scaled.upper) == pytest.approx(
        (1000.0 * one.estimate, 1000.0 * (one.lower or 0.0), 1000.0 * (one.upper or 0.0))
    )


def test_equal_values_have_a_point():
    """Candidates and replicates that are all equal differ by exactly 0, paired or not."""
    assert shift(np.ones(20), np.ones(20), 20) == Effect(0.0, 0.0, 0.0)
    ties = np.random.default_rng(4).random(20)
    assert paired_shift(np.full(20, 0.25), ties, 20) == Effect(0.25, 0.25, 0.25)


@pytest.mark.parametrize("n", [0, 21])
def test_no_training_and_more_than_the_cap_are_refused(n: int):
    """The limits are calibrated to the cap."""
    with pytest.raises(ValueError, match=f"1 to 20 trainings, not {n}"):
        shift(np.zeros(n), np.zeros(20), 20)
    with pytest.raises(ValueError, match=f"not {n}"):
        paired_shift(np.zeros(n), np.zeros(n), 20)


def test_a_baseline_without_limits_is_refused():
    """Twenty-one replicates have no calibrated limit."""
    with pytest.raises(UncalibratedError):
        shift(np.zeros(3), np.zeros(21), 20)
