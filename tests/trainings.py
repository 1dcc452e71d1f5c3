"""Example trainings for tests of the judging: attempts, replicates, and a loop that trains."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.verdict import Status, Verdict
from qualify.judging.cell import SimpleJudge
from qualify.judging.history import next_training

ALPHA, BETA, MARGIN = 0.0025, 0.05, 0.02


def canary(
    *metrics: tuple[str, float], cap: int = 20, interleaved: bool = False, **options: object
) -> Canary:
    """A canary that judges these metrics; a log loss with a margin of 0.02 where none is named."""
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


def attempt(
    seed: int,
    value: float | dict[str, float] = 0.3,
    *,
    number: int = 1,
    outcome: Outcome = Outcome.OK,
    data: str = "",
    predictions: str | None = None,
    signature: str = "",
) -> Attempt:
    """An execution of the candidate; predictions differ from every baseline's unless given."""
    ok = outcome is Outcome.OK
    values = value if isinstance(value, dict) else {"log_loss": value}
    return Attempt(
        cell="quality/wine@py311-cpu-locked",
        arm="candidate",
        seed=seed,
        number=number,
        training=f"{seed}-{number}",
        outcome=outcome,
        data=data or f"data-{seed}",
        predictions=predictions or f"candidate-{seed}" if ok else None,
        metrics=values if ok else {},
        message="" if ok else f"{outcome.value} happened",
        signature=signature,
    )


def replicate(
    seed: int,
    value: float | dict[str, float] = 0.3,
    *,
    outcome: Outcome = Outcome.OK,
    data: str = "",
) -> Replicate:
    """A replicate of the baseline."""
    ok = outcome is Outcome.OK
    values = value if isinstance(value, dict) else {"log_loss": value}
    return Replicate(
        "wine",
        seed,
        data or f"data-{seed}",
        outcome,
        f"baseline-{seed}" if ok else None,
        values if ok else {},
    )


def baseline(values: Iterable[float]) -> tuple[Replicate, ...]:
    """Replicates of seeds 0, 1, ..."""
    return tuple(replicate(seed, value) for seed, value in enumerate(values))


def judge(
    of: Canary,
    attempts: Iterable[Attempt],
    against: Iterable[Replicate],
    alpha: float = ALPHA,
    beta: float = BETA,
) -> Verdict:
    """The verdict of the judge of cells."""
    return SimpleJudge().judge(of, tuple(attempts), tuple(against), alpha, beta)


def train(
    of: Canary, against: Iterable[Replicate], trainer: Callable[[int, int], Attempt]
) -> tuple[Verdict, list[Attempt]]:
    """Train as a run does: one training after another until the verdict is terminal."""
    replicates, attempts = tuple(against), []
    verdict = judge(of, attempts, replicates)
    while verdict.status is Status.RUNNING:
        due = next_training(of, attempts)
        assert due is not None, verdict.reason
        attempts.append(trainer(*due))
        verdict = judge(of, attempts, replicates)
    return verdict, attempts
