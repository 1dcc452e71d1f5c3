"""The judge of cells: how metrics come together, and which training comes next."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import Ask, Status
from qualify.judging.cell import judge
from tests.trainings import (
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    reference,
    replicate,
    replicates,
    train,
    trains,
)

BOTH = (("log_loss", 0.02), ("auc", 0.006))
STORED = reference(
    replicates(
        {"log_loss": v, "auc": 1 - w}
        for v, w in zip(losses(50, stream="a"), losses(50, stream="b"), strict=True)
    )
)
TODAY = [
    attempt(s, {"log_loss": 0.3, "auc": 0.7}, arm="baseline", predictions=f"stored-{s}")
    for s in range(3)
]


def of(log_loss: float, auc: float, n: int = 8, wobble: float = 0.001) -> list:
    """Trainings that lose these amounts, almost without noise."""
    return attempts(
        {
            "log_loss": 0.3 + log_loss + wobble * (-1) ** s,
            "auc": 0.7 - auc - wobble * (-1) ** s,
        }
        for s in range(n)
    )


HOVERING = 0.0035  # of auc: between nothing and its margin


def test_nothing_trained_asks_for_the_first_seed() -> None:
    """A cell begins by asking for a training, of both arms where they are trained side by side."""
    verdict = judge(evidence(canary(), (), reference()))
    assert (verdict.status, verdict.asks) == (Status.RUNNING, (Ask("candidate", 0),))
    assert judge(evidence(canary())).asks == (Ask("candidate", 0), Ask("baseline", 0))


def test_one_regressed_metric_ends_the_cell() -> None:
    """A cell is as bad as its worst metric, and no metric of it still runs."""
    verdict = judge(evidence(canary(*BOTH), of(0.06, HOVERING), STORED, fresh=TODAY))
    assert verdict.status is Status.REGRESSED
    assert metric(verdict, "auc").status is Status.INCONCLUSIVE
    assert verdict.reason == metric(verdict).reason


def test_an_undecided_metric_keeps_the_cell_running() -> None:
    """A cell trains until every metric is decided."""
    verdict = judge(evidence(canary(*BOTH), of(0.0, HOVERING), STORED))
    assert (verdict.status, verdict.asks) == (Status.RUNNING, (Ask("candidate", 8),))
    assert metric(verdict).status is Status.PASSED


def test_an_inconclusive_metric_outweighs_a_passed_one() -> None:
    """At the cap, an undecided metric makes the cell inconclusive."""
    verdict = judge(evidence(canary(*BOTH), of(0.0, HOVERING, 20), STORED))
    assert verdict.status is Status.INCONCLUSIVE
    assert metric(verdict).status is Status.PASSED
    assert verdict.more == metric(verdict, "auc").more


def test_an_improved_metric_outweighs_a_passed_one() -> None:
    """A cell with an improvement is improved where nothing speaks against it."""
    verdict = judge(evidence(canary(*BOTH), of(-0.06, -0.002, 20), STORED))
    assert verdict.status is Status.IMPROVED


def test_all_passed_metrics_are_told() -> None:
    """The reason of a cell names every metric that is as bad as the worst."""
    verdict = judge(evidence(canary(*BOTH), of(0.0, -0.002, 20), STORED))
    assert verdict.status is Status.PASSED
    assert "log_loss" in verdict.reason
    assert "auc" in verdict.reason


def test_executions_of_both_arms_are_counted() -> None:
    """Trainings spent include the baseline's."""
    assert judge(evidence(canary(*BOTH), of(0, 0, 4), STORED, fresh=TODAY)).trainings == 7


def test_two_references_are_judged_by_the_same_trainings() -> None:
    """The candidate's trainings are compared with the last release and with the anchor."""
    anchor = reference(name="anchor")
    verdict, asked = train(canary(), trains(losses(80)), reference(), anchor)
    assert verdict.status is Status.PASSED
    assert [m.against for m in verdict.metrics if m.test == "ranks"] == ["baseline", "anchor"]
    assert {ask.arm for ask in asked} == {"candidate"}
    assert len({m.seeds for m in verdict.metrics}) == 1


