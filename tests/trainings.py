"""Example trainings for tests of the judging: attempts, replicates, and a loop that trains."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import NormalDist

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate, spreads
from qualify.core.budget import Levels
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.verdict import Ask, MetricEvidence, Status, Verdict
from qualify.judging.cell import judge
from qualify.judging.evidence import Evidence, Reference
from qualify.stats.identity import HARMLESS

MARGIN, SD, CENTRE, M = 0.02, 0.01, 0.3, 50
LEVELS = Levels(
    metric=0.01,
    failure=0.002,
    repeat=0.012,
    spread=0.005,
    beta=0.05,
    pooled=0.005,
    pooled_failures=0.001,
    infra=0.001,
    tests=3,
)
Trainer = Callable[[Ask], Attempt]


def canary(
    *metrics: tuple[str, float], cap: int = 20, interleaved: bool = False, **options: object
) -> Canary:
    """A canary that judges these metrics; a log loss with a margin of two sd where none is named.

    Its margin is twice the standard deviation of the baselines below.
    """
    return Canary(
        name="wine",
        dataset="wine",
        task="multiclass",
        budget=Budget(iterations=10),
        metrics=tuple(Judged(*m) for m in metrics or (("log_loss", MARGIN),)),
        owner="@quality",
        cap=cap,
        interleaved=interleaved,
        **options,
    )


def noise(n: int, stream: str = "") -> list[float]:
    """The normal quantiles of `n` points, shuffled the same way every time; their mean is 0."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    random.Random(f"{n} {stream}").shuffle(quantiles)  # noqa: S311 -- repeatable, not secret
    return quantiles


def losses(n: int, shift: float = 0.0, sd: float = SD, stream: str = "candidate") -> list[float]:
    """`n` log losses around the centre, worse by `shift`."""
    return [CENTRE + shift + sd * z for z in noise(n, stream)]


def attempt(
    seed: int,
    value: float | dict[str, float] = CENTRE,
    *,
    number: int = 1,
    outcome: Outcome = Outcome.OK,
    data: str = "",
    predictions: str | None = None,
    signature: str = "",
    arm: str = "candidate",
) -> Attempt:
    """An execution; predictions differ from every other training's unless given."""
    ok = outcome is Outcome.OK
    values = value if isinstance(value, dict) else {"log_loss": value}
    return Attempt(
        cell="quality/wine@py311-cpu-locked",
        arm=arm,  # type: ignore[arg-type]
        seed=seed,
        number=number,
        training=f"{seed}-{number}",
        outcome=outcome,
        data=data or f"data-{seed}",
        predictions=predictions or f"{arm}-now-{seed}" if ok else None,
        metrics=values if ok else {},
        message="" if ok else f"{outcome.value} happened",
        signature=signature,
    )


def attempts(values: Iterable[float | dict[str, float]], **how: str) -> list[Attempt]:
    """Executions of seeds 0, 1, ..."""
    return [attempt(seed, value, **how) for seed, value in enumerate(values)]  # type: ignore[arg-type]


def replicate(
    seed: int,
    value: float | dict[str, float] = CENTRE,
    *,
    outcome: Outcome = Outcome.OK,
    data: str = "",
) -> Replicate:
    """A replicate of the baseline; its predictions are `stored-SEED`."""
    ok = outcome is Outcome.OK
    values = value if isinstance(value, dict) else {"log_loss": value}
    return Replicate(
        "wine",
        seed,
        data or f"data-{seed}",
        outcome,
        f"stored-{seed}" if ok else None,
        values if ok else {},
    )


def replicates(values: Iterable[float | dict[str, float]]) -> list[Replicate]:
    """Replicates of seeds 0, 1, ..."""
    return [replicate(seed, value) for seed, value in enumerate(values)]


def reference(
    rows: Sequence[Replicate] | None = None,
    name: str = "baseline",
    correlation: float | None = None,
    touched: float = HARMLESS,
) -> Reference:
    """A reviewed baseline with its spreads; fifty replicates of one sd where none are given."""
    rows = replicates(losses(M, stream=name)) if rows is None else rows
    found = [replace(s, correlation=correlation) for s in spreads("wine", rows)]
    return Reference(name, tuple(rows), {s.metric: s for s in found}, touched)


def evidence(
    of: Canary,
    ours: Iterable[Attempt] = (),
    *against: Reference,
    fresh: Iterable[Attempt] = (),
    levels: Levels = LEVELS,
    salt: str = "salt",
    repeatable: bool = True,
) -> Evidence:
    """All that is known of a cell; without a reference the baseline is trained side by side."""
    return Evidence(of, tuple(ours), tuple(fresh), against, levels, salt, repeatable)


def metric(verdict: Verdict, name: str = "log_loss", against: str = "baseline") -> MetricEvidence:
    """The evidence of a metric's location."""
    found = [m for m in verdict.metrics if (m.metric, m.against) == (name, against)]
    return next(m for m in found if m.test != "spread")


def train(
    of: Canary, trainer: Trainer, *against: Reference, **known: object
) -> tuple[Verdict, list[Ask]]:
    """Train as a run does: what the verdict asks for, until it is terminal; says what was asked."""
    arms: dict[str, list[Attempt]] = {"candidate": [], "baseline": []}
    asked: list[Ask] = []
    while True:
        found = evidence(of, arms["candidate"], *against, fresh=arms["baseline"], **known)  # type: ignore[arg-type]
        verdict = judge(found)
        if verdict.status is not Status.RUNNING:
            return verdict, asked
        assert verdict.asks, f"running, but nothing is asked for: {verdict.reason}"
        for ask in verdict.asks:
            asked.append(ask)
            arms[ask.arm].append(trainer(ask))


def trains(
    ours: Sequence[float],
    theirs: Sequence[float] | None = None,
    *,
    repeats: bool = False,
    fails: Callable[[Ask], Outcome] | None = None,
) -> Trainer:
    """A trainer of these losses by seed; `repeats` lets the baseline predict what was stored.

    `fails` says how an execution ends; the signature of a failure is its outcome.
    """
    values = {"candidate": ours, "baseline": ours if theirs is None else theirs}

    def trainer(ask: Ask) -> Attempt:
        outcome = fails(ask) if fails else Outcome.OK
        same = repeats and ask.arm == "baseline"
        return attempt(
            ask.seed,
            values[ask.arm][ask.seed],
            number=ask.number,
            outcome=outcome,
            signature="" if outcome is Outcome.OK else outcome.value,
            arm=ask.arm,
            predictions=f"stored-{ask.seed}" if same else None,
        )

    return trainer
