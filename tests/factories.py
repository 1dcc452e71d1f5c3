"""Example values for tests: a grid of three builds on two days that shows every status."""

from __future__ import annotations

import dataclasses
import math
import random

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.candidate import Build, BuildFailure, Environment, Provenance, Source, Wheel
from qualify.core.grid import Column, Grid, Square
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.core.verdict import Answer, Decision, MetricEvidence, Status, Verdict

LANE = Lane("3.11")
SHA = "9f2c4e" + "0" * 58


def cell(suite: str, name: str, lane: Lane | None = LANE, stage: str = "main") -> Cell:
    """A cell; cells of `quality` and `performance` have a canary that judges one metric."""
    return Cell(
        suite=suite,
        name=name,
        lane=lane,
        node=f"suites/{suite}.py::{name}",
        stage=stage,
        canary=canary(suite, name) if suite in {"quality", "performance"} else None,
        owner=f"@{suite}-team",
        about=f"{name.replace('_', ' ')} keeps its promise",
    )


def canary(suite: str, name: str) -> Canary:
    """A small training that judges a log loss, or seconds where it is about performance."""
    metric = "fit_seconds" if suite == "performance" else "log_loss"
    return Canary(
        name=name,
        dataset=name,
        task="binary",
        budget=Budget(iterations=30),
        metrics=(Judged(metric, 0.2 if suite == "performance" else 0.02),),
        owner=f"@{suite}-team",
        suite=suite,
    )


def evidence(
    status: Status = Status.PASSED, n: int = 8, shift: float = 0.0, metric: str = "log_loss"
) -> MetricEvidence:
    """Metric evidence of `n` pairs whose candidate is worse by `shift`, with fixed noise."""
    relative = metric == "fit_seconds"
    noise = random.Random(f"{metric}{n}{shift}")  # noqa: S311 -- repeatable, not secret
    level = 14.0 if relative else 0.31
    baseline = tuple(level * (1 + noise.gauss(0, 0.02)) for _ in range(n))
    candidate = tuple(b * (1 + shift / level + noise.gauss(0, 0.02)) for b in baseline)
    effect = math.log1p(shift / level) if relative else shift
    half = (0.05 if relative else 0.009) / math.sqrt(n / 8)
    return MetricEvidence(
        metric=metric,
        unit="CPU s" if relative else "nat",
        status=status,
        code=f"noninferiority-{status.value}",
        reason=f"the loss of {metric} lies around {effect:+.3f} (margin 0.02)",
        seeds=tuple(range(n)),
        candidate=candidate,
        baseline=baseline,
        threshold=math.log1p(0.2) if relative else 0.02,
        margin=0.2 if relative else 0.02,
        alpha=0.05 / 12,
        effect=effect,
        interval=(effect - half, effect + half),
        more=6 if status is Status.INCONCLUSIVE else None,
    )


def attempt(
    identifier: str, seed: int = 0, number: int = 1, outcome: Outcome = Outcome.OK
) -> Attempt:
    """An attempt; those that are not `ok` have a message and a log tail."""
    bad = outcome is not Outcome.OK
    return Attempt(
        cell=identifier,
        arm="candidate",
        seed=seed,
        number=number,
        training=f"{seed:064x}",
        outcome=outcome,
        metrics={} if bad else {"log_loss": 0.31 + seed / 1000},
        wall_s=12.5 + seed,
        cpu_s=11.25 + seed,
        peak_rss_mb=412.0 + 3 * seed,
        message="ValueError: Input contains NaN." if bad else "",
        signature="f00d" if bad else "",
        log=f"logs/{seed}-{number}.log",
        log_tail=("Traceback (most recent call last):", "  File 'automl.py', line 42")
        if bad
        else (),
    )


_REASONS = {
    Status.PASSED: "no metric is worse than the baseline by more than its margin",
    Status.IMPROVED: "log_loss is better than the baseline by 0.031 nat",
    Status.REGRESSED: "log_loss is worse than the baseline by 0.058 nat, margin 0.02",
    Status.FAILED: "the estimator pickles, but does not unpickle: AttributeError",
    Status.FLAKY: "fails in 2 of 20 trainings; the baseline fails in 3 of 20",
    Status.INCONCLUSIVE: "the interval of log_loss contains the margin after 20 trainings",
    Status.INFRA: "no space left on device while the environment was made",
    Status.TIMEOUT: "3 of 3 trainings were killed after 120 s; the baseline needs 14 s",
    Status.RUNNING: "two of eight trainings have ended",
    Status.GATED: "smoke/fit_predict failed, so this was not trained",
    Status.SKIPPED: "no GPU on this machine",
    Status.LOST: "planned at 09:00, no terminal record",
}
_FAILING = {
    Status.FAILED: Outcome.ERROR,
    Status.FLAKY: Outcome.CRASHED,
    Status.TIMEOUT: Outcome.TIMEOUT,
    Status.INFRA: Outcome.INFRA,
}
_SHIFTS = {Status.REGRESSED: 0.058, Status.IMPROVED: -0.031, Status.INCONCLUSIVE: 0.016}


