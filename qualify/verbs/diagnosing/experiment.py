"""The experiment of a diagnosis: which conditions, and how they are trained."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from statistics import median
from typing import NamedTuple

from qualify.core.attempt import Arm, Attempt, Outcome, Training
from qualify.core.canary import Budget, Canary
from qualify.core.errors import InfrastructureError
from qualify.core.plan import Cell
from qualify.judging.experiment import Condition, Observed, Run

Progress = Callable[[Condition, Run, Attempt], None]
Observe = Callable[[Condition], Observed]

_PROBE = 8
_MOST_ITERATIONS = 1000
_LEAST_SECONDS = 0.1


@dataclass(frozen=True)
class Asked:
    """What is asked for: a cell, of the baseline's or the candidate's build, and how much of it.

    `repeats` trainings of one seed in each mode, `levels` different seeds and splits, `threads`
    against one, and the `estimators` to look at alone (none: those that the canary lists,
    else the adapter).
    """

    cell: str
    of: Arm = "baseline"
    repeats: int = 4
    levels: int = 8
    threads: int = field(default_factory=lambda: max(2, os.cpu_count() or 1))
    estimators: tuple[str, ...] = ()


class Bench(NamedTuple):
    """Trains conditions; `jobs` trainings run side by side where neighbours cannot disturb."""

    cell: Cell
    of: Arm
    train: Callable[[Training], Attempt]
    progress: Progress
    jobs: int = 1

    def observe(self, condition: Condition) -> Observed:
        """Train every run of a condition; raises InfrastructureError where the machine fails."""

        def one(run: Run) -> Attempt:
            attempt = self.train(
                Training(
                    cell=self.cell.id,
                    arm=self.of,
                    canary=condition.canary,
                    seed=run.seed,
                    number=run.number,
                    split=run.split,
                )
            )
            self.progress(condition, run, attempt)
            if attempt.outcome is Outcome.INFRA:
                raise InfrastructureError(attempt.message, "run again: finished trainings are kept")
            return attempt

        shared = condition.canary.budget.seconds is None and condition.canary.limits.threads == 1
        with ThreadPoolExecutor(self.jobs if shared else 1) as pool:
            return Observed(condition, tuple(pool.map(one, condition.runs)))


def experiment(
    canary: Canary, asked: Asked, honours: Sequence[str], observe: Observe
) -> list[Observed]:
    """Observe every condition that the package's `honours` allow, plain repeats first.

    Everything but the modes runs with one thread, bounded by iterations where that is possible.
    """
    plain = _plain(canary, honours, observe)
    runs = tuple(Run(0, 0, number) for number in range(1, asked.repeats + 1))
    repeat = observe(Condition(plain, runs, "repeat"))
    levels = range(1, asked.levels + 1)
    rest = [
        *_modes(canary, repeat, asked, honours),
        Condition(plain, tuple(Run(seed) for seed in levels), "seed"),
        Condition(plain, tuple(Run(0, split) for split in levels), "split"),
        *_alone(plain, asked),
    ]
    return [repeat, *map(observe, rest)]


def _plain(canary: Canary, honours: Sequence[str], observe: Observe) -> Canary:
    """One thread and a budget of iterations; from seconds by the speed of a short training."""
    single = replace(canary, limits=replace(canary.limits, threads=1))
    if "iterations" not in honours:
        return single
    iterations, seconds = canary.budget.iterations, canary.budget.seconds
    if iterations is None and seconds is not None:
        probe = observe(Condition(replace(single, budget=Budget(_PROBE)), (Run(0),), "repeat"))
        took = _fit_seconds(probe) or seconds
        iterations = min(max(2, round(_PROBE * seconds / took)), _MOST_ITERATIONS)
    return replace(single, budget=Budget(iterations))


def _modes(
    canary: Canary, repeat: Observed, asked: Asked, honours: Sequence[str]
) -> Iterator[Condition]:
    """The repeats again with more threads, and bounded by about the seconds that they took."""
    plain, runs = repeat.condition.canary, repeat.condition.runs
    if "threads" in honours:
        limits = replace(plain.limits, threads=asked.threads)
        yield Condition(replace(plain, limits=limits), runs, "threads")
    seconds = canary.budget.seconds or _fit_seconds(repeat)
    if seconds and "seconds" in honours and plain.budget.seconds is None:
        budget = Budget(seconds=max(_LEAST_SECONDS, float(f"{seconds:.2g}")))
        yield Condition(replace(plain, budget=budget), runs, "clock")


def _alone(plain: Canary, asked: Asked) -> Iterator[Condition]:
    """Each estimator alone, one seed twice and others once: with the search, and in one fit."""
    runs = (Run(0), Run(0, number=2), *(Run(seed) for seed in range(1, asked.repeats)))
    fewer = plain.budget.iterations is not None and plain.budget.iterations > 1
    for name in asked.estimators or _listed(plain):
        only = replace(plain, options={**plain.options, "estimators": [name]})
        yield Condition(only, runs, estimator=name)
        if fewer:
            yield Condition(replace(only, budget=Budget(1)), runs, estimator=name)


def _listed(canary: Canary) -> tuple[str, ...]:
    """The estimators that a canary lists."""
    listed = canary.options.get("estimators", [])
    return tuple(listed) if isinstance(listed, list) else ()


def _fit_seconds(observed: Observed) -> float | None:
    """The median wall seconds of its fits: their part of the process by CPU seconds."""
    took = [a.wall_s * a.metrics["fit_seconds"] / a.cpu_s for a in observed.attempts if a.ok]
    return median(took) if took else None
