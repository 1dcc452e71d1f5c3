"""The goals of the engine, each with what was measured and its 95% bound."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from benchmarks._report import Goal, at_least, at_most
from benchmarks.rules import releases
from benchmarks.rules.contest import Result
from benchmarks.rules.entrants import OURS, OURS_PAIRS
from benchmarks.rules.experiments import LARGE, OFFSET, SEED, USUAL, Results
from benchmarks.rules.fixed import welch_trainings
from benchmarks.rules.noises import GAUSSIAN, LEFT_SKEWED, Array, Noise
from benchmarks.rules.ours import ALPHA, BETA, BUDGET, LEVELS, calibrated
from benchmarks.rules.streams import CELLS, Setting
from qualify.stats import bernoulli
from qualify.stats.rank_sprt import kl_bound
from qualify.stats.rates import Count, upper_bound

FAILURE_RATE = 0.30
FAILING_CELLS = 10_000
_Z95 = 1.6449  # the 95% quantile of the standard normal
_OPEN, _FLAKY = (bernoulli.READINGS.index(one) for one in ("open", "flaky"))


def generator(number: int) -> np.random.Generator:
    """A stream of its own for each measurement besides the experiments."""
    return np.random.default_rng([SEED, 1_000_000, number])


def _at_most(name: str, value: float, bound: float, limit: float) -> Goal:
    return Goal(name, f"≤ {limit:g}", value, bound, bound <= limit)


def _at_least(name: str, value: float, bound: float, limit: float) -> Goal:
    return Goal(name, f"≥ {limit:g}", value, bound, bound >= limit)


def false_alarms(results: Results, noises: Sequence[Noise]) -> Iterator[Goal]:
    """Releases of unchanged cells with any false alarm, by noise and offset."""
    settings = [Setting(noise, offset=o) for noise, o in product(noises, (0.0, OFFSET))]
    for s in [*settings, Setting(LEFT_SKEWED, *LARGE, offset=OFFSET)]:
        one = results.get(OURS_PAIRS if s.offset else OURS, s)
        name = f"{CELLS} unchanged, any regressed: {s.noise.name}, m={s.m}, offset {s.offset:g}σ"
        yield at_most(name, Count(one.red_releases, one.releases), BUDGET.alpha)


def trainings_goals(results: Results) -> Iterator[Goal]:
    """Trainings against the least there can be, and power."""
    null, loss = least(0.0), least(1.0)
    one, two = _at(results, LARGE, 1), _at(results, LARGE, 2)
    yield _trainings("unchanged, m=200, cap 60: trainings / KL", _at(results, LARGE, 0), null, 1.12)
    yield _trainings("unchanged, m=50, cap 30: trainings / KL", _at(results, USUAL, 0), null, 1.3)
    yield at_least("1σ, m=200, cap 60: power", one.count(one.regressed), 0.94)
    yield at_most("1σ, m=200, cap 60: false passed", one.count(one.passed), 0.05)
    yield _trainings("1σ, m=200, cap 60: trainings / KL", one, loss, 1.2)
    yield at_least("2σ, m=200, cap 60: power", two.count(two.regressed), 0.999)
    yield _trainings("2σ, m=200, cap 60: trainings", two, 1.0, 6.2)


def least(shift: float) -> float:
    """Wald's bound at the errors of the rank test, what the rule of identity may spend left out."""
    test = calibrated(*LARGE, 1.0, ALPHA, BETA)
    if shift:
        return kl_bound(shift, test.beta, test.alpha)
    return kl_bound(1.0, test.alpha, test.beta)


def _at(results: Results, design: tuple[int, int], shift: float) -> Result:
    return results.get(OURS, Setting(GAUSSIAN, *design, float(shift)))


def _trainings(name: str, found: Result, least: float, limit: float) -> Goal:
    return _at_most(name, found.trainings / least, found.trainings_bound / least, limit)


def welch_goals(results: Results) -> Iterator[Goal]:
    """How many times fewer trainings than Welch's test of fixed size needs at the same errors."""
    n = fixed_size(results)
    for shift, limit in ((0, 5.0), (1, 1.8), (2, 5.5)):
        found = _at(results, LARGE, shift)
        name = f"fixed-size Welch's N={n} / ours, m=200, {shift}σ: trainings"
        yield _at_least(name, n / found.trainings, n / found.trainings_bound, limit)


def fixed_size(results: Results) -> int:
    """The size at which Welch's test has our level and the power that ours was measured to have."""
    return welch_trainings(LARGE[0], 1.0, ALPHA, power_at_one(results))


def power_at_one(results: Results) -> float:
    """The power at one standard deviation that ours was measured to have."""
    return _at(results, LARGE, 1).regressed


def release_goal(costs: releases.Costs) -> Goal:
    """What a release of mostly untouched cells costs."""
    mean = float(costs.trainings.mean())
    bound = mean + _Z95 * float(costs.trainings.std()) / math.sqrt(costs.trainings.size)
    name = f"{CELLS} cells, {releases.UNTOUCHED:.0%} untouched, replayed: trainings in all"
    return _at_most(name, mean, bound, 700.0)


def failure_goals() -> Iterator[Goal]:
    """Failures at +30 points over a clean baseline; the first two are exact, not simulated."""
    test = bernoulli.limits(*USUAL, LEVELS.failure, BETA)
    passed = test.course(0.0, FAILURE_RATE).passed
    ratio = test.course(0.0, 0.0).trainings / bernoulli.least_trainings(BETA)
    yield _at_most("+30 points of failures: false passed", passed, passed, 0.05)
    yield _at_most("no failures: trainings / KL", ratio, ratio, 1.1)
    failed = (generator(3).random((FAILING_CELLS, test.cap)) < FAILURE_RATE).cumsum(axis=1)
    codes = test.readings(failed, np.arange(1, test.cap + 1), 0)
    at = (codes != _OPEN).argmax(axis=1)[:, None]
    flaky = Count(int((np.take_along_axis(codes, at, axis=1) == _FLAKY).sum()), FAILING_CELLS)
    name, goal = "+30 points of failures: ends flaky", f"0 of {FAILING_CELLS}"
    yield Goal(name, goal, float(flaky.failed), upper_bound(flaky) * flaky.total, not flaky.failed)


def throughput_goal(rates: Array) -> Goal:
    """Cells judged per second of one core; the bound is the slowest round."""
    name = "cells judged per CPU second, m=50, 30 trainings"
    return _at_least(name, float(np.median(rates)), float(rates.min()), 100_000.0)