def verdict(of: Cell, status: Status) -> Verdict:
    """A verdict with evidence where the cell judges metrics and something was trained."""
    trained = status in {Status.PASSED, Status.FLAKY, *_SHIFTS}
    metric = of.canary.metrics[0].name if of.canary else ""
    scale = 45.0 if metric == "fit_seconds" else 1.0
    judged = of.canary is not None and trained
    shift = _SHIFTS.get(status, 0.001) * scale
    return Verdict(
        status=status,
        code=f"rule-{status.value.replace(' ', '-')}",
        reason=_REASONS[status],
        metrics=(evidence(status, shift=shift, metric=metric),) if judged else (),
        trainings=8 if judged else int(status in _FAILING),
        more=6 if status is Status.INCONCLUSIVE else None,
    )


def square(of: Cell, status: Status = Status.PASSED) -> Square:
    """A square whose attempts, evidence and reproduction command suit its status."""
    result = verdict(of, status)
    attempts: tuple[Attempt, ...] = tuple(attempt(of.id, s) for s in range(len(result.metrics) * 8))
    if status in _FAILING:
        attempts = (attempt(of.id, 0, 1, _FAILING[status]), *attempts)
    command = f"qualify reproduce --build B0003 '{of.id}'"
    return Square(of, result, attempts, command)


def environment(*lock: str, python: str = "3.11.9") -> Environment:
    """The environment of the only lane."""
    return Environment(str(LANE), "3.11", python, SHA, lock, ("pip==24.2",), "uv 0.5.4")


def build(identifier: str, version: str, day: str, *lock: str) -> Build:
    """A build with a wheel and one environment that holds `lock`."""
    source = Source(
        "index", f"flaml=={version}", SHA, "sources/flaml.tar.gz", commit="4b825dc642cb"
    )
    made = Provenance(
        source=source.spec,
        kind="index",
        commit=source.commit,
        sha256=SHA,
        python="3.11.9",
        platform="Linux-6.1-x86_64",
        cpu="AMD EPYC 7763, 2 cores",
        harness="0.1.0",
        time=f"{day}T09:00:00+00:00",
    )
    wheel = Wheel("flaml.whl", SHA, "flaml", version, ">=3.10")
    return Build(identifier, "flaml", source, made, wheel, None, {str(LANE): environment(*lock)})


def column(made: Build, answer: Answer, *squares: Square) -> Column:
    """A column with a decision that counts its squares."""
    counts: dict[str, int] = {}
    for one in squares:
        counts[one.verdict.status.value] = counts.get(one.verdict.status.value, 0) + 1
    red = tuple(f"{s.cell.id}: {s.verdict.reason}" for s in squares if s.verdict.status.red)
    sentence = {
        "ship": f"{made.version} may ship: every gating cell passed.",
        "hold": f"{made.version} is held: {len(red)} gating cells are red.",
        "inconclusive": f"{made.version} is undecided: the evidence does not decide every cell.",
    }[answer]
    decision = Decision(answer, sentence, red, counts, sum(s.verdict.trainings for s in squares))
    by_id = {one.cell.id: one for one in squares}
    return Column(made, made.provenance.time, "2.3.3", decision, by_id)


CELLS = (
    cell("build", "wheel", lane=None, stage="build"),
    cell("build", "install", stage="install"),
    cell("smoke", "fit_predict", stage="smoke"),
    cell("quality", "breast_cancer"),
    cell("quality", "credit_g"),
    cell("quality", "diabetes_wide_with_a_rather_long_name"),
    cell("reproducibility", "same_seed_same_predictions"),
    cell("robustness", "nan_in_features"),
    cell("performance", "fit_seconds_small"),
)

_P = Status.PASSED
_ROWS: dict[str, tuple[Status | None, ...]] = {
    "B0003": (
        _P,
        _P,
        _P,
        Status.REGRESSED,
        Status.INCONCLUSIVE,
        Status.IMPROVED,
        Status.FLAKY,
        Status.FAILED,
        Status.TIMEOUT,
    ),
    "B0002": (
        _P,
        Status.INFRA,
        Status.RUNNING,
        Status.GATED,
        Status.GATED,
        Status.LOST,
        Status.SKIPPED,
        None,
        None,
    ),
    "B0001": (_P, _P, _P, _P, _P, _P, _P, _P, _P),
}


def grid() -> Grid:
    """Three builds on two days, nine cells, all thirteen statuses."""
    newest = build(
        "B0003", "2.3.5", "2025-03-04", "lightgbm==4.6.0", "numpy==2.1.0", "xgboost==3.0"
    )
    middle = build("B0002", "2.3.4", "2025-03-04", "lightgbm==4.5.0", "numpy==2.1.0")
    middle = dataclasses.replace(
        middle,
        environments={},
        failures={str(LANE): BuildFailure("the disk is full", ("OSError: [Errno 28]",), "x.log")},
    )
    oldest = build("B0001", "2.3.3", "2025-03-02", "lightgbm==4.5.0", "numpy==2.1.0", "dill==0.3.8")
    answers: tuple[Answer, ...] = ("hold", "inconclusive", "ship")
    columns = (
        column(made, answer, *_squares(made.id))
        for made, answer in zip((newest, middle, oldest), answers, strict=True)
    )
    return Grid("flaml", tuple(columns))


def _squares(identifier: str) -> tuple[Square, ...]:
    pairs = zip(CELLS, _ROWS[identifier], strict=True)
    return tuple(square(of, status) for of, status in pairs if status is not None)
