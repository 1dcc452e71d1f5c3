"""The sections behind the squares, as many as a page has room for.

A page that holds every section of a long history would not open. The newest builds and the squares
that are not green come first; what is left out, the page says.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualify.core.atlas import Atlas
from qualify.core.grid import Column
from qualify.core.overview import CODES, Overview, RowHead
from qualify.rendering.blocks import Block
from qualify.rendering.build_section import build_section
from qualify.rendering.cell_section import cell_section
from qualify.rendering.forest_section import forest_section
from qualify.rendering.packing import dumped, packed
from qualify.rendering.row_section import row_section
from qualify.rendering.text import printable
from qualify.rendering.tree_section import tree_section

BUDGET = 2_000_000
"""Bytes that a page spends on sections, as they stand in it."""
_BASE64 = 4 / 3
_LARGEST = 1_000_000  # bytes of one section's JSON; a larger one is for the command line
_BUILD, _CELLS, _ROWS, _VIEWS = "build", "cells", "rows", "views"
FOREST, TREE = "forest", "tree:"

Entry = tuple[str, str, Block]
"""Where a section is kept: its kind, its name (none of a build), itself."""


@dataclass
class Room:
    """What is left of the budget, in compressed bytes."""

    left: float
    full: bool = field(default=False)


@dataclass(frozen=True)
class Chunk:
    """Sections that are read together; `of` is a build, or "" for rows and views."""

    of: str
    data: str


def build_details(atlas: Atlas, column: Column) -> Block:
    """All sections of one build."""
    squares = column.squares.values()
    cells = {printable(s.cell.id): cell_section(atlas, column, s.cell) for s in squares}
    return {_BUILD: build_section(atlas, column), _CELLS: cells}


def row_details(atlas: Atlas, at: int) -> Block:
    """The section of the row at a place."""
    row = atlas.overview.rows[at]
    return {_ROWS: {printable(row.id): row_section(atlas, row)}}


def view_names(overview: Overview) -> list[str]:
    """The views of more than a row: all builds, and each canary that has several lanes."""
    return [
        FOREST,
        *(f"{TREE}{printable(name)}" for name, count in overview.lanes.items() if count > 1),
    ]


def view_details(atlas: Atlas, name: str) -> Block:
    """The section of a view."""
    return {_VIEWS: {name: _view(atlas, name)}}


def chunks(atlas: Atlas, budget: int = BUDGET) -> list[Chunk]:
    """The sections that fit: what is not green, then rows, then the rest, the newest first."""
    room = Room(budget / _BASE64)
    waiting = [(column.build.id, _open(atlas, column)) for column in atlas.columns]
    waiting += [("", _rows(atlas))]
    waiting += [(column.build.id, _green(atlas, column)) for column in atlas.columns]
    made = []
    for of, entries in waiting:
        data = _fitted(entries, room)
        if data:
            made.append(Chunk(printable(of), data))
        if room.full:
            break
    return made


def _view(atlas: Atlas, name: str) -> Block:
    if name == FOREST:
        return forest_section(atlas)
    known = {printable(row.name): row.name for row in atlas.overview.rows}
    return tree_section(atlas, known[name.removeprefix(TREE)])


def _open(atlas: Atlas, column: Column) -> Iterator[Entry]:
    yield _BUILD, "", build_section(atlas, column)
    for square in column.squares.values():
        if not square.verdict.status.green:
            yield _CELLS, printable(square.cell.id), cell_section(atlas, column, square.cell)


def _green(atlas: Atlas, column: Column) -> Iterator[Entry]:
    for square in column.squares.values():
        if square.verdict.status.green:
            yield _CELLS, printable(square.cell.id), cell_section(atlas, column, square.cell)


def _rows(atlas: Atlas) -> Iterator[Entry]:
    """Views, then rows' sections, those first that are the least often green."""
    for name in view_names(atlas.overview):
        yield _VIEWS, name, _view(atlas, name)
    for row in sorted(atlas.overview.rows, key=_greens(atlas.overview).__getitem__):
        yield _ROWS, printable(row.id), row_section(atlas, row)


def _greens(overview: Overview) -> dict[RowHead, int]:
    count = len(overview.builds)
    green = bytes(status.green for status in CODES).ljust(256, b"\0")
    return {
        row: sum(overview.statuses[at * count : (at + 1) * count].translate(green))
        for at, row in enumerate(overview.rows)
    }


def _fitted(entries: Iterator[Entry], room: Room) -> str:
    """Sections as packed JSON, one after another until the room is used."""
    squeeze, texts, size = zlib.compressobj(9), [], 0
    for kind, name, section in entries:
        text = dumped([kind, name, section])
        if len(text) > _LARGEST:
            continue
        size += len(squeeze.compress(text.encode()) + squeeze.flush(zlib.Z_SYNC_FLUSH))
        if size > room.left:
            room.full = True
            break
        texts.append(text)
    room.left -= size
    return packed(f"[{','.join(texts)}]".encode()) if texts else ""
