"""The build-by-test grid as values, before anybody draws it."""

from __future__ import annotations

from dataclasses import dataclass

from qualify.core.attempt import Attempt
from qualify.core.candidate import Build
from qualify.core.plan import Cell
from qualify.core.verdict import Decision, Status, Verdict


@dataclass(frozen=True)
class Square:
    """A cell of one build: the verdict, every attempt, and how to see it again."""

    cell: Cell
    verdict: Verdict
    attempts: tuple[Attempt, ...] = ()
    reproduce: str = ""


@dataclass(frozen=True)
class Column:
    """A build with all that is known of it. `time` is UTC, ISO 8601; `baseline` its version."""

    build: Build
    time: str
    baseline: str
    decision: Decision
    squares: dict[str, Square]


@dataclass(frozen=True)
class Grid:
    """Columns, newest first; rows are the union of all cells, in order of suite and stage."""

    target: str
    columns: tuple[Column, ...]

    def rows(self) -> tuple[Cell, ...]:
        """Every cell that any build knows, once, in the order of the newest build first."""
        seen: dict[str, Cell] = {}
        for column in self.columns:
            for identifier, square in column.squares.items():
                seen.setdefault(identifier, square.cell)
        return tuple(seen.values())

    def status(self, column: Column, cell: Cell) -> Status:
        """The status of a square; a build that does not know the cell has it not scheduled."""
        square = column.squares.get(cell.id)
        return square.verdict.status if square else Status.NOT_SCHEDULED

    def last_passed(self, column: Column, cell: Cell) -> Column | None:
        """The newest earlier build in which this cell was green."""
        earlier = self.columns[self.columns.index(column) + 1 :]
        return next((c for c in earlier if self.status(c, cell).green), None)
