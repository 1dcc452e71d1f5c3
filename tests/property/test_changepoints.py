"""Laws of steps in histories."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualify.stats.changepoints import Step, steps
from qualify.stats.replicates import summaries

seeds = st.integers(0, 10_000)
shifts = st.sampled_from([-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0])
gaps = st.sets(st.integers(0, 23), max_size=8)


def history(seed: int, shift: float, missing: set[int]) -> tuple[np.ndarray, ...]:
    """24 builds of 4 trainings, a step at the twelfth, some builds missing."""
    values = np.random.default_rng(seed).standard_normal((24, 4))
    values[12:] += shift
    mean, sd = values.mean(axis=1), values.std(axis=1, ddof=1)
    n = np.full(24, 4.0)
    for build in missing:
        mean[build], n[build], sd[build] = np.nan, 0.0, np.nan
    return mean, n, sd


def told(found: tuple[Step, ...]) -> list[tuple[int, int, int]]:
    return [(s.build, s.oldest, s.newest) for s in found]


@given(seeds, shifts, gaps)
def test_probabilities_are_probabilities(seed: int, shift: float, missing: set[int]) -> None:
    """The suspects' probabilities add up to that of a step, which is at most 1; none is the first.

    The interval holds nine tenths of them, and the likeliest is in it.
    """
    for step in steps(*history(seed, shift, missing), sure=0.2):
        assert step.posterior.sum() == pytest.approx(step.confidence)
        assert 0.2 <= step.confidence <= 1.0 + 1e-9
        assert step.suspects.start > 0
        inside = slice(step.oldest - step.suspects.start, step.newest - step.suspects.start + 1)
        assert step.posterior[inside].sum() >= 0.9 * step.confidence - 1e-9
        assert step.oldest <= step.build <= step.newest
        assert step.bounds[0] <= step.shift <= step.bounds[1]


@given(seeds, shifts, gaps, st.sampled_from([0.01, 1.0, 1000.0]), st.integers(-50, 50))
def test_units_do_not_matter(
    seed: int, shift: float, missing: set[int], scale: float, origin: int
) -> None:
    """Another unit and origin move levels and shifts along, and no build."""
    mean, n, sd = history(seed, shift, missing)
    one, other = steps(mean, n, sd), steps(scale * (mean + origin), n, scale * sd)
    assert told(one) == told(other)
    assert [scale * s.shift for s in one] == pytest.approx([s.shift for s in other], rel=1e-4)


@given(seeds, shifts, gaps)
def test_better_mirrors_worse(seed: int, shift: float, missing: set[int]) -> None:
    """Turning the scale round turns the signs of shifts and nothing else."""
    mean, n, sd = history(seed, shift, missing)
    one, other = steps(mean, n, sd), steps(-mean, n, sd)
    assert told(one) == told(other)
    assert [-s.shift for s in one] == pytest.approx([s.shift for s in other], rel=1e-4)


@given(seeds, st.sampled_from([-6.0, 6.0]))
def test_time_may_run_backwards(seed: int, shift: float) -> None:
    """A history read backwards has the same step, at the same place, the other way."""
    mean, n, sd = history(seed, shift, set())
    (one,), (other,) = steps(mean, n, sd), steps(mean[::-1], n[::-1], sd[::-1])
    assert 24 - one.build == other.build
    assert one.confidence == pytest.approx(other.confidence)
    assert one.shift == pytest.approx(-other.shift, rel=1e-4)


@given(seeds, st.sets(st.integers(13, 22), min_size=1, max_size=5))
def test_missing_builds_elsewhere_do_not_move_a_step(seed: int, missing: set[int]) -> None:
    """A clear step stays where it is when later builds go missing, though not the next one."""
    (step,) = steps(*history(seed, 8.0, missing - {12}))
    assert step.build == 12


@given(seeds, st.integers(1, 4))
def test_builds_that_say_nothing_are_suspects_alike(seed: int, gone: int) -> None:
    """Those missing just before the first bad build are each as likely as that one is."""
    (step,) = steps(*history(seed, 9.0, set(range(12 - gone, 12))))
    among = [step.posterior[at - step.suspects.start] for at in range(12 - gone, 13)]
    assert among == pytest.approx([among[0]] * (gone + 1), rel=0.05)


@given(seeds, st.integers(1, 20))
def test_quiet_builds_before_a_step_leave_it(seed: int, more: int) -> None:
    """A longer history of the same old level moves the step by its own length."""
    mean, _, sd = history(seed, 8.0, set())
    values = np.random.default_rng(seed + 1).standard_normal((more, 4))
    longer = np.concatenate([values.mean(axis=1), mean])
    spread = np.concatenate([values.std(axis=1, ddof=1), sd])
    found = [s.build for s in steps(longer, np.full(24 + more, 4.0), spread)]
    assert 12 + more in found


@given(seeds, st.floats(-100.0, 100.0), st.integers(1, 10))
def test_constants_are_sure_or_quiet(seed: int, level: float, count: int) -> None:
    """Builds that repeat one value have no step; as many of another value are a sure one."""
    there = level + 0.5 + abs(level)
    mean = np.array([level] * 10 + [there] * count)
    n, sd = np.full(mean.size, float(1 + seed % 5)), np.zeros(mean.size)
    assert steps(mean[:10], n[:10], sd[:10]) == ()
    (step,) = steps(mean, n, sd)
    assert step.build == 10
    assert step.confidence > 0.99


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_seeds_in_any_order_say_the_same(seed: int, builds: int, count: int) -> None:
    """The order of the columns of replicates does not matter."""
    rng = np.random.default_rng(seed)
    values = np.where(
        rng.random((builds, count)) < 0.7, rng.standard_normal((builds, count)), np.nan
    )
    order = rng.permutation(count)
    for one, other in zip(summaries(values), summaries(values[:, order]), strict=True):
        assert one == pytest.approx(other, nan_ok=True, rel=1e-6, abs=1e-9)
