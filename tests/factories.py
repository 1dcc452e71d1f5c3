"""Example values for tests: a grid of three builds on two days that shows every status."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Sequence
from itertools import accumulate
from statistics import NormalDist

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.candidate import Build, BuildFailure, Environment, Provenance, Source, Wheel
from qualify.core.grid import Column, Grid, Square
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.core.verdict import (
    Answer,
    Decision,
    FailureEvidence,
    Finding,
    MetricEvidence,
    Status,
    Verdict,
)

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
    """Metric evidence of `n` trainings whose candidate is worse by `shift`, with fixed noise.

    A log loss is compared with fifty stored replicates, seconds with `n` trained side by side.
    """
    paired = metric == "fit_seconds"
    level, margin, sd = (14.0, 0.2, 0.02) if paired else (0.31, 0.02, 0.065)
    baseline = tuple(level * (1 + sd * z) for z in noise(n if paired else 50))
    candidate = tuple(level * (1 + sd * z) + shift for z in noise(n, 1))
    threshold = math.log1p(margin) if paired else margin
    scale = math.sqrt(2) * sd if paired else level * sd
    effect = math.log1p(shift / level) if paired else shift
    half = 2.4 * scale / math.sqrt(n)
    paths = evidence_paths([(one - level) / (level * sd) for one in candidate])
    return MetricEvidence(
        metric=metric,
        unit="CPU s" if paired else "nat",
        status=status,
        code=f"noninferiority-{status.value}",
        reason=f"the loss of {metric} lies around {effect:+.3f} (margin {margin})",
        test="pairs" if paired else "ranks",
        seeds=tuple(range(n)),
        candidate=candidate,
        baseline=baseline,
        threshold=threshold,
        margin=margin,
        alpha=0.03 / 12,
        effect=effect,
        interval=(effect - half, effect + half),
        scale=scale,
        detectable=2.8 * scale / math.sqrt(n),
        worse=paths[0],
        within=paths[1],
        reject=6.51,
        accept=-2.54,
        p_value=min(1.0, math.exp(-max(paths[0]))),
        more=6 if status is Status.INCONCLUSIVE else None,
    )


def noise(n: int, stream: int = 0) -> tuple[float, ...]:
    """The normal quantiles of `n` points, shuffled the same way every time; their mean is 0."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    random.Random(f"{n} {stream}").shuffle(quantiles)  # noqa: S311 -- repeatable, not secret
    return tuple(quantiles)


def evidence_paths(scores: list[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Log likelihood ratios of normal scores: a shift of 1.7, and one of 1, against none."""
    capped = [max(-2.3, min(2.3, score)) for score in scores]
    worse = tuple(accumulate(1.7 * score - 1.7**2 / 2 for score in capped))
    return worse, tuple(accumulate(score - 0.5 for score in capped))


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
        failures=FailureEvidence(0, 8, 0, 50, 0.01 / 12, 0.3123) if judged else None,
        identical=(False, False, False) if judged else (),
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


FINDINGS = (
    Finding(
        "R001",
        "a loss spread over the cells",
        "over 41 canaries the candidates lie 0.31 standard deviations above their baselines",
        "hold",
        0.000183,
        0.0025,
    ),
    Finding(
        "R005",
        "identical predictions",
        "7 of 27 first predictions are bit-identical to the baseline's",
        "undecided",
        0.0312,
        0.05,
    ),
    Finding(
        "R004",
        "the environment has changed",
        "over 41 canaries the baseline, trained again, lies 0.2 standard deviations above itself",
        "note",
    ),
)


def discoveries(squares: Sequence[Square]) -> dict[str, tuple[str, ...]]:
    """Two views that name the cells whose evidence of a loss is the strongest."""
    named = {
        view: tuple(s.cell.id for s in squares for m in s.verdict.metrics if (m.p_value or 1) < p)
        for view, p in (("Benjamini-Hochberg", 0.05), ("e-BH", 0.001))
    }
    return named if any(s.verdict.metrics for s in squares) else {}


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
    found = FINDINGS if answer == "hold" else ()
    held = tuple(f"{one.title}: {one.reason}" for one in found if one.weight != "note")
    decision = Decision(
        answer,
        sentence,
        (*red, *held),
        counts,
        sum(s.verdict.trainings for s in squares),
        findings=found,
        discoveries=discoveries(squares),
    )
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
