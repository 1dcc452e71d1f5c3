"""Whether a loss against stored replicates is the candidate's or the environment's."""

from __future__ import annotations

import pytest

from qualify.core.attempt import Outcome
from qualify.core.canary import PAIRS
from qualify.core.verdict import Ask, Status
from qualify.judging.cell import judge
from tests.trainings import (
    SD,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    reference,
    replicates,
    train,
    trains,
)

STORED = reference()
N = 20 + PAIRS
WORSE, SAME = losses(N, 0.04), losses(N, stream="today")


def trained(theirs: list[float], ours: list[float] = WORSE, **how: object):
    """A run of a candidate beside a baseline of these losses today."""
    return train(canary(), trains(ours, theirs, **how), STORED)


def test_a_loss_asks_for_the_baseline_at_the_first_three_seeds() -> None:
    """A loss against stored replicates is no verdict yet: the baseline is trained again."""
    verdict, asked = trained(SAME)
    first = next(i for i, ask in enumerate(asked) if ask.arm == "baseline")
    assert asked[first : first + 3] == [Ask("baseline", seed) for seed in range(3)]
    assert {ask.arm for ask in asked[:first]} == {"candidate"}
    assert verdict.trainings == len(asked)


def test_an_environment_that_repeats_itself_confirms_the_loss() -> None:
    """Two repeated trainings that predict what was stored show that the loss is the candidate's."""
    verdict, asked = trained(SAME, repeats=True)
    assert verdict.status is Status.REGRESSED
    assert [a for a in asked if a.arm == "baseline"] == [Ask("baseline", 0), Ask("baseline", 1)]
    assert "the baseline, trained again, repeats 2 of 2 stored predictions" in verdict.reason


def test_another_environment_is_asked_for_pairs_at_fresh_seeds() -> None:
    """Where the baseline does not repeat itself, both builds train fresh seeds side by side."""
    _, asked = trained(SAME)
    last = [(ask.arm, ask.seed) for ask in asked if ask.seed >= 20]
    assert last[:4] == [("candidate", 20), ("baseline", 20), ("candidate", 21), ("baseline", 21)]
    assert max(seed for _, seed in last) < N


def test_pairs_that_show_the_loss_again_regress() -> None:
    """A loss that today's baseline does not have is the candidate's."""
    verdict, _ = trained(SAME)
    assert verdict.status is Status.REGRESSED
    assert "pairs trained side by side" in verdict.reason
    assert metric(verdict).fresh  # today's baseline, placed among the stored


def test_a_loss_that_todays_baseline_shares_passes() -> None:
    """An offset of the environment, common to both builds, holds no release."""
    verdict, _ = trained(losses(N, 0.04, stream="today"))
    assert verdict.status is Status.PASSED
    assert "the environment has changed" in verdict.reason
    assert min(metric(verdict).fresh) > 40


def test_pairs_that_do_not_decide_end_inconclusive() -> None:
    """At the last pair, a loss that is neither confirmed nor refuted is undecided."""
    ours = [*WORSE[:20], *losses(PAIRS, 0.01, sd=0.06)]
    verdict, asked = trained(losses(N, sd=0.06, stream="today"), ours)
    assert verdict.status is Status.INCONCLUSIVE
    assert asked[-1] == Ask("baseline", N - 1)
    assert "pairs trained side by side do not confirm" in verdict.reason


def test_fresh_seeds_do_not_enter_the_test_of_ranks() -> None:
    """Only the registered seeds are ranked: those of the confirmation have their own test."""
    verdict, asked = trained(SAME)
    ranked = [ask.seed for ask in asked if ask.arm == "candidate" and ask.seed < 20]
    assert list(metric(verdict).seeds) == ranked


def test_a_training_that_the_runner_spoiled_is_asked_for_again() -> None:
    """Up to twice more: then the seed is given up and the next is taken."""

    def once(ask: Ask) -> Outcome:
        spoiled = ask.arm == "baseline" and ask.seed == 0 and ask.number == 1
        return Outcome.INFRA if spoiled else Outcome.OK

    verdict, asked = trained(SAME, repeats=True, fails=once)
    assert [a for a in asked if a.arm == "baseline"] == [
        Ask("baseline", 0, 1),
        Ask("baseline", 0, 2),
        Ask("baseline", 1, 1),
    ]
    assert verdict.status is Status.REGRESSED

    def always(ask: Ask) -> Outcome:
        return Outcome.INFRA if ask.arm == "baseline" and ask.seed == 0 else Outcome.OK

    verdict, asked = trained(SAME, repeats=True, fails=always)
    assert [a.seed for a in asked if a.arm == "baseline"] == [0, 0, 0, 1, 2]
    assert verdict.status is Status.REGRESSED


def test_a_baseline_that_fails_today_confirms_nothing() -> None:
    """Trainings without predictions repeat none."""
    verdict, _ = trained(SAME, fails=lambda a: Outcome.ERROR if a.arm == "baseline" else Outcome.OK)
    assert verdict.status is Status.INCONCLUSIVE


@pytest.mark.parametrize(
    ("repeats", "status", "said"),
    [
        (True, Status.REGRESSED, "repeats 2 of 2 stored predictions"),
        (False, Status.INCONCLUSIVE, "record the anchor anew"),
    ],
)
def test_the_anchor_is_not_at_hand_to_be_trained_again(
    repeats: bool, status: Status, said: str
) -> None:
    """A loss against the anchor counts in an unchanged environment, and in no other."""
    anchor = reference(replicates(losses(50, -0.02, stream="anchor")), "anchor")
    of, ours = canary(("log_loss", 0.012)), losses(N, 0.002, sd=SD / 5)
    verdict, asked = train(of, trains(ours, SAME, repeats=repeats), STORED, anchor)
    assert not metric(verdict).status.red
    assert metric(verdict, against="anchor").status is status
    assert said in metric(verdict, against="anchor").reason
    assert verdict.status is status
    assert max(ask.seed for ask in asked) < 20


def test_a_loss_that_waits_asks_before_other_metrics_train_on() -> None:
    """Red would end the cell, so it is confirmed before anything else is trained."""
    both = zip(losses(50, stream="a"), losses(50, stream="b"), strict=True)
    stored = reference(replicates({"log_loss": v, "auc": 1 - w} for v, w in both))
    values = [
        {"log_loss": v, "auc": 1 - 0.3 - 0.0035 - 0.001 * (-1) ** s}
        for s, v in enumerate(losses(6, 0.04))
    ]
    of = canary(("log_loss", 0.02), ("auc", 0.006))
    verdict = judge(evidence(of, attempts(values), stored))
    assert verdict.status is Status.RUNNING
    assert verdict.asks == (Ask("baseline", 0),)
