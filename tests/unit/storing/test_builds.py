from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from qualify.core.errors import ConfigError, InfrastructureError
from qualify.core.matrix import Lane
from qualify.core.verdict import Decision
from qualify.storing.builds import BuildFolder, BuildShelf
from tests.fakes import LANE, build, cell, plan

OTHER = Lane("3.12")
TOP = cell("build", "build", None)
HERE, THERE = cell("wine", lane=LANE), cell("wine", lane=OTHER)


@pytest.fixture
def shelf(tmp_path: Path) -> BuildShelf:
    return BuildShelf(tmp_path / "builds")


@pytest.fixture
def folder(shelf: BuildShelf) -> BuildFolder:
    return shelf.take("one")


def test_builds_are_numbered_as_they_come(shelf):
    """The first is B0001, and the newest comes first."""
    assert [shelf.take(x).id for x in ("one", "two", "three")] == ["B0001", "B0002", "B0003"]
    assert [f.id for f in shelf.all()] == ["B0003", "B0002", "B0001"]


def test_the_same_identity_is_the_same_build(shelf):
    """A build that was seen before has its folder again."""
    first = shelf.take("one")
    shelf.take("two")
    assert shelf.take("one") == first
    assert len(shelf.all()) == 2


def test_numbers_are_not_given_twice(shelf):
    """After the newest comes the next, also beyond 9999 and beside a folder that is no build."""
    for name in ("B9999", "Backup"):
        (shelf.root / name).mkdir(parents=True)
        (shelf.root / name / "identity").write_text(name)
    assert shelf.take("y").id == "B10000"
    assert shelf.take("z").id == "B10001"


def test_many_at_once_get_a_folder_each(shelf):
    """Runs that begin at once do not share a number, and the same build is made once."""
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(shelf.take, ["a", "b", "c", "d"] * 3))
    assert len({f.id for f in taken}) == 4


def test_a_build_by_its_name(shelf):
    """A name that does not exist is answered with the nearest."""
    shelf.take("one")
    assert shelf.get("B0001").id == "B0001"
    with pytest.raises(ConfigError, match="no build 'B0002'") as caught:
        shelf.get("B0002")
    assert "B0001" in caught.value.remedy


def test_everything_of_a_build_comes_back(folder):
    """Plan, candidate, baseline and decision are read as they were saved."""
    decision = Decision("ship", "SHIP", (), {"passed": 1}, 2)
    folder.save_plan(plan(TOP, HERE))
    folder.save_candidate(build("new"))
    folder.save_baseline(build("old"))
    folder.save_decision(decision)
    assert folder.plan() == plan(TOP, HERE)
    assert (folder.candidate(), folder.baseline()) == (build("new"), build("old"))
    assert folder.decision() == decision
    assert folder.earlier() == build("new")


def test_what_was_not_saved(folder):
    """A missing plan says what to run first; a baseline or decision may be missing."""
    with pytest.raises(ConfigError, match=r"plan\.json") as caught:
        folder.plan()
    assert "qualify build" in caught.value.remedy
    assert (folder.baseline(), folder.decision(), folder.earlier()) == (None, None, None)


def test_a_broken_file_is_named(folder):
    """A damaged plan is an infrastructure error that names the file."""
    (folder.path / "plan.json").write_text("{}")
    with pytest.raises(InfrastructureError, match=r"plan\.json"):
        folder.plan()


def test_plans_of_other_lanes_are_kept(folder):
    """A run about one lane leaves the cells that another run planned on its lane."""
    folder.save_plan(plan(TOP, HERE))
    folder.save_plan(plan(TOP, THERE))
    merged = folder.plan()
    assert merged.cells == (TOP, THERE, HERE)
    assert merged.selected == (TOP.id, THERE.id)


def test_a_new_plan_of_a_lane_replaces_the_old(folder):
    """Cells that left the suites leave the plan of their lane."""
    gone = cell("gone", lane=LANE)
    folder.save_plan(plan(TOP, HERE, gone, THERE))
    folder.save_plan(plan(TOP, replace(HERE, owner="new")))
    assert folder.plan().cells == (TOP, replace(HERE, owner="new"), THERE)
