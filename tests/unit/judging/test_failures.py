"""The rules of trainings that failed, through the judge of cells."""

from __future__ import annotations

from collections import Counter

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import Ask, FailureEvidence, Status, Verdict
from qualify.judging.cell import judge
from qualify.judging.history import TROUBLES
from qualify.judging.repeated import SUSPECTS
from qualify.stats.bernoulli import detectable
from qualify.stats.turns import turns
from tests.trainings import (
    LEVELS,
    Trainer,
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    reference,
    replicate,
    replicates,
    train,
    trains,
)

STORED = reference()
SAME = losses(80)


def failures(verdict: Verdict) -> FailureEvidence:
    assert verdict.failures is not None
    return verdict.failures


def flaky(*seeds: int, baseline: tuple[int, ...] = ()) -> Trainer:
    """The first execution of these seeds crashes, the second succeeds."""
    struck = {"candidate": seeds, "baseline": baseline}

    def fails(ask: Ask) -> Outcome:
        return Outcome.CRASHED if ask.number == 1 and ask.seed in struck[ask.arm] else Outcome.OK

    return trains(SAME, losses(80, stream="beside"), fails=fails)


def with_failures(*seeds: int):
    """Fifty stored replicates of which these failed."""
    rows = replicates(losses(50, stream="baseline"))
    return reference(
        [replicate(r.seed, outcome=Outcome.CRASHED) if r.seed in seeds else r for r in rows]
    )


TURNS = turns(LEVELS.repeat / SUSPECTS)


def alone(outcome: Outcome) -> Trainer:
    """The candidate ends so whenever it is executed, the baseline never."""
    return trains(SAME, fails=lambda ask: outcome if ask.arm == "candidate" else Outcome.OK)


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.CRASHED, Outcome.INVALID])
def test_a_failure_that_repeats_in_turns_with_the_baseline_fails(outcome: Outcome) -> None:
    """The same signature each time, at a seed that the baseline trains each time."""
    verdict, asked = train(canary(), alone(outcome), STORED)
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q101")
    first = [Ask("candidate", 0, 1), Ask("candidate", 0, 2), Ask("baseline", 0, 1)]
    assert asked[:4] == [*first, Ask("candidate", 0, 3)]
    assert [ask.arm for ask in asked].count("baseline") == TURNS
    assert verdict.trainings == 2 * TURNS + 1
    assert verdict.reason == (
        f"seed 0 failed in {TURNS + 1} executions of {TURNS + 1} in the same way, in turns with "
        f"the baseline, which trained there {TURNS} times: {outcome.value} happened"
    )


@pytest.mark.parametrize("struck", [1, 2, TURNS])
def test_a_baseline_that_fails_in_its_turn_clears_the_candidate(struck: int) -> None:
    """One failure of the baseline at that seed, and the failure is no longer the candidate's."""

    def fails(ask: Ask) -> Outcome:
        broken = ask.number == struck if ask.arm == "baseline" else ask.seed == 0
        return Outcome.CRASHED if broken else Outcome.OK

    verdict, asked = train(canary(), trains(SAME, SAME, fails=fails), STORED)
    assert not verdict.status.red
    assert failures(verdict).failed == 1
    assert sum(ask.seed == 0 and ask.arm == "baseline" for ask in asked) == struck


def test_a_runner_that_spoils_the_turns_leaves_the_seed_counted() -> None:
    """Where the baseline cannot be executed beside it, nobody is accused."""

    def fails(ask: Ask) -> Outcome:
        return Outcome.INFRA if ask.arm == "baseline" else Outcome.CRASHED

    verdict, asked = train(canary(), trains(SAME, SAME, fails=fails), STORED)
    assert verdict.code == "Q103"
    assert Counter(a.seed for a in asked if a.arm == "baseline")[0] == TROUBLES + 1


def test_only_so_many_seeds_are_tried_in_turns() -> None:
    """A flake that each time repeats once costs few executions, and its count decides."""

    def fails(ask: Ask) -> Outcome:
        return Outcome.CRASHED if ask.arm == "candidate" and ask.number <= 2 else Outcome.OK

    verdict, asked = train(canary(), trains(SAME, SAME, fails=fails), STORED)
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q103")
    assert sum(ask.arm == "baseline" for ask in asked) <= SUSPECTS


def test_a_late_failure_that_repeats_fails_too() -> None:
    """Whichever seed it is, a failure is executed again before anything else."""
    mine = [*attempts(SAME[:2]), attempt(2, outcome=Outcome.ERROR)]
    verdict = judge(evidence(canary(("log_loss", 0.006)), mine, STORED))
    assert (verdict.status, verdict.code) == (Status.RUNNING, "Q101")
    assert verdict.asks == (Ask("candidate", 2, 2),)


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.TIMEOUT, Status.TIMEOUT), (Outcome.MEMORY, Status.FAILED)]
)
def test_a_limit_exceeded_in_every_turn_is_red(outcome: Outcome, status: Status) -> None:
    """Each time over the wall-clock limit is a timeout, over the memory limit a failure."""
    verdict, asked = train(canary(), alone(outcome), STORED)
    assert (verdict.status, verdict.code, len(asked)) == (status, "Q102", 2 * TURNS + 1)


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.ERROR])
def test_a_failure_that_the_baseline_has_is_not_held_against_the_candidate(
    outcome: Outcome,
) -> None:
    """A seed at which the baseline fails as well is no deterministic failure."""
    mine = [attempt(0, number=n, outcome=outcome) for n in (1, 2)]
    verdict = judge(evidence(canary(), mine, with_failures(0)))
    assert verdict.status is Status.RUNNING
    assert verdict.asks == (Ask("candidate", 1),)


