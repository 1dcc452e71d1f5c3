"""What lies before a run: its cells, their trainings and their seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualify.config import Config, Target
from qualify.core.attempt import Attempt, Outcome
from qualify.core.errors import CandidateError
from qualify.core.event import AttemptFinished, CellFinished
from qualify.core.verdict import Status, Verdict
from qualify.storing.builds import BuildFolder
from qualify.verbs.planning.forecast import CellForecast, Forecast
from qualify.verbs.planning.intended import baseline_version
from qualify.verbs.seen import seen
from qualify.wiring import Context
from tests.fakes import LANE, build, cell, plan

NOW = "2025-01-01T00:00:00+00:00"
WINE, FREE = cell("wine"), cell("wine", lane=replace(LANE, mode="free"))


def context(root: Path, baseline: str = "tinyml==1.0") -> Context:
    config = Config(target=Target(name="tinyml", baseline=baseline))
    return Context(config, root, print)


def folder(of: Context, identity: str, baseline: str = "./old") -> BuildFolder:
    made = of.shelf.take(identity)
    made.save_plan(plan(WINE, FREE, baseline=baseline))
    made.save_candidate(build())
    made.save_baseline(build("baseline"))
    return made


def finish(made: BuildFolder, name: str, trainings: int, *identical: bool) -> None:
    verdict = Verdict(Status.PASSED, "Q001", "", trainings=trainings, identical=identical)
    made.ledger.append(CellFinished(NOW, name, "", verdict))


def train(made: BuildFolder, name: str, seconds: float, outcome: Outcome = Outcome.OK) -> None:
    attempt = Attempt(name, "candidate", 0, 1, "t", outcome, wall_s=seconds)
    made.ledger.append(AttemptFinished(NOW, attempt))


def forecast(*cells: CellForecast) -> Forecast:
    levels = plan(WINE).levels
    return Forecast(levels, "1.0", "", 0, None, cells)


def stored(name: str, seconds: float | None = 2.0) -> CellForecast:
    return CellForecast(name, "stored", "baseline", 2.0, 8.0, 20.0, seconds)


def test_shares_mix_the_costs():
    """Of untouched cells two trainings, of others eight; seconds follow."""
    both = forecast(stored("a"), stored("b"))
    assert (both.total(1.0).trainings, both.total(0.0).trainings) == (4.0, 16.0)
    assert both.total(0.75).trainings == pytest.approx(7.0)
    assert both.total(0.75).seconds == pytest.approx(14.0)


def test_unknown_seconds_make_no_total():
    """A sum without one of its parts would be too small; a cell that costs nothing is none."""
    assert forecast(stored("a"), stored("b", None)).total(1.0).seconds is None
    skipped = CellForecast("c", "skipped", "baseline", 0.0, 0.0, 0.0, None)
    assert forecast(stored("a"), skipped).total(1.0).seconds == 4.0


def test_earlier_builds_are_read(tmp_path: Path):
    """Mean trainings, median seconds of those that ended well, and the untouched share."""
    of = context(tmp_path)
    one, two = folder(of, "one"), folder(of, "two")
    finish(one, WINE.id, 2, True, True)
    finish(two, WINE.id, 8, False, False, False)
    finish(two, FREE.id, 5, False, False, False)
    for seconds in (1.0, 3.0, 2.0):
        train(one, WINE.id, seconds)
    train(one, WINE.id, 99.0, Outcome.TIMEOUT)
    found = seen(of)
    assert found.builds == 2
    assert found.trainings == {WINE.id: 5.0, FREE.id: 5.0}
    assert found.untouched == 0.5
    assert found.seconds_of(WINE.id) == 2.0
    assert found.seconds_of(FREE.id) == 2.0, "its canary on another lane"
    assert found.seconds_of("quality/iris@x") == 2.0, "any training"


def test_an_empty_folder_tells_nothing(tmp_path: Path):
    """No build, no time, no share."""
    found = seen(context(tmp_path))
    assert (found.builds, found.untouched, found.seconds_of(WINE.id)) == (0, None, None)


def test_other_targets_do_not_count(tmp_path: Path):
    """A work folder may hold builds of more than one package."""
    of = context(tmp_path)
    made = folder(of, "one")
    made.save_candidate(build(target="other"))
    finish(made, WINE.id, 2, True, True)
    assert seen(of).builds == 0


def test_the_version_is_read_off_the_spec(tmp_path: Path):
    """An index's version, a wheel's and an sdist's stand in their names."""
    wheel, sdist = tmp_path / "tinyml-1.4-py3-none-any.whl", tmp_path / "tinyml-1.3.tar.gz"
    for path in (wheel, sdist):
        path.touch()
    assert baseline_version(context(tmp_path)) == "1.0"
    assert baseline_version(context(tmp_path, str(wheel))) == "1.4"
    assert baseline_version(context(tmp_path, str(sdist))) == "1.3"
    with pytest.raises(CandidateError):
        baseline_version(context(tmp_path, "tinyml>=1"))


def test_a_tree_has_the_version_that_it_was_built_as(tmp_path: Path):
    """Else the only one whose baseline is committed; else none is known."""
    tree = tmp_path / "tree"
    tree.mkdir()
    of = context(tmp_path, str(tree))
    assert baseline_version(of) is None
    for version in ("1.7", "1.8"):
        path = tmp_path / "baselines" / "tinyml" / version / f"{LANE}.jsonl"
        path.parent.mkdir(parents=True)
        path.touch()
        assert baseline_version(of) == ("1.7" if version == "1.7" else None)
    folder(of, "one", baseline=str(tree))
    assert baseline_version(of) == "1.0"
