"""Laws of the judging."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualify.core.attempt import Attempt, Outcome
from qualify.core.verdict import Status, Verdict
from qualify.judging.history import next_training
from tests.trainings import attempt, canary, judge, replicate

value = st.integers(-400, 400).map(lambda i: 0.5 + i / 4096)  # sums and differences are exact
pairs = st.lists(st.tuples(value, value), min_size=1, max_size=12)
outcomes = st.sampled_from(list(Outcome))
CAP = 12


def verdict_of(
    both: list[tuple[float, float]], metric: str = "log_loss", add: float = 0
) -> Verdict:
    attempts = [attempt(s, {metric: ours + add}) for s, (ours, _) in enumerate(both)]
    against = [replicate(s, {metric: theirs + add}) for s, (_, theirs) in enumerate(both)]
    return judge(canary((metric, 0.02), cap=CAP, interleaved=True), attempts, against)


@st.composite
def histories(draw: st.DrawFn) -> list[Attempt]:
    """What a loop may have executed: it asks what comes next and gets any outcome."""
    of, attempts = canary(cap=5), []
    for outcome in draw(st.lists(outcomes, max_size=12)):
        due = next_training(of, attempts)
        if due is None:
            break
        signature = draw(st.sampled_from("ab"))
        shift = draw(value)
        attempts.append(attempt(due[0], shift, number=due[1], outcome=outcome, signature=signature))
    return attempts


baselines = st.lists(st.one_of(st.none(), st.tuples(outcomes, value)), min_size=5, max_size=5).map(
    lambda rows: [
        replicate(seed, row[1], outcome=row[0]) for seed, row in enumerate(rows) if row is not None
    ]
)


@given(histories(), baselines, st.booleans())
def test_running_asks_for_a_training_that_can_come(
    attempts: list[Attempt], against: list, interleaved: bool
) -> None:
    """A cell is running only where another training is due, so every cell ends."""
    of = canary(cap=5, interleaved=interleaved)
    if judge(of, attempts, against).status is Status.RUNNING:
        assert next_training(of, attempts) is not None


@given(histories(), baselines, st.booleans())
def test_green_needs_a_result_of_both_arms(
    attempts: list[Attempt], against: list, interleaved: bool
) -> None:
    """A missing result is never green: some seed succeeded in both arms."""
    verdict = judge(canary(cap=5, interleaved=interleaved), attempts, against)
    if verdict.status.green:
        ours = {a.seed for a in attempts if a.ok}
        theirs = {r.seed for r in against if r.outcome is Outcome.OK}
        assert ours & theirs
        assert verdict.metrics
        assert all(m.status.green for m in verdict.metrics)


@given(histories(), baselines, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(attempts: list[Attempt], against: list, rng) -> None:
    """A ledger that is read in another order gives the same verdict."""
    shuffled = rng.sample(attempts, len(attempts)), rng.sample(against, len(against))
    assert judge(canary(cap=5), *shuffled) == judge(canary(cap=5), attempts, against)


@given(pairs, st.sampled_from([-0.25, 0.5, 2.0]))
def test_a_constant_added_to_both_arms_changes_nothing(
    both: list[tuple[float, float]], constant: float
) -> None:
    """Raw metrics are judged by differences alone."""
    plain, moved = verdict_of(both), verdict_of(both, add=constant)
    assert (moved.status, moved.reason) == (plain.status, plain.reason)


@given(pairs, st.sampled_from([0.25, 2.0, 8.0]))
def test_a_factor_in_both_arms_changes_no_relative_metric(
    both: list[tuple[float, float]], factor: float
) -> None:
    """Relative metrics are judged by ratios alone."""
    scaled = [(ours * factor, theirs * factor) for ours, theirs in both]
    assert verdict_of(scaled, "rmse").status is verdict_of(both, "rmse").status


@given(pairs)
def test_the_direction_of_a_metric_mirrors_the_verdict(both: list[tuple[float, float]]) -> None:
    """A metric whose higher values are better is judged as its mirror image."""
    mirrored = [(-ours, -theirs) for ours, theirs in both]
    plain, other = verdict_of(both), verdict_of(mirrored, "r2")
    assert other.status is plain.status
    assert other.metrics[0].effect == pytest.approx(plain.metrics[0].effect)


@given(pairs)
def test_red_and_improved_lie_on_their_sides(both: list[tuple[float, float]]) -> None:
    """A regression has a mean loss above zero, an improvement one below."""
    metric = verdict_of(both).metrics[0]
    if metric.status is Status.REGRESSED:
        assert metric.effect is not None
        assert metric.effect > 0
    if metric.status is Status.IMPROVED:
        assert metric.effect is not None
        assert metric.effect < 0


@given(pairs)
def test_a_pass_excludes_the_margin(both: list[tuple[float, float]]) -> None:
    """The interval of a metric that passed ends below the margin."""
    metric = verdict_of(both).metrics[0]
    if metric.status is Status.PASSED and metric.interval is not None:
        assert metric.interval[1] < metric.threshold
        assert math.isfinite(metric.interval[0])
