"""The rule of identical predictions, through the judge of cells."""

from __future__ import annotations

import pytest

from qualify.core.baseline import Repeats
from qualify.core.verdict import Status
from qualify.judging.cell import judge
from qualify.judging.identity import fit
from qualify.judging.question import Question
from qualify.judging.rules import IdenticalPredictions
from tests.trainings import attempt, canary, evidence, losses, metric, reference, replicates

FAR = 0.9  # a loss that no test of values would pass
STORED = reference()
BOTH = (("log_loss", 0.02), ("auc", 0.02))


def ours(same: str, value: float = FAR, **how: str) -> list:
    """Trainings of which those marked `=` predict what is stored."""
    return [
        attempt(seed, value, predictions=f"stored-{seed}" if mark == "=" else None, **how)
        for seed, mark in enumerate(same)
    ]


@pytest.mark.parametrize("same", ["==", "=.=", ".==", "==="])
def test_two_of_the_first_three_identical_pass_at_once(same: str) -> None:
    """Two bit-identical predictions of the first three seeds pass whatever the values say."""
    verdict = judge(evidence(canary(), ours(same), STORED))
    assert (verdict.status, verdict.code) == (Status.PASSED, "Q001")
    assert metric(verdict).test == "identity"
    assert verdict.identical == tuple(mark == "=" for mark in same)
    assert f"of {same.count('=')} of {len(same)} seeds are bit-identical" in verdict.reason
    assert "0.3%" in verdict.reason  # what a touched cell passes by chance


@pytest.mark.parametrize("same", ["=", "=..", "...", "..=.==", "=..===="])
def test_less_than_two_of_the_first_three_decide_nothing(same: str) -> None:
    """One match, or matches of later seeds, leave the matter to the values."""
    verdict = judge(evidence(canary(), ours(same), STORED))
    assert metric(verdict).test == "ranks"
    assert len(verdict.identical) <= 3


def test_every_quality_metric_passes_at_once() -> None:
    """Identical predictions have identical qualities, all of them."""
    stored = reference(replicates({"log_loss": v, "auc": 1 - v} for v in losses(50)))
    mine = [attempt(s, {"log_loss": 0.3, "auc": 0.7}, predictions=f"stored-{s}") for s in range(2)]
    verdict = judge(evidence(canary(*BOTH), mine, stored))
    assert [m.code for m in verdict.metrics] == ["Q001", "Q001"]


def test_identical_predictions_say_nothing_of_resources() -> None:
    """Side by side, equal predictions pass no resource metric, and nothing else."""
    of = canary(("log_loss", 0.02), ("fit_seconds", 0.2), interleaved=True)
    mine, theirs = (
        [
            attempt(s, {"log_loss": 0.3, "fit_seconds": f}, predictions=f"p-{s}", arm=arm)
            for s in range(3)
        ]
        for f, arm in ((9.0, "candidate"), (1.0, "baseline"))
    )
    verdict = judge(evidence(of, mine, STORED, fresh=theirs))
    assert {m.test for m in verdict.metrics} == {"pairs"}
    assert not metric(verdict, "fit_seconds").status.green


def test_a_stored_resource_is_not_passed_by_identity() -> None:
    """The rule itself leaves resource metrics alone, however they came to be asked about."""
    stored = reference(replicates({"log_loss": v, "fit_seconds": 1 + v} for v in losses(50)))
    of = canary(("log_loss", 0.02), ("fit_seconds", 0.2))
    mine = [
        attempt(s, {"log_loss": 0.3, "fit_seconds": 1.3}, predictions=f"stored-{s}")
        for s in range(3)
    ]
    asked = [Question(judged, evidence(of, mine, stored), stored) for judged in of.metrics]
    found = [IdenticalPredictions.check(question, repeatable=True) for question in asked]
    assert found[0] is not None
    assert found[1] is None


def test_identity_is_not_believed_where_the_build_does_not_fit() -> None:
    """Where the build as a whole matches too oddly, values decide; the matches are still shown."""
    verdict = judge(evidence(canary(), ours("==="), STORED, repeatable=False))
    assert metric(verdict).test == "ranks"
    assert verdict.identical == (True, True, True)


def test_identity_proves_nothing_where_changed_builds_match_often() -> None:
    """Where changed builds matched so often that they would pass wrongly, values decide."""
    for touched, test in (
        (0.0, "identity"),
        (0.01, "identity"),
        (0.05, "identity"),
        (0.15, "ranks"),
    ):
        verdict = judge(evidence(canary(), ours("=="), reference(touched=touched)))
        assert metric(verdict).test == test, touched


def test_what_identity_may_pass_is_taken_from_beta() -> None:
    """The test of ranks has what is left, so that both together keep the error."""
    strict, loose = (
        metric(judge(evidence(canary(), ours(".."), reference(touched=rate))))
        for rate in (0.09, 0.01)
    )
    assert strict.accept is not None
    assert loose.accept is not None
    assert strict.accept <= loose.accept


def test_equal_digests_of_other_data_are_no_match() -> None:
    """Predictions that are equal by accident on another split end the comparison."""
    verdict = judge(evidence(canary(), ours("==", data="other"), STORED))
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "Q202")
    assert verdict.identical == ()


def test_the_fit_compares_a_canarys_matches_with_its_own_record() -> None:
    """Many single matches of canaries that repeat themselves say that matches are by chance."""
    repeats = {"wine": Repeats("wine", 29, 30)}
    once, twice = (True, False, False), (False, True, True)
    assert fit([("wine", (True, True, True))] * 12, repeats).fits
    assert fit([("wine", twice)] * 3, repeats).fits
    odd = fit([("wine", once)] * 8, repeats)
    assert not odd.fits
    assert odd.single == 8
    assert fit([("iris", once)] * 8, repeats).fits  # nothing is recorded of it
