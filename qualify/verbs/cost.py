"""Cost: what a build's cells took, by suite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qualify.core.event import AttemptFinished, CellFinished, Event
from qualify.core.plan import Cell
from qualify.wiring import Context


@dataclass(frozen=True)
class Cost:
    """What a suite took: both arms' trainings, their CPU and their wall-clock seconds."""

    suite: str
    cells: int
    trainings: int
    cpu_s: float
    wall_s: float


def cost(context: Context, build: str | None) -> tuple[Cost, ...]:
    """Read the costs of a build (the current one) off its ledger; raises ConfigError."""
    folder = context.shelf.get(build or (context.work / "current").read_text())
    return costs(folder.plan().cells, folder.ledger.events())


def costs(cells: Iterable[Cell], events: Iterable[Event]) -> tuple[Cost, ...]:
    """Add up the attempts of each suite; a suite that no cell of was filled in is left out."""
    suite_of = {cell.id: cell.suite for cell in cells}
    seen = list(events)
    filled = {e.cell for e in seen if isinstance(e, CellFinished) and e.cell in suite_of}
    attempts = [e.attempt for e in seen if isinstance(e, AttemptFinished)]
    found = []
    for suite in dict.fromkeys(suite_of[cell] for cell in suite_of if cell in filled):
        mine = [a for a in attempts if suite_of.get(a.cell) == suite]
        number = sum(suite_of[cell] == suite for cell in filled)
        cpu, wall = sum(a.cpu_s for a in mine), sum(a.wall_s for a in mine)
        found.append(Cost(suite, number, len(mine), round(cpu, 1), round(wall, 1)))
    return tuple(found)
