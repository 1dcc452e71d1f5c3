"""Laws of the judging."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.core.attempt import Attempt, Outcome
from qualify.core.verdict import Ask, Status, Verdict
from qualify.judging.cell import judge
from qualify.judging.evidence import Evidence
from qualify.judging.samples import Sample
from qualify.judging.testing import placed, rank_test
from qualify.stats.planning import calibrated
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import normal_scores, tie_breakers
from tests.trainings import (
    LEVELS,
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    reference,
    replicates,
)

LATTICE = st.integers(-60, 60).map(lambda i: 0.3 + i / 1024)  # with ties; sums are exact
values = st.lists(LATTICE, min_size=1, max_size=20)
STORED = [round(1024 * v) / 1024 for v in losses(50, stream="baseline")]
AGAINST = reference(replicates(STORED))
DESIGN = calibrated(50, 20, 1.0, LEVELS.metric, LEVELS.beta)
FEW = settings(max_examples=30, deadline=None)


def sample(of: list[float], name: str) -> Sample:
    """Losses with the ties that their names break."""
    ties = tie_breakers(f"{name}{i}" for i in range(len(of)))
    return Sample(tuple(range(len(of))), tuple(of), np.array(of), ties)


def verdict_of(ours: list[float], metric: str = "log_loss", **how: object) -> Verdict:
    mine = attempts({metric: v} for v in ours)
    stored = reference(replicates({metric: v} for v in STORED))
    return judge(evidence(canary((metric, 0.01)), mine, stored, **how))


@FEW
@given(values, st.floats(0.0, 1.0), st.floats(1.0, 5.0))
def test_a_loss_that_the_margin_allows_is_no_evidence_of_a_regression(
    ours: list[float], part: float, wide: float
) -> None:
    """Losses up to margin - delta * scale count as no loss at all, however certain they are."""
    scale, threshold = 0.01, wide * 0.01
    allowed = threshold - DESIGN.delta * scale
    stored, plain = sample(STORED, "b"), sample(ours, "c")
    moved = sample([v + part * allowed for v in ours], "c")
    shown = rank_test(moved, stored, threshold, scale, DESIGN)
    without = rank_test(plain, stored, DESIGN.delta * scale, scale, DESIGN)
    assert all(a <= b + 1e-6 for a, b in zip(shown.worse, without.worse, strict=True))


MAPS: tuple[Callable[[float], float], ...] = (
    math.exp,
    math.log,
    lambda v: v**3 - 7.0,
    lambda v: -1.0 / v,
)


@FEW
@given(values, st.sampled_from(MAPS))
def test_ranks_know_nothing_of_units(ours: list[float], change: Callable[[float], float]) -> None:
    """A monotone change of both arms, its margin at the design effect, changes no evidence."""
    plain = rank_test(sample(ours, "c"), sample(STORED, "b"), 0.01, 0.01, DESIGN)
    mine, theirs = ([change(v) for v in of] for of in (ours, STORED))
    changed = rank_test(sample(mine, "c"), sample(theirs, "b"), 7.0, 7.0, DESIGN)
    assert changed == plain


@FEW
@given(values, values)
def test_ties_are_broken_the_same_way_for_good(ours: list[float], more: list[float]) -> None:
    """What is trained later, and the other cells, move no earlier replicate."""
    both = (ours + more)[:20]
    early, late = verdict_of(ours, repeatable=False), verdict_of(both, repeatable=False)
    assert late.metrics[0].places[: len(ours)] == early.metrics[0].places[: len(both)]
    assert late.metrics[0].worse[: len(ours)] == early.metrics[0].worse[: len(both)]


@FEW
@given(values, st.sampled_from([-0.25, 0.5, 2.0]))
def test_a_constant_added_to_both_arms_changes_nothing(ours: list[float], add: float) -> None:
    """Raw metrics are judged by differences alone."""
    plain = judge(evidence(canary(), attempts(ours), AGAINST))
    stored = reference(replicates(v + add for v in STORED))
    moved = judge(evidence(canary(), attempts(v + add for v in ours), stored))
    assert (moved.status, moved.metrics[0].worse) == (plain.status, plain.metrics[0].worse)


@FEW
@given(values)
def test_the_direction_of_a_metric_mirrors_the_verdict(ours: list[float]) -> None:
    """A metric whose higher values are better is judged as its mirror image, but for ties."""
    distinct = [v + i / 65536 for i, v in enumerate(ours, start=1)]
    stored = reference(replicates({"r2": -v} for v in STORED))
    mirrored = attempts({"r2": -v} for v in distinct)
    other = judge(evidence(canary(("r2", 0.02)), mirrored, stored))
    plain = judge(evidence(canary(), attempts(distinct), AGAINST))
    assert (other.status, other.metrics[0].places) == (plain.status, plain.metrics[0].places)


@FEW
@given(values, st.integers(0, 19), st.integers(1, 40))
def test_a_worse_training_never_helps(ours: list[float], at: int, more: int) -> None:
    """Evidence of a loss grows with every loss, and evidence that it is small shrinks."""
    worse = list(ours)
    worse[at % len(ours)] += more / 1024
    before, after = (verdict_of(of).metrics[0] for of in (ours, worse))
    pairs = zip(before.worse + before.within, after.worse + after.within, strict=True)
    assert all(a <= b + 1e-5 for a, b in pairs)


@FEW
@given(values, st.permutations(range(50)))
def test_the_order_of_stored_replicates_does_not_matter(
    ours: list[float], order: list[int]
) -> None:
    """A baseline file that is sorted in another way gives the same verdict."""
    shuffled = reference([AGAINST.replicates[i] for i in order])
    assert judge(evidence(canary(), attempts(ours), shuffled)).status is (
        judge(evidence(canary(), attempts(ours), AGAINST)).status
    )


@FEW
@given(values)
def test_what_is_shown_lies_on_its_side(ours: list[float]) -> None:
    """Where a loss is shown, candidates rank above the middle; where a gain is, below it."""
    mine, stored = sample(ours, "c"), sample(STORED, "b")
    found = placed(mine, stored)
    for at, sign in ((found, 1.0), (50 - found, -1.0)):
        strongest = int(np.argmax(evidence_paths(at, 50, DESIGN.delta).worse))
        if evidence_paths(at, 50, DESIGN.delta).worse[strongest] >= DESIGN.reject:
            assert sign * normal_scores(50)[found[: strongest + 1]].sum() > 0


ends = st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=40)
signatures = st.lists(st.sampled_from("ab"), min_size=1, max_size=8)


def run(of, ends: list[Outcome], names: list[str], *against, shift: float = 0.0) -> list[Evidence]:
    """Every look of a loop whose executions end as told, over and over."""
    arms: dict[str, list[Attempt]] = {"candidate": [], "baseline": []}
    looks: list[Evidence] = []
    while True:
        looks.append(evidence(of, arms["candidate"], *against, fresh=arms["baseline"]))
        verdict = judge(looks[-1])
        if verdict.status is not Status.RUNNING:
            return looks
        assert verdict.asks, verdict.reason
        for ask in verdict.asks:
            arms[ask.arm].append(_executed(ask, len(looks), ends, names, shift))


def _executed(ask: Ask, look: int, ends: list[Outcome], names: list[str], shift: float) -> Attempt:
    loss = losses(80, stream=ask.arm)[ask.seed] + (shift if ask.arm == "candidate" else 0.0)
    return attempt(
        ask.seed,
        loss,
        number=ask.number,
        outcome=ends[look % len(ends)],
        signature=names[look % len(names)],
        arm=ask.arm,
    )


@FEW
@given(ends, signatures, st.booleans(), st.sampled_from([0.0, 0.01, 0.04]))
def test_every_cell_ends(
    outcomes: list[Outcome], names: list[str], stored: bool, shift: float
) -> None:
    """Whatever becomes of trainings, a cell asks for what can come, and comes to an end.

    Green needs a result of the candidate, and no verdict has a metric that still runs.
    """
    looks = run(canary(), outcomes, names, *([AGAINST] if stored else []), shift=shift)
    asked = sum(len(judge(look).asks) for look in looks)
    assert asked <= 3 * 2 * 2 * 20 + 9
    verdict = judge(looks[-1])
    assert all(m.status is not Status.RUNNING for m in verdict.metrics)
    if verdict.status.green:
        assert any(a.ok for a in looks[-1].attempts)
        assert verdict.metrics
        assert all(m.status.green for m in verdict.metrics)


@FEW
@given(ends, signatures)
def test_numbers_of_executions_are_counted_once(outcomes: list[Outcome], names: list[str]) -> None:
    """Trainings spent are those on the ledger, and failures are those of first executions."""
    last = run(canary(), outcomes, names, AGAINST)[-1]
    verdict = judge(last)
    assert verdict.trainings == len(last.attempts) + len(last.fresh)
    if verdict.failures:
        seeds = {a.seed for a in last.attempts if a.outcome is not Outcome.INFRA and a.seed < 20}
        assert verdict.failures.trained == len(seeds)
        assert verdict.failures.failed <= len(seeds)


@FEW
@given(values)
def test_a_stricter_share_never_turns_green_into_red(ours: list[float]) -> None:
    """A smaller share of the budget asks for more evidence of a loss."""
    strict = verdict_of(ours, levels=replace(LEVELS, metric=LEVELS.metric / 10))
    if "looks worse" in strict.reason:
        assert "looks worse" in verdict_of(ours).reason or verdict_of(ours).status.green
