"""Explain: why a cell of a build is as it is."""

from __future__ import annotations

from dataclasses import dataclass

from qualify.core.atlas import Atlas
from qualify.core.errors import ConfigError, nearest
from qualify.core.grid import Column, Square
from qualify.core.matrix import matches
from qualify.verbs.pick import pick
from qualify.verbs.publishing.grid import gather
from qualify.wiring import Context

_NAMED = 5


@dataclass(frozen=True)
class Explained:
    """A cell of a build, and all else that is known beside it."""

    atlas: Atlas
    column: Column
    square: Square


def explain(context: Context, cell: str, build: str | None) -> Explained:
    """Find the cell in a build (the newest that knows it); raises ConfigError, with the nearest."""
    atlas = gather(context)
    columns = [_column(context, atlas, build)] if build else list(atlas.columns)
    names = dict.fromkeys(name for column in columns for name in column.squares)
    found = [cell] if cell in names else [name for name in names if matches(name, [cell])]
    if not found:
        where = f"build {build}" if build else "any build"
        raise ConfigError(f"there is no cell {cell!r} in {where}", nearest(cell, names))
    if len(found) > 1:
        some = ", ".join(found[:_NAMED]) + (" …" if len(found) > _NAMED else "")
        raise ConfigError(f"{cell!r} fits {len(found)} cells: {some}", "name one of them")
    column = next(column for column in columns if found[0] in column.squares)
    return Explained(atlas, column, column.squares[found[0]])


def _column(context: Context, atlas: Atlas, name: str) -> Column:
    """The build of that id, or the newest of that version, also where only the history has it."""
    version = name.partition("==")[2] or name
    found = [c for c in atlas.columns if c.build.id == name]
    found += [c for c in atlas.columns if c.build.version == version]
    return found[0] if found else pick(context, name).column
