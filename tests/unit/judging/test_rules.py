"""The other rules, through the judge of cells."""

from __future__ import annotations

import math

import pytest

from qualify.core.attempt import Attempt, Outcome
from qualify.core.verdict import Status
from qualify.judging.rule import apply, explanation, title
from qualify.judging.rules import RULES, NoBaseline
from tests.trainings import attempt, baseline, canary, judge, replicate, train

STEADY = baseline([0.3] * 20)
BOTH = (("log_loss", 0.02), ("fit_seconds", 0.2))


def identical(seed: int = 0, **how: str) -> Attempt:
    values = {"log_loss": 0.3, "fit_seconds": 2.0}
    return attempt(seed, values, predictions=f"baseline-{seed}", **how)


def test_identical_predictions_pass_after_one_training() -> None:
    """The first seed's bit-identical predictions decide every quality metric."""
    verdict = judge(canary(), [identical()], STEADY)
    assert (verdict.status, verdict.code, verdict.trainings) == (Status.PASSED, "Q001", 1)
    assert verdict.metrics[0].effect == 0.0


def test_identical_predictions_on_other_data_decide_nothing() -> None:
    """A digest that is equal by accident on another split is no evidence."""
    verdict = judge(canary(), [identical(data="other")], STEADY)
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q202")


def test_identical_predictions_of_a_later_seed_decide_nothing() -> None:
    """Only the first seed is registered for the comparison."""
    assert judge(canary(), [attempt(0), identical(1)], STEADY).status is Status.RUNNING


@pytest.mark.parametrize("interleaved", [False, True])
def test_identical_predictions_say_nothing_of_resources(interleaved: bool) -> None:
    """Resource metrics train on where the quality metrics have passed."""
    against = [replicate(0, {"log_loss": 0.3, "fit_seconds": 1.0})]
    verdict = judge(canary(*BOTH, interleaved=interleaved, cap=2), [identical()], against)
    quality, resource = verdict.metrics
    assert quality.status is Status.PASSED
    assert not resource.status.green


def test_a_failure_that_repeats_fails_after_two_trainings() -> None:
    """The same signature twice at a seed that the baseline passes is deterministic."""

    def crash(seed: int, number: int) -> Attempt:
        return attempt(seed, number=number, outcome=Outcome.CRASHED, signature="f00d")

    verdict, attempts = train(canary(), STEADY, crash)
    assert (verdict.status, verdict.code, verdict.trainings) == (Status.FAILED, "Q101", 2)
    assert [(a.seed, a.number) for a in attempts] == [(0, 1), (0, 2)]
    assert "crashed happened" in verdict.reason


def test_a_failure_is_executed_again_before_anything_else() -> None:
    """A seed that failed once leaves the cell running."""
    verdict = judge(canary(), [attempt(0, outcome=Outcome.INVALID)], STEADY)
    assert (verdict.status, verdict.code) == (Status.RUNNING, "Q101")


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.TIMEOUT, Status.TIMEOUT), (Outcome.MEMORY, Status.FAILED)]
)
def test_a_limit_exceeded_twice_is_red(outcome: Outcome, status: Status) -> None:
    """Twice over the wall-clock limit is a timeout, twice over the memory limit a failure."""
    attempts = [attempt(0, number=n, outcome=outcome) for n in (1, 2)]
    verdict = judge(canary(), attempts, STEADY)
    assert (verdict.status, verdict.code) == (status, "Q102")


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.ERROR])
def test_a_failure_that_the_baseline_has_is_not_held_against_the_candidate(
    outcome: Outcome,
) -> None:
    """A seed at which the baseline fails as well decides nothing."""
    against = [replicate(0, outcome=outcome), *STEADY[1:]]
    attempts = [attempt(0, number=n, outcome=outcome) for n in (1, 2)]
    assert judge(canary(), attempts, against).status is Status.RUNNING


def test_different_failures_at_one_seed_are_no_deterministic_failure() -> None:
    """Two signatures are two flakes until the rate says more."""
    attempts = [
        attempt(0, number=n, outcome=Outcome.ERROR, signature=s) for n, s in ((1, "a"), (2, "b"))
    ]
    assert (judge(canary(), attempts, STEADY).status) is Status.RUNNING