def test_different_failures_at_one_seed_are_no_deterministic_failure() -> None:
    """Two signatures are two flakes until the rate says more."""
    mine = [
        attempt(0, number=n, outcome=Outcome.ERROR, signature=s) for n, s in ((1, "a"), (2, "b"))
    ]
    assert judge(evidence(canary(), mine, STORED)).status is Status.RUNNING


def test_a_failure_is_never_erased_by_its_rerun() -> None:
    """A seed that fails once and then succeeds stays a failure in the count."""
    mine = [attempt(0, outcome=Outcome.CRASHED), attempt(0, number=2), *attempts(SAME)[1:4]]
    verdict = judge(evidence(canary(), mine, STORED))
    assert (failures(verdict).failed, failures(verdict).trained) == (1, 4)
    assert failures(verdict).early == (1, 2)
    assert "1 of 4 trainings failed, and 0 of 50 of the baseline's" in verdict.reason


def test_failures_that_the_baseline_has_too_are_flaky() -> None:
    """A cell that is shown to fail no more often than a flaky baseline is flaky and green."""
    verdict, asked = train(canary(), flaky(1), with_failures(5, 15, 25, 35))
    assert (verdict.status, verdict.code) == (Status.FLAKY, "Q103")
    assert "and 4 of 50 of the baseline's: no more often" in verdict.reason
    assert failures(verdict).failed == 1
    assert len(asked) <= 21


def test_a_flake_beside_a_clean_baseline_is_never_flaky() -> None:
    """A baseline that never failed has no flakiness to share: more trainings pass the cell."""
    verdict, asked = train(canary(), flaky(0), STORED)
    assert verdict.status is Status.PASSED
    assert "1 of " in verdict.reason
    assert "not 30 points more" in verdict.reason
    assert len(asked) > 5  # an unchanged cell without the failure passes in fewer
    assert failures(verdict).failed == 1


@pytest.mark.parametrize("stored", [(), (7,), (3, 30)])
@pytest.mark.parametrize("first", [0, 1])
def test_a_candidate_that_fails_a_third_of_its_seeds_is_never_flaky(
    first: int, stored: tuple[int, ...]
) -> None:
    """Once a failure is seen, thirty points more are never accepted as the baseline's rate."""
    of = canary(("log_loss", 0.01))
    verdict, _ = train(of, flaky(*range(first, 20, 3)), with_failures(*stored))
    assert failures(verdict).failed > 0
    assert verdict.status in {Status.FAILED, Status.INCONCLUSIVE}


def test_failures_far_above_the_baselines_rate_fail() -> None:
    """Failing at every first execution is shown after a few seeds."""
    verdict, asked = train(canary(), flaky(*range(20)), STORED)
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q103")
    assert len({ask.seed for ask in asked}) <= 4
    assert "more often" in verdict.reason


def test_what_the_counts_rule_out_is_shown() -> None:
    """Trainings without failure exclude a rate of failures, which the evidence names."""
    shown = failures(judge(evidence(canary(), attempts(SAME[:5]), with_failures(7))))
    assert (shown.failed, shown.trained) == (0, 5)
    assert (shown.baseline_failed, shown.baseline_trained) == (1, 50)
    assert shown.alpha == LEVELS.failure
    assert shown.excluded == detectable(5, LEVELS.beta) == pytest.approx(1 - 0.05**0.2)
    assert judge(evidence(canary(), [], STORED)).failures is None


def test_side_by_side_failures_of_both_are_flaky() -> None:
    """Beside a baseline that fails, too, one failure of the candidate is its flakiness."""
    verdict, _ = train(canary(), flaky(4, baseline=(2,)))
    assert (verdict.status, verdict.code) == (Status.FLAKY, "Q103")
    assert (failures(verdict).failed, failures(verdict).baseline_failed) == (1, 1)


def test_side_by_side_one_failure_of_the_baseline_excuses_few() -> None:
    """A candidate that fails every third seed is not flaky beside a baseline that failed once."""
    verdict, _ = train(canary(), flaky(*range(0, 30, 3), baseline=(1,)))
    assert verdict.status is not Status.FLAKY
    assert not verdict.status.green


def test_side_by_side_failures_of_the_candidate_alone_fail() -> None:
    """Fisher's exact test at doubling numbers of pairs finds a candidate that fails always."""
    verdict, asked = train(canary(), flaky(*range(20)))
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q103")
    assert max(ask.seed for ask in asked) + 1 in {3, 6, 12}


def test_a_candidate_that_always_fails_differently_is_never_green() -> None:
    """Where baseline and candidate fail at every seed, no result is not a pass."""

    def trainer(ask: Ask):
        signature = f"{ask.arm}-{ask.number}"
        return attempt(
            ask.seed, number=ask.number, outcome=Outcome.ERROR, signature=signature, arm=ask.arm
        )

    verdict, _ = train(canary(), trainer)
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q104")


def test_what_neither_build_trains_is_not_tried_at_every_seed() -> None:
    """After three seeds of both the cell ends, undecided, with what was said."""
    verdict, _ = train(canary(), trains(SAME, SAME, fails=lambda _: Outcome.ERROR))
    assert (verdict.status, verdict.code, verdict.trainings) == (Status.INCONCLUSIVE, "Q104", 9)
    assert verdict.reason == (
        "neither build trains at any of the first 3 seeds, so there is nothing to compare: "
        "error happened"
    )


def test_one_result_among_the_first_seeds_goes_on() -> None:
    """A seed that either build trains may yet tell one from the other."""

    def fails(ask: Ask) -> Outcome:
        return Outcome.OK if (ask.arm, ask.seed) == ("baseline", 2) else Outcome.ERROR

    verdict, _ = train(canary(), trains(SAME, SAME, fails=fails))
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q101")
