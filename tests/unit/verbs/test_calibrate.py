"""The self-test: what its goals say, and how a simulated release is decided."""

from __future__ import annotations

import numpy as np
import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import Baseline, Replicate
from qualify.core.errors import BaselineError
from qualify.core.verdict import Status, Verdict
from qualify.datasets.splits import BundledDatasets
from qualify.verbs.calibrating import calibrate
from qualify.verbs.calibrating.calibrate import Asked, simulate, whole
from qualify.verbs.calibrating.calibration import Calibration, Simulated, TrainedBuild
from tests.fakes import LANE, build, canary, cell, plan


def calibration(held: int, total: int, *builds: TrainedBuild) -> Calibration:
    simulated = Simulated(total, 12, (), held, held, (), {"passed": 12 * total}, 90 * total)
    return Calibration(0.05, simulated if total else None, builds, 0.9)


def trained(answer: str, identical: int = 3, compared: int = 3) -> TrainedBuild:
    return TrainedBuild(1, answer, "", (), identical, compared, 7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "total", "kept"), [(0, 200, True), (12, 200, True), (17, 200, False), (1, 1, True)]
)
def test_only_a_shown_excess_is_a_miss(held: int, total: int, kept: bool):
    """The lower bound of 12 of 200 lies below 0.05, that of 17 of 200 above it."""
    found = calibration(held, total)
    assert found.kept is kept
    goal = found.goals[0]
    assert goal.value == held / total <= goal.bound


def test_every_kind_of_release_has_its_goal():
    """What was not asked for has none."""
    assert [g.name for g in calibration(0, 0, trained("ship")).goals] == ["trained builds held"]
    assert len(calibration(0, 10).goals) == 2
    assert calibration(0, 10, trained("hold")).goals[-1].value == 1.0


def test_identity_counts_what_differs():
    """Over all trained builds together."""
    found = calibration(0, 0, trained("ship", 3, 3), trained("ship", 5, 9))
    assert (found.identity.failed, found.identity.total) == (4, 12)


def test_a_red_cell_holds_a_simulated_release():
    """The decision is that of real builds."""
    wine, iris = cell("wine"), cell("iris")
    passed, red = (Verdict(s, "Q002", "") for s in (Status.PASSED, Status.REGRESSED))
    of = plan(wine, iris)
    assert whole(of, {wine.id: passed, iris.id: passed}).answer == "ship"
    assert whole(of, {wine.id: passed, iris.id: red}).answer == "hold"


def reviewed(n: int) -> Baseline:
    """A baseline of the wine canary, on today's data."""
    losses = np.random.default_rng(2).normal(0.3, 0.01, n)
    data = [BundledDatasets().split("wine", seed).digest if not seed else "" for seed in range(n)]
    rows = tuple(
        Replicate("wine", s, data[s], Outcome.OK, f"p{s}", {"log_loss": float(losses[s])})
        for s in range(n)
    )
    return Baseline("tinyml", "1.0", str(LANE), build().provenance, (), rows)


def test_unchanged_releases_are_simulated():
    """Every selected canary is judged in every release, and progress is told."""
    of, told = plan(cell("wine", canary=canary(cap=20))), []
    stored = {"baseline": reviewed(40)}
    found = simulate(of, lambda _: stored, Asked(releases=4), lambda *at: told.append(at))
    assert (found.releases, found.cells, sum(found.statuses.values())) == (4, 1, 4)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    again = simulate(of, lambda _: stored, Asked(releases=4), lambda *_: None)
    assert again == found


def test_too_few_replicates_are_refused():
    """Without any cell to simulate there is an error with a remedy, not a clean bill."""
    of = plan(cell("wine", canary=canary(cap=20)))
    with pytest.raises(BaselineError, match="quality/wine") as caught:
        simulate(of, lambda _: {"baseline": reviewed(39)}, Asked(), lambda *_: None)
    assert "--replicates" in caught.value.remedy


def test_side_by_side_canaries_are_left_out():
    """What has no stored replicates cannot be dealt out."""
    of = plan(cell("wine", canary=canary(interleaved=True)))
    with pytest.raises(BaselineError, match="none is judged by stored ones"):
        simulate(of, lambda _: {"baseline": reviewed(40)}, Asked(), lambda *_: None)


def test_a_trained_build_shares_what_was_built(tmp_path):
    """Its folder has builds of its own, and the caches of the work folder."""
    from qualify.config import Config
    from qualify.wiring import Context

    context = Context(Config(), tmp_path, print)
    own = calibrate.beside(context, 2)
    assert own.work == context.work / "calibration" / "A02"
    assert (own.work / "wheels").resolve() == context.work / "wheels"
    assert own.shelf.root != context.shelf.root
    assert own.config.target.candidate == context.config.target.baseline
    calibrate.beside(context, 2)  # an interrupted one goes on