def flaky(every: int, same: float = 0.3) -> object:
    """A trainer whose every n-th seed fails once and then succeeds."""

    def trainer(seed: int, number: int) -> Attempt:
        bad = seed % every == 0 and number == 1
        return attempt(seed, same, number=number, outcome=Outcome.CRASHED if bad else Outcome.OK)

    return trainer


def test_failures_that_the_baseline_has_too_are_flaky() -> None:
    """A cell whose metrics pass and that fails no more often than the baseline is flaky."""
    against = [replicate(5, outcome=Outcome.CRASHED), *STEADY[:5], *STEADY[6:]]
    verdict, _ = train(canary(), against, flaky(10))
    assert (verdict.status, verdict.code) == (Status.FLAKY, "Q103")
    assert verdict.reason == "1 of 3 trainings failed, and 1 of 20 of the baseline's"


def test_failures_of_a_clean_baseline_are_not_decided_by_a_few() -> None:
    """One flake where the baseline has none trains to the cap and is inconclusive."""
    verdict, attempts = train(canary(), STEADY, flaky(100))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q103")
    assert len(attempts) == 21
    assert "1 of 20 trainings failed, but 0 of 20 of the baseline's" in verdict.reason


def test_failures_far_above_the_baselines_rate_fail() -> None:
    """Failing at every first execution is significant after a few seeds."""
    verdict, attempts = train(canary(), STEADY, flaky(1))
    assert (verdict.status, verdict.code) == (Status.FAILED, "Q103")
    assert len(attempts) == 8


def test_a_candidate_that_always_fails_differently_is_never_green() -> None:
    """Where baseline and candidate fail at every seed, no result is not a pass."""
    nothing = [replicate(s, outcome=Outcome.ERROR) for s in range(3)]

    def fails(seed: int, number: int) -> Attempt:
        return attempt(seed, number=number, outcome=Outcome.ERROR)

    verdict, _ = train(canary(cap=3, interleaved=True), nothing, fails)
    assert verdict.status is Status.INCONCLUSIVE


def test_the_runners_trouble_is_executed_again_twice() -> None:
    """Runner-side failures are no failures of the candidate: two re-executions, then infra."""

    def trouble(seed: int, number: int) -> Attempt:
        return attempt(seed, number=number, outcome=Outcome.INFRA)

    verdict, attempts = train(canary(), STEADY, trouble)
    assert (verdict.status, verdict.code) == (Status.INFRA, "Q201")
    assert [a.number for a in attempts] == [1, 2, 3]


def test_trouble_that_passes_leaves_no_trace() -> None:
    """A seed that succeeds after the runner's trouble counts as any other."""
    attempts = [attempt(0, number=1, outcome=Outcome.INFRA), attempt(0, number=2)]
    attempts += [attempt(1), attempt(2)]
    assert judge(canary(), attempts, STEADY).status is Status.PASSED


def test_without_a_baseline_nothing_is_shown() -> None:
    """A canary that judges metrics by stored values needs some."""
    verdict = judge(canary(), [attempt(0)], [])
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q203")
    failed = judge(canary(), [attempt(0)], [replicate(0, outcome=Outcome.ERROR)])
    assert failed.code == "Q203"


def test_other_data_is_named() -> None:
    """A baseline of other splits is not compared, and the sentence says so."""
    verdict = judge(canary(), [attempt(0)], [replicate(0, data="elsewhere")])
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q202")
    assert verdict.reason.startswith("the baseline's splits are of other data: seed 0")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_none_decides_nothing(value: float) -> None:
    """A metric without a finite value is not decided by its other seeds."""
    attempts = [attempt(0), attempt(1), attempt(2, value), attempt(3)]
    verdict = judge(canary(), attempts, STEADY)
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q003")


def test_a_canary_without_metrics_passes_by_training() -> None:
    """Where nothing is judged, a valid result is the promise; no baseline is needed."""
    bare = canary()
    bare = type(bare)(bare.name, bare.dataset, bare.task, bare.budget, (), bare.owner)
    assert judge(bare, [attempt(0)], []).status is Status.PASSED


def test_codes_are_unique_and_every_rule_explains_itself() -> None:
    """Each rule has its own code, a title and an explanation."""
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(title(rule) and explanation(rule) and rule.messages for rule in RULES)


def test_an_unknown_input_is_named() -> None:
    """A rule that asks for what nobody has says for what."""
    with pytest.raises(AttributeError, match="'canary'"):
        apply(NoBaseline, object())
