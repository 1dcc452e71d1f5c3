"""The rules of pairs, trained side by side or at common seeds, through the judge of cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome
from qualify.core.canary import Budget
from qualify.core.verdict import MetricEvidence, Status
from qualify.judging.cell import judge
from tests.trainings import (
    LEVELS,
    MARGIN,
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    noise,
    reference,
    replicates,
    train,
    trains,
)

BASE = losses(80, stream="beside")


def beside(values: list[float], base: list[float] = BASE) -> MetricEvidence:
    """The evidence after pairs of these losses."""
    theirs = attempts(base[: len(values)], arm="baseline")
    return metric(judge(evidence(canary(), attempts(values), fresh=theirs)))


def shifted(n: int, shift: float, sd: float = 0.002) -> list[float]:
    return [b + shift + sd * z for b, z in zip(BASE, noise(n, "paired"), strict=False)]


def test_both_arms_are_trained_at_the_same_seeds() -> None:
    """Where nothing is stored, every seed is asked of both builds."""
    verdict, asked = train(canary(), trains(shifted(40, 0.0), BASE))
    assert (verdict.status, verdict.code) == (Status.PASSED, "Q005")
    assert [(a.arm, a.seed) for a in asked[:4]] == [
        ("candidate", 0),
        ("baseline", 0),
        ("candidate", 1),
        ("baseline", 1),
    ]
    assert verdict.trainings == len(asked)


@pytest.mark.parametrize(("seconds", "code"), [(None, "Q001"), (3.0, "Q005")])
def test_a_build_beside_it_may_be_repeated_bit_for_bit(seconds, code) -> None:
    """Without stored values two identical pairs pass, unless seconds bound the search."""
    of = replace(canary(), budget=Budget(None if seconds else 1, seconds))
    mine, theirs = (
        [attempt(seed, 0.3, predictions=f"same-{seed}", arm=arm) for seed in range(2)]
        for arm in ("candidate", "baseline")
    )
    verdict = judge(evidence(of, mine, fresh=theirs))
    assert verdict.metrics[0].code == code
    assert verdict.identical == ()  # the fit of a release compares with stored records only


def test_an_interleaved_canary_never_uses_stored_values() -> None:
    """A canary that is judged side by side ignores what is stored."""
    of = canary(interleaved=True)
    verdict, asked = train(of, trains(shifted(40, 0.0), BASE), reference())
    assert verdict.code == "Q005"
    assert {ask.arm for ask in asked} == {"candidate", "baseline"}


def test_a_loss_in_every_pair_regresses_without_confirmation() -> None:
    """Pairs were trained on the same runner in the same run: nothing is to be confirmed."""
    verdict, asked = train(canary(), trains(shifted(40, MARGIN), BASE))
    assert verdict.status is Status.REGRESSED
    assert max(ask.seed for ask in asked) < 20
    assert metric(verdict).effect == pytest.approx(MARGIN, abs=0.002)
    assert "pairs" in verdict.reason


def test_a_gain_in_every_pair_improves() -> None:
    """A gain that is shown is an improvement, once as many pairs are trained."""
    assert beside(shifted(20, -0.05)).status is Status.IMPROVED


def test_a_small_real_loss_within_the_margin_passes_and_is_named() -> None:
    """Pairs show a loss and that it is small."""
    shown = beside(shifted(20, 0.005, 0.001))
    assert shown.status is Status.PASSED
    assert "a real loss, but shown smaller than the margin" in shown.reason


def test_no_recorded_scale_is_trusted() -> None:
    """Ten times the noise in both arms needs more pairs, and makes no loss."""
    wide = [0.3 + 10 * (v - 0.3) for v in BASE]
    verdict, _ = train(canary(), trains(losses(80, sd=0.1), wide))
    assert not verdict.status.red
    assert metric(verdict).scale is None


def test_pairs_without_a_decision_end_inconclusive() -> None:
    """At the cap, differences around half of the margin decide nothing."""
    verdict, asked = train(canary(), trains(shifted(40, 0.01, 0.05), BASE))
    assert verdict.status is Status.INCONCLUSIVE
    assert len(asked) == 2 * 20


def test_a_pair_without_one_half_does_not_count() -> None:
    """A seed at which one arm failed, or whose data differ, is compared with nothing."""
    ours = attempts(shifted(6, 0.0))
    theirs = attempts(BASE[:6], arm="baseline")
    theirs[2] = attempt(2, outcome=Outcome.ERROR, arm="baseline")
    theirs[4] = replace(theirs[4], data="elsewhere")
    shown = metric(judge(evidence(canary(), ours, fresh=theirs)))
    assert shown.seeds == (0, 1, 3, 5)
    assert len(shown.candidate) == len(shown.baseline) == 4


def test_equal_pairs_say_nothing_of_a_loss() -> None:
    """Differences of exactly nothing are tossed, and lie within the margin."""
    shown = beside(BASE[:20])
    assert shown.status is Status.PASSED
    assert shown.effect == 0.0
    assert "the same" in shown.reason


def correlated(shift: float, n: int = 20) -> list[float]:
    """Losses that follow the stored replicates seed by seed."""
    stored = losses(50, stream="baseline")
    return [v + shift + 0.0005 * z for v, z in zip(stored, noise(n, "follow"), strict=False)]


def test_seeds_are_paired_where_builds_have_been_correlated() -> None:
    """With a recorded correlation of a half or more, ranks and pairs decide, each at half."""
    values, rows = correlated(0.006), replicates(losses(50, stream="baseline"))
    of, shares = canary(("log_loss", 0.006)), replace(LEVELS, metric=0.02)
    alone, dual = (
        metric(judge(evidence(of, attempts(values), reference(rows, correlation=c), levels=shares)))
        for c in (0.4, 0.5)
    )
    assert (alone.test, dual.test) == ("ranks", "dual")
    assert dual.status is Status.RUNNING  # worse in every pair, to be confirmed
    assert not alone.reason.startswith("log_loss: looks worse")
    assert alone.reject is not None
    assert dual.reject is not None
    assert dual.reject > alone.reject


def test_correlated_seeds_pass_an_unchanged_candidate() -> None:
    """The dual rule passes what neither of its tests holds against the candidate."""
    stored = reference(correlation=0.8)
    verdict, asked = train(canary(), trains(correlated(0.0)), stored)
    assert verdict.status is Status.PASSED
    assert len(asked) <= 8
