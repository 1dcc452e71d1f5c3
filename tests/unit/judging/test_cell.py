"""The judge of cells: how metrics come together, and which training comes next."""

from __future__ import annotations

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import Status
from qualify.judging.history import next_training
from tests.trainings import attempt, baseline, canary, judge, replicate

BOTH = (("log_loss", 0.02), ("auc", 0.02))
NOISE = (0.004, -0.006, 0.001, 0.007, -0.003, -0.005, 0.002, 0.0, 0.003, -0.002)


def of(log_loss: float, auc: float, n: int = 10, noise: float = 1.0) -> list[object]:
    return [
        attempt(s, {"log_loss": 0.3 + log_loss + NOISE[s], "auc": 0.8 - auc + noise * NOISE[s]})
        for s in range(n)
    ]


def against(n: int = 20) -> list[object]:
    return [replicate(s, {"log_loss": 0.3, "auc": 0.8}) for s in range(n)]


def test_one_regressed_metric_stops_the_cell() -> None:
    """A cell is as bad as its worst metric, and no metric of it still runs."""
    verdict = judge(canary(*BOTH), of(0.04, 0.0, noise=30.0), against())
    assert verdict.status is Status.REGRESSED
    assert [m.status for m in verdict.metrics] == [Status.REGRESSED, Status.INCONCLUSIVE]
    assert verdict.reason == verdict.metrics[0].reason


def test_an_undecided_metric_keeps_the_cell_running() -> None:
    """A cell trains until every metric is decided."""
    verdict = judge(canary(*BOTH), of(0.0, 0.0, noise=30.0), against())
    assert verdict.status is Status.RUNNING
    assert verdict.metrics[0].status is Status.PASSED


def test_an_inconclusive_metric_outweighs_a_passed_one() -> None:
    """At the cap, an undecided metric makes the cell inconclusive and says how much more."""
    verdict = judge(canary(*BOTH, cap=10), of(0.0, 0.0, noise=30.0), against())
    assert verdict.status is Status.INCONCLUSIVE
    assert verdict.more == verdict.metrics[1].more


def test_an_improved_metric_outweighs_a_passed_one() -> None:
    """A cell with an improvement is improved where nothing speaks against it."""
    verdict = judge(canary(*BOTH), of(-0.05, 0.0), against())
    assert verdict.status is Status.IMPROVED


def test_all_passed_metrics_are_told() -> None:
    """The reason of a cell names every metric that is as bad as the worst."""
    verdict = judge(canary(*BOTH), of(0.0, 0.0), against())
    assert verdict.status is Status.PASSED
    assert "log_loss" in verdict.reason
    assert "auc" in verdict.reason


def test_nothing_trained_is_running() -> None:
    """A cell begins by asking for a training."""
    assert judge(canary(), [], []).status is Status.RUNNING


def test_trainings_of_both_arms_are_counted() -> None:
    """Interleaved canaries train the baseline as well."""
    attempts, replicates = of(0.0, 0.0, 4), against(4)
    assert judge(canary(*BOTH, interleaved=True), attempts, replicates).trainings == 8
    assert judge(canary(*BOTH), attempts, replicates).trainings == 4


def test_interleaved_pairs_are_planned_to_the_cap() -> None:
    """An interleaved baseline that grows with the run does not end it early."""
    verdict = judge(canary(*BOTH, interleaved=True), of(0.0, 0.0, 3, 30.0), against(3))
    assert verdict.status is Status.RUNNING


def test_a_short_stored_baseline_ends_the_cell() -> None:
    """Where no further seed has a stored value, the metric is decided by what there is."""
    verdict = judge(
        canary(), [attempt(s, 0.3 + 30 * NOISE[s]) for s in range(5)], baseline([0.3] * 5)
    )
    assert verdict.status is Status.INCONCLUSIVE


@pytest.mark.parametrize(
    ("attempts", "due"),
    [
        ([], (0, 1)),
        ([attempt(0)], (1, 1)),
        ([attempt(1), attempt(0)], (2, 1)),
        ([attempt(0, outcome=Outcome.ERROR)], (0, 2)),
        ([attempt(0, outcome=Outcome.ERROR), attempt(0, number=2)], (1, 1)),
        ([attempt(0, number=n, outcome=Outcome.ERROR) for n in (2, 1)], (1, 1)),
        ([attempt(0, number=n, outcome=Outcome.INFRA) for n in (1, 2)], (0, 3)),
        ([attempt(0, number=n, outcome=Outcome.INFRA) for n in (1, 2, 3)], None),
        ([attempt(0), attempt(1), attempt(2)], None),
    ],
)
def test_the_next_training(attempts: list[object], due: tuple[int, int] | None) -> None:
    """Unsettled seeds come first, then the next seed, and nothing at the cap."""
    assert next_training(canary(cap=3), attempts) == due
