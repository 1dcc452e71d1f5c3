"""What pages are drawn from: the work folder's builds beside the history's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualify.config import Config
from qualify.core.grid import Column, Grid
from qualify.core.verdict import Status
from qualify.storing.builds import BuildFolder
from qualify.storing.history.history import History
from qualify.verbs.publishing.grid import gather
from qualify.verbs.publishing.remembered import NOTHING, Known, joined, remember
from qualify.wiring import Context
from tests import factories
from tests.histories import judged, one, square

EARLY, LATE = "2025-01-01", "2025-01-09"


@pytest.fixture
def told() -> list[str]:
    """What is told while the history is read."""
    return []


@pytest.fixture
def history(tmp_path: Path, told: list[str]) -> History:
    """An empty history."""
    return History.open(tmp_path / "history", cache=tmp_path / "cache", report=told.append)


def known(*columns: Column, identities: tuple[str, ...] = ()) -> Known:
    """The work folder's builds, the newest first, which are called by their versions elsewhere."""
    named = identities or tuple(column.build.version for column in columns)
    names = {c.build.id: name for c, name in zip(columns, named, strict=True)}
    return Known(Grid("flaml", columns), names)


def names(atlas) -> list[str]:
    return [head.id for head in atlas.overview.builds]


def status(atlas, build: str, row: int = 0) -> Status:
    return atlas.overview.point(row, names(atlas).index(build)).status


def test_a_work_folder_alone():
    """Without a history the work folder's builds are what is drawn."""
    atlas = joined(
        known(one("B0002", square("a"), day=LATE), one("B0001", square("a"))), NOTHING, 9
    )
    assert names(atlas) == ["B0002", "B0001"]
    assert [column.build.id for column in atlas.columns] == names(atlas)
    assert list(atlas.builds) == names(atlas)


def test_a_history_alone(history, tmp_path):
    """An empty work folder shows what the history has, with details and records."""
    for column in factories.grid().columns:
        history.add(judged(column, tmp_path))
    atlas = joined(known(), remember(history, "flaml", 9), 9)
    assert names(atlas) == ["B0003", "B0002", "B0001"]
    assert [column.build.id for column in atlas.columns] == names(atlas)
    assert list(atlas.builds) == names(atlas)


def test_the_work_folder_is_the_fresher(history, tmp_path):
    """Of a build that both have, what the work folder says is drawn, once."""
    history.add(judged(one("B0001", square("a", Status.FAILED)), tmp_path, "same"))
    mine = known(one("B0001", square("a")), identities=("same",))
    atlas = joined(mine, remember(history, "flaml", 9), 9)
    assert names(atlas) == ["B0001"]
    assert status(atlas, "B0001") is Status.PASSED
    assert atlas.columns[0].squares["robustness/a@py311-cpu-locked"].verdict.status.green


def test_one_build_under_two_names(history, tmp_path):
    """A build that another machine numbered otherwise is the one of the same identity here."""
    history.add(judged(one("B0042", square("a")), tmp_path, "same"))
    mine = known(one("B0001", square("a")), identities=("same",))
    assert names(joined(mine, remember(history, "flaml", 9), 9)) == ["B0001"]


def test_two_builds_of_one_name(history, tmp_path):
    """Another machine's B0001 gets a part of its identity; its square and details go with it."""
    history.add(judged(one("B0001", square("a", Status.FAILED)), tmp_path, "ab12cd"))
    mine = known(one("B0001", square("a"), day=LATE), identities=("ffff",))
    atlas = joined(mine, remember(history, "flaml", 9), 9)
    assert names(atlas) == ["B0001", "B0001~ab12"]
    assert status(atlas, "B0001") is Status.PASSED
    assert status(atlas, "B0001~ab12") is Status.FAILED
    assert [column.build.id for column in atlas.columns] == names(atlas)
    assert {name: build.id for name, build in atlas.builds.items()} == {n: n for n in names(atlas)}


