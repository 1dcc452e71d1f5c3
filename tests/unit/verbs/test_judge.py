from __future__ import annotations

from pathlib import Path

import pytest

from qualify.core.event import CellFinished, CellPlanned
from qualify.core.verdict import Status, Verdict
from qualify.storing.builds import BuildFolder
from qualify.verbs.judge import judge
from tests.fakes import TickingClock, build, cell, plan

WINE, IRIS = cell("wine"), cell("iris")
NOW = "2025-01-01T00:00:00+00:00"


@pytest.fixture
def folder(tmp_path: Path) -> BuildFolder:
    made = BuildFolder(tmp_path / "B0001")
    made.save_plan(plan(WINE, IRIS))
    made.save_candidate(build())
    for each in (WINE, IRIS):
        made.ledger.append(CellPlanned(NOW, each.id))
    return made


def finish(folder: BuildFolder, *cells, status: Status = Status.PASSED) -> None:
    for each in cells:
        verdict = Verdict(status, "x", "said")
        folder.ledger.append(CellFinished(NOW, each.id, "inputs", verdict))


def test_a_build_is_decided(folder):
    """All green ships, and decision, JUnit and summary are written."""
    finish(folder, WINE, IRIS)
    judged = judge(folder, TickingClock())
    assert judged.column.decision.answer == "ship"
    assert folder.decision() == judged.column.decision
    assert {p.name for p in folder.path.iterdir()} >= {"junit.xml", "summary.md", "decision.json"}


def test_every_planned_cell_gets_one_terminal_record(folder):
    """A cell whose process vanished is lost, said once, and never green."""
    finish(folder, WINE)
    for _ in range(2):
        judged = judge(folder, TickingClock())
        assert judged.column.squares[IRIS.id].verdict.status is Status.LOST
        assert judged.column.decision.answer == "inconclusive"
    ends = [e.cell for e in folder.ledger.events() if isinstance(e, CellFinished)]
    assert ends == [WINE.id, IRIS.id]


def test_a_part_is_not_the_build(folder):
    """Selected cells that are green do not ship a build whose other cells nobody ran."""
    folder.save_plan(plan(WINE, IRIS, cell("digits"), selected=(WINE.id, IRIS.id)))
    finish(folder, WINE, IRIS)
    judged = judge(folder, TickingClock())
    assert (judged.selected.answer, judged.column.decision.answer) == ("ship", "inconclusive")
    assert judged.partial


def test_a_red_cell_holds(folder):
    """One red cell is enough."""
    finish(folder, WINE)
    finish(folder, IRIS, status=Status.REGRESSED)
    assert judge(folder, TickingClock()).column.decision.answer == "hold"
