"""The grid as the page's table shows it: days, heads, groups of rows, marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from qualify.core.grid import Column, Grid
from qualify.core.plan import Cell
from qualify.core.verdict import Status
from qualify.rendering.blocks import permalink
from qualify.rendering.evidence import brief
from qualify.rendering.palette import ANSWER_GLYPH, MEANING, slug
from qualify.rendering.text import one_line

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_HEAD = 24  # letters of a build's head


@dataclass(frozen=True)
class Day:
    """A run of builds of one day; `date` is ISO 8601, `label` is short."""

    date: str
    label: str
    span: int


@dataclass(frozen=True)
class Head:
    """A build's head: `label` for a screen reader, `tip` on hover and focus."""

    id: str
    answer: str
    glyph: str
    href: str
    label: str
    tip: str


@dataclass(frozen=True)
class Mark:
    """A square as drawn."""

    style: str
    glyph: str
    href: str
    label: str
    tip: str


@dataclass(frozen=True)
class Row:
    """A cell with its squares, newest build first."""

    name: str
    lane: str
    tip: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Group:
    """The rows of one suite."""

    suite: str
    rows: tuple[Row, ...]


def days(grid: Grid) -> tuple[Day, ...]:
    """Group consecutive builds by the day of their time (UTC)."""
    runs = groupby(grid.columns, key=lambda column: column.time[:10])
    return tuple(Day(date, _short(date), len(list(columns))) for date, columns in runs)


def heads(grid: Grid) -> tuple[Head, ...]:
    """Return the heads of the builds, newest first."""
    return tuple(_head(column) for column in grid.columns)


def groups(grid: Grid) -> tuple[Group, ...]:
    """Return the rows by suite, suites in the order in which they first appear."""
    rows = grid.rows()
    suites = dict.fromkeys(cell.suite for cell in rows)
    return tuple(
        Group(suite, tuple(_row(grid, cell) for cell in rows if cell.suite == suite))
        for suite in suites
    )


def _short(date: str) -> str:
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        return date
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _head(column: Column) -> Head:
    build, decision = column.build, column.decision
    name = f"{build.id} {build.version}"
    return Head(
        id=one_line(f"{build.id} · {build.version}", _HEAD),
        answer=decision.answer,
        glyph=ANSWER_GLYPH[decision.answer],
        href=permalink(build.id),
        label=one_line(f"{name}: {decision.answer}. {decision.sentence}"),
        tip=f"{one_line(name)}\n{one_line(decision.sentence)}\n{column.time}",
    )


def _row(grid: Grid, cell: Cell) -> Row:
    tip = "\n".join(filter(None, (cell.id, cell.about, cell.owner)))
    marks = tuple(_mark(grid, column, cell) for column in grid.columns)
    return Row(cell.name, str(cell.lane or ""), tip, marks)


def _mark(grid: Grid, column: Column, cell: Cell) -> Mark:
    status = grid.status(column, cell)
    place = f"{column.build.id} {cell.id}"
    return Mark(
        style=slug(status),
        glyph=status.glyph,
        href=permalink(column.build.id, cell.id),
        label=one_line(f"{place}: {status.value}"),
        tip="\n".join((one_line(place), *_evidence(column, cell, status))),
    )


def _evidence(column: Column, cell: Cell, status: Status) -> Iterator[str]:
    square = column.squares.get(cell.id)
    if square is None:
        yield f"{status.glyph} {status.value}: {MEANING[status]}"
        return
    verdict = square.verdict
    yield f"{status.glyph} {status.value}: {one_line(verdict.reason, 300)}"
    for one in verdict.metrics:
        yield one_line(brief(one))
    if verdict.trainings:
        yield f"{verdict.trainings} trainings"