def test_three_builds_of_one_name_whose_identities_begin_alike(history, tmp_path):
    """As many characters are shown as tell them apart."""
    history.add(judged(one("B0001", square("a")), tmp_path / "x", "ab12cd"))
    history.add(judged(one("B0001", square("a"), day="2025-01-02"), tmp_path / "y", "ab12ee"))
    mine = known(one("B0001", square("a"), day=LATE), identities=("ffff",))
    found = names(joined(mine, remember(history, "flaml", 9), 9))
    assert sorted(found) == ["B0001", "B0001~ab12", "B0001~ab12c"]


def test_the_newest_are_drawn(history, tmp_path):
    """No more builds than asked for, wherever they lie."""
    for day in range(1, 6):
        history.add(judged(one(f"B000{day}", square("a"), day=f"2025-01-0{day}"), tmp_path))
    mine = known(one("B0007", square("a"), day=LATE), one("B0006", square("a"), day=EARLY))
    atlas = joined(mine, remember(history, "flaml", 3), 3)
    assert names(atlas) == ["B0007", "B0005", "B0004"]
    assert set(atlas.builds) == set(names(atlas))


def test_the_first_bad_build_lies_in_the_history(history, tmp_path):
    """A row that is red here since a build of the history names that build."""
    for day, state in enumerate((Status.PASSED, Status.PASSED, Status.FAILED), 1):
        column = one(f"B000{day}", square("a", state), day=f"2025-01-0{day}")
        history.add(judged(column, tmp_path))
    mine = known(one("B0004", square("a", Status.FAILED), day=LATE))
    bad = joined(mine, remember(history, "flaml", 9), 9).bad
    assert [(found.good, found.build) for found in bad.values()] == [("B0002", "B0003")]


def test_a_step_lies_between_builds_of_the_history(history, tmp_path):
    """Values of both are one series: the step of the work folder's row is where it happened."""
    columns = [
        measured(f"B{day:04d}", f"2025-01-{day:02d}", 0.2 * (day > 6)) for day in range(1, 13)
    ]
    for column in columns[:-1]:
        history.add(judged(column, tmp_path))
    steps = joined(known(columns[-1]), remember(history, "flaml", 20), 20).changes
    assert [(row, [s.build for s in found]) for row, found in steps.items()] == [
        ("quality/wine@py311-cpu-locked", ["B0007"])
    ]


def measured(name: str, day: str, shift: float) -> Column:
    """A build with a measured row."""
    base = square("wine", suite="quality")
    verdict = replace(base.verdict, metrics=(factories.evidence(shift=shift),))
    return one(name, replace(base, verdict=verdict), day=day)


def test_one_broken_bundle_costs_its_details_alone(history, tmp_path, told):
    """What the index knows of it is drawn; the message names the build, the file and the remedy."""
    history.add(judged(one("B0001", square("a"), day=EARLY), tmp_path))
    broken = history.add(judged(one("B0002", square("a"), day=LATE), tmp_path)).digest
    history.overview("flaml")
    path = Path(history.shelf.where(broken))
    path.write_bytes(path.read_bytes()[:-9])
    atlas = joined(known(), remember(history, "flaml", 9), 9)
    assert names(atlas) == ["B0002", "B0001"]
    assert [column.build.id for column in atlas.columns] == ["B0001"]
    assert told[0].startswith(f"B0002 is drawn without its details: bundle {path} is torn")
    assert "add the build again" in told[0]


def test_a_history_that_does_not_answer_is_left_out(tmp_path, told):
    """The work folder is drawn, and why there is no more is told."""
    (tmp_path / "blocked").write_text("a file where a folder should be")
    config = Config.model_validate({"target": {"name": "flaml"}, "history": {"url": "blocked"}})
    folder = judged(one("B0001", square("a")), tmp_path / ".qualify" / "builds")
    assert isinstance(folder, BuildFolder)
    atlas = gather(Context(config, tmp_path, told.append))
    assert names(atlas) == ["B0001"]
    assert told[0].startswith("drawn without the history: cannot write")
