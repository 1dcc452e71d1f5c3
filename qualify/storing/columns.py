"""From ledgers to the grid: columns are derived, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from qualify.core.attempt import Attempt
from qualify.core.event import AttemptFinished, CellFinished, CellKept, CellPlanned, Event
from qualify.core.grid import Column, Square
from qualify.core.verdict import Decision, Status, Verdict
from qualify.storing.builds import BuildFolder

OPEN = Verdict(Status.RUNNING, "L000", "not decided yet")


def verdicts(events: Iterable[Event]) -> dict[str, Verdict]:
    """The verdict of every cell that was ever planned; one without a terminal record is running."""
    finished: dict[str, Verdict] = {}
    latest: dict[str, Verdict] = {}
    for event in events:
        if isinstance(event, CellPlanned):
            latest[event.cell] = OPEN
        elif isinstance(event, CellFinished):
            finished[event.cell] = latest[event.cell] = event.verdict
        elif isinstance(event, CellKept):
            latest[event.cell] = finished.get(event.cell, OPEN)
    return latest


def column(folder: BuildFolder, decision: Decision) -> Column:
    """Everything known of a build, as the grid wants it."""
    events = list(folder.ledger.events())
    plan = folder.plan()
    build = folder.candidate()
    found = verdicts(events)
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for event in events:
        if isinstance(event, AttemptFinished):
            attempts[event.attempt.cell].append(event.attempt)
    reproduce = {e.cell: e.reproduce for e in events if isinstance(e, CellFinished)}
    squares = {
        cell.id: Square(cell, found[cell.id], tuple(attempts[cell.id]), reproduce.get(cell.id, ""))
        for cell in plan.cells
        if cell.id in found
    }
    return Column(build, build.provenance.time, plan.baseline, decision, squares)
