from __future__ import annotations

from pathlib import Path

import pytest

from qualify.core.attempt import Training
from qualify.core.event import AttemptFinished, CellFinished, CellKept, CellPlanned, CellStarted
from qualify.core.verdict import Decision, Status, Verdict
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from tests.fakes import LANE, ScriptedTrainer, build, canary, cell, plan

NOW = "2025-01-01T00:00:00+00:00"
GREEN, RED = Verdict(Status.PASSED, "x", "fine"), Verdict(Status.FAILED, "x", "broken")
PLANNED, KEPT = CellPlanned(NOW, "c"), CellKept(NOW, "c")
STARTED = CellStarted(NOW, "c", 1)


def finished(verdict: Verdict = GREEN, name: str = "c") -> CellFinished:
    return CellFinished(NOW, name, "inputs", verdict, "nox")


HISTORIES = {
    "planned": ([PLANNED], Status.RUNNING),
    "started": ([PLANNED, STARTED], Status.RUNNING),
    "finished": ([PLANNED, STARTED, finished()], Status.PASSED),
    "kept": ([PLANNED, finished(RED), PLANNED, KEPT], Status.FAILED),
    "again": ([PLANNED, finished(RED), PLANNED, finished()], Status.PASSED),
    "cut": ([PLANNED, finished(), PLANNED, STARTED], Status.RUNNING),
    "kept of nothing": ([PLANNED, KEPT], Status.RUNNING),
    "never planned": ([finished()], Status.PASSED),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_a_cell_is_what_its_last_events_say(history):
    """Planned and without a terminal record since, a cell is open: an old green does not count."""
    events, status = HISTORIES[history]
    assert verdicts(events)["c"].status is status


def test_no_events_no_cells():
    """What was never planned is nowhere."""
    assert verdicts([]) == {}


def test_a_column_is_made_of_files(tmp_path: Path):
    """Squares have verdict, attempts and command; cells that no run planned have no square."""
    wine, iris = cell("wine"), cell("iris")
    folder = BuildFolder(tmp_path / "B0001")
    folder.save_plan(plan(wine, iris))
    folder.save_candidate(build())
    environment = build().environments[str(LANE)]
    training = Training(wine.id, "candidate", canary())
    attempt = ScriptedTrainer().train(training, build(), environment)
    for event in (
        CellPlanned(NOW, wine.id),
        AttemptFinished(NOW, attempt),
        finished(GREEN, wine.id),
        finished(GREEN, "a cell that left the suites"),
    ):
        folder.ledger.append(event)
    made = column(folder, Decision("ship", "SHIP", (), {}, 1))
    assert list(made.squares) == [wine.id]
    square = made.squares[wine.id]
    assert (square.verdict, square.attempts, square.reproduce) == (GREEN, (attempt,), "nox")
    assert (made.time, made.baseline) == ("2025-01-01", "./old")
