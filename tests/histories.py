"""Builds for tests of the history: judged folders on a disk, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from qualify.core.attempt import Attempt
from qualify.core.event import AttemptFinished, CellFinished, CellPlanned, Event
from qualify.core.grid import Column, Square
from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Answer, Status, Verdict
from qualify.storing.builds import BuildFolder
from tests import factories

_EVENT: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(ser_json_inf_nan="constants"))


def judged(column: Column, path: Path, identity: str = "", at: str = "") -> BuildFolder:
    """Write a column as the folder of a build that was judged; `at` is when it was filled."""
    folder = BuildFolder(path / column.build.id)
    cells = tuple(square.cell for square in column.squares.values())
    folder.save_plan(plan(column, cells))
    folder.save_candidate(column.build)
    folder.save_decision(column.decision)
    (folder.path / "identity").write_text(identity or column.build.version)
    write_ledger(folder, events(column, at or column.time))
    return folder


def plan(column: Column, cells: tuple[Cell, ...]) -> Plan:
    """A plan of these cells."""
    names = tuple(cell.id for cell in cells)
    made = Plan("B0001", "flaml", "a.py", "b", "new", column.baseline, "code", cells, names)
    return replace(made, build=column.build.id, candidate=column.build.source.spec)


def events(column: Column, at: str) -> Iterable[Event]:
    """What the ledger says of a column."""
    for name, square in column.squares.items():
        yield CellPlanned(at, name)
        yield from (AttemptFinished(at, attempt) for attempt in square.attempts)
        yield CellFinished(at, name, "inputs", square.verdict, square.reproduce)


def write_ledger(folder: BuildFolder, written: Iterable[Event]) -> None:
    """Append events, all at once."""
    with (folder.path / "ledger.jsonl").open("ab") as ledger:
        ledger.writelines(_EVENT.dump_json(event) + b"\n" for event in written)


def one(
    name: str,
    *squares: Square,
    day: str = "2025-01-01",
    answer: Answer = "ship",
    version: str = "",
) -> Column:
    """A build of these squares on a day."""
    return factories.column(factories.build(name, version or name, day), answer, *squares)


def square(name: str, status: Status = Status.PASSED, suite: str = "robustness") -> Square:
    """A cell with a verdict and nothing behind it."""
    cell = factories.cell(suite, name)
    return Square(cell, Verdict(status, "X001", f"{name} is {status.value}", trainings=2))


def attempted(of: Square, *attempts: Attempt) -> Square:
    """A square with attempts."""
    return replace(of, attempts=attempts)
