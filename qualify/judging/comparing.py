"""Several builds side by side: what they are made of, what came of them, and what explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qualify.core.attempt import Attempt
from qualify.core.grid import Column, Square
from qualify.core.verdict import Status
from qualify.judging.contrasts import Contrasted, contrasted
from qualify.judging.factors import Factor, rank
from qualify.judging.recorded import Line, environments, lines, parameters, provenance
from qualify.judging.units import comparable, units


@dataclass(frozen=True)
class Entry:
    """A build to compare; `beside` are factors that its own record does not hold."""

    column: Column
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Amount:
    """What each build took of something; `group` is a suite, "" for all of them."""

    group: str
    name: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Standing:
    """A cell's status in each build; the reasons stand beside them."""

    cell: str
    statuses: tuple[Status, ...]
    reasons: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the builds do not all have the same status."""
        return len(set(self.statuses)) > 1


@dataclass(frozen=True)
class Comparison:
    """Builds in the order in which they were named; effects are held against the first one's."""

    columns: tuple[Column, ...]
    provenance: tuple[Line, ...]
    environment: tuple[Line, ...]
    parameters: tuple[Line, ...]
    verdicts: tuple[Standing, ...]
    metrics: tuple[Contrasted, ...]
    costs: tuple[Amount, ...]
    factors: tuple[Factor, ...]
    units: tuple[str, ...]
    left_out: tuple[str, ...]


def compare(entries: Sequence[Entry]) -> Comparison:
    """Compare two builds or more."""
    columns = tuple(entry.column for entry in entries)
    builds = [column.build for column in columns]
    every = [unit for entry in entries for unit in units(entry.column, entry.beside)]
    kept = comparable(every)
    return Comparison(
        columns,
        lines("", [provenance(e.column) | dict(e.beside) for e in entries]),
        environments(builds),
        parameters(columns),
        _verdicts(columns),
        contrasted(columns),
        _costs(columns),
        rank(kept),
        tuple(unit.name for unit in kept),
        tuple(unit.name for unit in every if unit not in kept),
    )


def _verdicts(columns: Sequence[Column]) -> tuple[Standing, ...]:
    cells = dict.fromkeys(cell for column in columns for cell in column.squares)
    return tuple(_standing(cell, [c.squares.get(cell) for c in columns]) for cell in cells)


def _standing(cell: str, squares: Sequence[Square | None]) -> Standing:
    verdicts = [square.verdict if square else None for square in squares]
    return Standing(
        cell,
        tuple(one.status if one else Status.NOT_SCHEDULED for one in verdicts),
        tuple(one.reason if one else "" for one in verdicts),
    )


_TAKEN: tuple[tuple[str, str, Callable[[Iterable[Attempt]], float]], ...] = (
    ("trainings", "", lambda ones: float(sum(1 for _ in ones))),
    ("CPU time", "min", lambda ones: sum(one.cpu_s for one in ones) / 60.0),
    ("wall-clock time", "min", lambda ones: sum(one.wall_s for one in ones) / 60.0),
    ("largest memory", "MB", lambda ones: max((one.peak_rss_mb for one in ones), default=0.0)),
)


def _costs(columns: Sequence[Column]) -> tuple[Amount, ...]:
    """What each suite took of every build, and all together first."""
    cells = [square.cell for column in columns for square in column.squares.values()]
    return tuple(
        Amount(suite, name, unit, tuple(of(_attempts(column, suite)) for column in columns))
        for suite in ("", *dict.fromkeys(cell.suite for cell in cells))
        for name, unit, of in _TAKEN
    )


def _attempts(column: Column, suite: str) -> list[Attempt]:
    mine = (s for s in column.squares.values() if suite in ("", s.cell.suite))
    return [one for square in mine for one in square.attempts]