@pytest.mark.parametrize("name", ["baseline", "anchor"])
def test_a_margin_below_half_the_scale_is_insensitive(name: str) -> None:
    """Before anything is trained the cell says how many replicates its margin would take."""
    of_ = canary(("log_loss", 0.012 if name == "anchor" else 0.004))
    wide = reference(replicates(losses(50, sd=0.03)), "anchor")
    references = (reference(), wide) if name == "anchor" else (reference(),)
    verdict = judge(evidence(of_, (), *references))
    insensitive = metric(verdict, against=name)
    assert (insensitive.status, insensitive.code) == (Status.INCONCLUSIVE, "Q204")
    assert "its margin is 0.4" in insensitive.reason
    needed = int(insensitive.reason.split(" trainings of each build")[0].rpartition(" ")[2])
    assert 150 < needed < 300
    if name == "baseline":
        assert (verdict.status, verdict.trainings) == (Status.INCONCLUSIVE, 0)


def test_an_insensitive_cell_trains_nothing() -> None:
    """Nothing that is trained could decide, so nothing is."""
    verdict, asked = train(canary(("log_loss", 0.004)), trains(losses(80)), reference())
    assert (verdict.status, asked) == (Status.INCONCLUSIVE, [])


@pytest.mark.parametrize("usable", [0, 1, 19])
def test_too_few_usable_replicates_decide_nothing(usable: int) -> None:
    """Ranks among fewer than twenty are refused; failed replicates are no replicates."""
    rows = replicates(losses(19))[:usable]
    rows += [replicate(s, outcome=Outcome.ERROR) for s in range(usable, 25)]
    verdict = judge(evidence(canary(), attempts(losses(3)), reference(rows)))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q203")
    assert f"has {usable} usable replicates of wine, and 20 is the least" in verdict.reason


def test_twenty_replicates_are_enough() -> None:
    """The least baseline decides an unchanged candidate."""
    stored = reference(replicates(losses(20, stream="few")))
    verdict, _ = train(canary(), trains(losses(80)), stored)
    assert verdict.status is Status.PASSED


def test_a_short_anchor_is_named() -> None:
    """Which of the references is too short is said."""
    anchor = reference(replicates(losses(19)), "anchor")
    verdict = judge(evidence(canary(), (), reference(), anchor))
    assert (verdict.code, verdict.reason.split(" has ")[0]) == ("Q203", "the anchor")


@pytest.mark.parametrize("name", ["baseline", "anchor"])
def test_other_data_is_named(name: str) -> None:
    """A reference of other splits is not compared, and the sentence says so."""
    other = [replace(r, data="elsewhere") for r in replicates(losses(50))]
    references = [reference(), reference(other, "anchor")]
    if name == "baseline":
        references = [reference(other)]
    verdict = judge(evidence(canary(), [attempt(0)], *references))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q202")
    assert verdict.reason.startswith(f"the {name}'s splits are of other data: seed 0")


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("stored", [True, False])
def test_a_value_that_is_none_decides_nothing(value: float, stored: bool) -> None:
    """A metric without a finite value is not decided by its other seeds."""
    mine = attempts([0.3, 0.3, value, 0.3])
    beside = attempts(losses(4), arm="baseline")
    against = (reference(),) if stored else ()
    verdict = judge(evidence(canary(), mine, *against, fresh=() if stored else beside))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q003")
    assert "no finite value at seed 2" in verdict.reason


def test_nothing_is_no_relative_value() -> None:
    """Zero has no place on a relative scale."""
    stored = reference(replicates({"rmse": v} for v in losses(50)))
    mine = attempts([{"rmse": 0.3}, {"rmse": 0.0}])
    verdict = judge(evidence(canary(("rmse", 0.1)), mine, stored))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q003")


def test_a_canary_without_metrics_passes_by_training() -> None:
    """Where nothing is judged, a valid result is the promise; no baseline is needed."""
    bare = replace(canary(), metrics=())
    verdict, asked = train(bare, trains(losses(80)))
    assert (verdict.status, verdict.code) == (Status.PASSED, "Q004")
    assert max(ask.seed for ask in asked) == 0


def test_every_cell_ends() -> None:
    """Whatever hovers, nothing beyond the registered seeds is trained without a loss."""
    values = [{"log_loss": 0.3, "auc": 0.7 - HOVERING - 0.001 * (-1) ** s} for s in range(20)]

    def trainer(ask: Ask):
        return attempt(ask.seed, values[ask.seed])

    verdict, asked = train(canary(*BOTH), trainer, STORED)
    assert verdict.status is Status.INCONCLUSIVE
    assert [ask.seed for ask in asked] == list(range(20))
