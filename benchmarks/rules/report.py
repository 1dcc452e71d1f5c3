"""Everything measured, for tables and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks._report import Goal
from benchmarks.replays import Replay
from benchmarks.rules import goals, releases, throughput
from benchmarks.rules.experiments import LARGE, Results, Size, run
from benchmarks.rules.fixed import z_trainings
from benchmarks.rules.goals import fixed_size, generator, least, power_at_one
from benchmarks.rules.noises import SIMULATED, Array, recorded
from benchmarks.rules.ours import ALPHA, BETA, calibrated


@dataclass(frozen=True)
class Report:
    """Goals, every rule's results, and the figures beside them."""

    goals: list[Goal]
    results: Results
    figures: dict[str, float]


def measure(size: Size, replays: Sequence[Replay]) -> Report:
    """Run everything and hold it against the goals."""
    noises = (*SIMULATED, *recorded(replays))
    results = run(size, noises)
    by_iterations = [one for one in replays if one.mode == "iterations"]
    costs = releases.replay_releases(generator(1), by_iterations, size.replayed)
    rates = throughput.vectorised(generator(2), size.power)
    found = [
        *goals.false_alarms(results, noises),
        *goals.trainings_goals(results),
        *goals.welch_goals(results),
        goals.release_goal(costs),
        *goals.failure_goals(),
        goals.throughput_goal(rates),
    ]
    return Report(found, results, figures(results, costs, rates))


def figures(results: Results, costs: releases.Costs, rates: Array) -> dict[str, float]:
    """Yardsticks and what was measured besides the goals."""
    test = calibrated(*LARGE, 1.0, ALPHA, BETA)
    return {
        "alpha of a cell": test.alpha,
        "beta of a cell's rank test": test.beta,
        "KL bound, unchanged": least(0.0),
        "KL bound, 1σ": least(1.0),
        "KL bound, 2σ": least(2.0),
        "fixed-size Welch, m=200": float(fixed_size(results)),
        "fixed-size z, m=200": z_trainings(LARGE[0], 1.0, ALPHA, power_at_one(results)),
        "A/A identity": costs.untouched_identity,
        "identity of touched cells": costs.touched_identity,
        "touched cells passed by identity": costs.passed_by_identity,
        "replayed releases with any regressed": float(costs.red.mean()),
        "cells per CPU second, vectorised": float(np.median(rates)),
        "cells per CPU second, scipy's mannwhitneyu in a loop": float(
            np.median(throughput.looped(generator(4)))
        ),
    }
