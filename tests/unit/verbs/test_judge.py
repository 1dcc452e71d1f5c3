from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualify.core.errors import EvidenceError
from qualify.core.event import CellFinished, CellPlanned
from qualify.core.verdict import FailureEvidence, MetricEvidence, Status, Verdict
from qualify.storing.builds import BuildFolder, BuildShelf
from qualify.verbs.judge import judge, since_anchor
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


def shown(alpha: float, against: str = "baseline", places: tuple[int, ...] = ()) -> MetricEvidence:
    """Evidence of a metric at this share of the error budget."""
    return MetricEvidence(
        "log_loss",
        "nat",
        Status.PASSED,
        "Q002",
        "shown within the margin",
        against=against,
        seeds=tuple(range(len(places))),
        candidate=(0.3,) * len(places),
        baseline=(0.3,) * 50,
        alpha=alpha,
        places=places,
    )


def passed(folder: BuildFolder, of, *metrics: MetricEvidence, **more: object) -> None:
    verdict = Verdict(Status.PASSED, "Q002", "fine", metrics, **more)
    folder.ledger.append(CellFinished(NOW, of.id, "inputs", verdict))


def test_cells_that_were_judged_with_another_number_of_tests_are_refused(folder):
    """K that changes in the middle leaves shares that do not add up: no decision is made."""
    share = folder.plan().levels.metric
    passed(folder, WINE, shown(share))
    passed(folder, IRIS, shown(2 * share))
    with pytest.raises(EvidenceError, match="whose K is 2") as caught:
        judge(folder, TickingClock())
    assert IRIS.id in caught.value.message
    assert "qualify run" in caught.value.remedy
    assert folder.decision() is None


def test_cells_of_one_number_of_tests_are_decided(folder):
    """Equal shares are those of the plan, and the decision is made."""
    share = folder.plan().levels.metric
    passed(folder, WINE, shown(share))
    passed(folder, IRIS, shown(share))
    assert judge(folder, TickingClock()).column.decision.answer == "ship"


def many(folder: BuildFolder, **changes: object) -> list:
    cells = [cell(f"c{i}") for i in range(40)]
    folder.save_plan(plan(*cells, **changes))
    folder.ledger.append(CellPlanned(NOW, WINE.id))
    return cells


def test_what_all_cells_show_together_holds(folder):
    """Green cells whose first trainings fail more often than the baselines' hold the build."""
    for i, of in enumerate(many(folder)):
        early = int(i % 3 == 0)
        counts = FailureEvidence(early, 5, 0, 50, 0.001, 0.45, early=(early, 2))
        passed(folder, of, failures=counts)
    decision = judge(folder, TickingClock()).column.decision
    assert decision.answer == "hold"
    assert decision.sentence == "HOLD: all cells together show failures spread over the cells"
    assert folder.decision() == decision


@pytest.fixture
def releases(tmp_path: Path) -> list[BuildFolder]:
    """Twenty builds against one anchor, each a little worse than the one before."""
    folders = []
    for day in range(20):
        folder = BuildShelf(tmp_path).take(f"identity-{day}")
        folder.save_plan(plan(WINE, anchor="0.9", build=folder.id))
        made = build()
        time = f"2025-01-{day + 1:02}T00:00:00+00:00"
        folder.save_candidate(replace(made, provenance=replace(made.provenance, time=time)))
        share = folder.plan().levels.metric
        places = tuple(min(50, 25 + day + step) for step in (-4, -2, 0, 2, 4, 1))
        passed(folder, WINE, shown(share), shown(share, "anchor", places))
        folders.append(folder)
    return folders


def test_a_ratchet_since_the_anchor_holds(releases):
    """Losses too small for one release add up over the builds that had the same anchor."""
    newest = releases[-1]
    assert len(since_anchor(newest)) == 19
    decision = judge(newest, TickingClock()).column.decision
    assert decision.answer == "hold"
    assert [f.code for f in decision.findings if f.weight == "hold"] == ["R006"]
    early = judge(releases[2], TickingClock()).column.decision
    assert early.answer == "ship"


def test_builds_of_another_anchor_or_after_this_one_do_not_count(releases):
    """A chart has the builds before this one, since the anchor that they share."""
    assert len(since_anchor(releases[5])) == 5
    moved = releases[3]
    moved.save_plan(replace(moved.plan(), anchor="1.0"))
    assert len(since_anchor(releases[5])) == 4
    assert since_anchor(moved) == []
