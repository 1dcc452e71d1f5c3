"""Simulated A/A releases: how replicates are dealt out, and that the real judge judges them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import Replicate
from qualify.core.budget import ErrorBudget
from qualify.core.canary import Judged
from qualify.core.verdict import Status
from qualify.storing.baselines import parse
from qualify.verbs.calibrating.resampling import (
    DATA,
    FEWEST,
    Deal,
    Subject,
    deal,
    fill,
    release,
    subject,
)
from tests.fakes import canary, cell

BASELINES = Path(__file__).parents[3] / "baselines" / "flaml" / "2.6.0"
LEVELS = ErrorBudget().levels(tests=20, cells=12)
MARGINS = {"breast_cancer": 0.03, "wine": 0.1, "tiny": 0.4, "imbalanced": 0.03}


def replicates(n: int, failing: tuple[int, ...] = ()) -> tuple[Replicate, ...]:
    """So many trainings with normal losses, failing at these seeds."""
    losses = np.random.default_rng(5).normal(0.3, 0.02, n)
    return tuple(
        Replicate(
            "wine",
            seed,
            f"data-{seed}",
            Outcome.ERROR if seed in failing else Outcome.OK,
            None if seed in failing else f"p-{seed}",
            {} if seed in failing else {"log_loss": float(losses[seed])},
        )
        for seed in range(n)
    )


def made(n: int = 50, failing: tuple[int, ...] = (), cap: int = 30) -> Subject:
    """A cell with so many replicates."""
    of = canary(cap=cap)
    found = subject(cell(canary=of), of, replicates(n, failing))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("n", "cap", "split"),
    [(40, 30, (20, 20)), (50, 30, (30, 20)), (60, 30, (30, 30)), (50, 20, (30, 20))],
)
def test_most_replicates_become_the_baseline(n: int, cap: int, split: tuple[int, int]):
    """The baseline gets the largest calibrated number that leaves the least cap."""
    found = made(n, cap=cap)
    assert (found.m, found.canary.cap) == split


def test_too_few_replicates_make_no_subject():
    """Both arms need their least, and what the runner spoiled does not count."""
    assert subject(cell(), canary(), replicates(FEWEST - 1)) is None
    spoiled = replace(replicates(FEWEST)[0], outcome=Outcome.INFRA)
    assert subject(cell(), canary(), (spoiled, *replicates(FEWEST)[1:])) is None


def test_no_replicate_is_dealt_twice():
    """The arms share nothing, whatever is drawn, and have seeds of their own."""
    for draw in range(20):
        dealt = deal(made(), np.random.default_rng(draw))
        losses = [r.metrics["log_loss"] for arm in dealt for r in arm]
        assert len(set(losses)) == len(losses) == 50
        for arm in dealt:
            assert [r.seed for r in arm] == list(range(len(arm)))
            assert {r.data for r in arm} == {DATA}


def test_equal_generators_deal_alike():
    """A seed names a release for good."""
    first, again = (deal(made(), np.random.default_rng(7)) for _ in range(2))
    assert first == again != deal(made(), np.random.default_rng(8))


@pytest.mark.parametrize("name", MARGINS)
def test_the_short_way_gives_the_verdicts_of_a_run(name: str):
    """Leaving out trainings that cannot decide changes nothing, on real replicates."""
    stored = parse(BASELINES / "py311-cpu-locked.jsonl").of(name)
    metrics = (Judged("log_loss", MARGINS[name]), Judged("auc", 0.03))
    of = canary(name=name, metrics=metrics if name == "imbalanced" else metrics[:1])
    found = subject(cell(name, canary=of), of, stored)
    assert found is not None
    for draw in range(4):
        dealt = deal(found, np.random.default_rng([3, draw]))
        short = fill(found, dealt, LEVELS, str(draw))
        assert short == fill(found, dealt, LEVELS, str(draw), one_by_one=True)
        assert short.status is not Status.RUNNING


def test_failures_are_judged_by_their_rate():
    """Failures that both arms have are never taken for a deterministic failure of the candidate."""
    found = made(50, failing=tuple(range(0, 50, 10)))
    codes = set()
    for draw in range(6):
        dealt = deal(found, np.random.default_rng(draw))
        verdict = fill(found, dealt, LEVELS, str(draw))
        assert verdict == fill(found, dealt, LEVELS, str(draw), one_by_one=True)
        codes.add(verdict.code)
        assert verdict.status not in {Status.FAILED, Status.TIMEOUT}
    assert codes & {"Q103", "Q002"}


def test_a_real_loss_is_found():
    """Candidates that are five standard deviations worse are red: the judge is not asleep."""
    found = made()
    for draw in range(3):
        dealt = deal(found, np.random.default_rng(draw))
        worse = tuple(
            replace(r, metrics={"log_loss": r.metrics["log_loss"] + 0.1}) for r in dealt.candidate
        )
        verdict = fill(found, Deal(dealt.baseline, worse), LEVELS, str(draw))
        assert verdict.status is Status.REGRESSED


def test_a_release_has_every_cell():
    """Each cell is dealt by itself."""
    other = replace(made(), cell=cell("iris"))
    verdicts = release([made(), other], LEVELS, np.random.default_rng(1), "1")
    assert set(verdicts) == {made().cell.id, other.cell.id}
