"""The targets beside the one that is drawn: what the grid of each shows, and no details."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from qualify.core.atlas import Atlas, Neighbour
from qualify.core.grid import Column, Grid
from qualify.core.overview import Overview
from qualify.rendering.forest_section import BUILDS
from qualify.storing.builds import BuildFolder
from qualify.storing.history.choosing import Limits
from qualify.storing.history.history import History
from qualify.verbs.publishing.remembered import Known, merged
from qualify.wiring import Context

Others = Mapping[str, Overview]


def elsewhere(history: History, target: str) -> Others:
    """The newest builds of every other target that a history has."""
    names = (name for name in history.targets() if name != target)
    return {name: history.read(name, Limits(BUILDS)).overview for name in names}


def neighbours(
    target: str,
    folders: Iterable[BuildFolder],
    history: Others,
    column: Callable[[BuildFolder], Column],
) -> tuple[Neighbour, ...]:
    """Every other target; of its builds in the work folder only those that no history has are read.

    A history answers for hundreds of builds in the time that it takes to read one ledger.
    """
    here: dict[str, list[BuildFolder]] = {name: [] for name in history}
    for folder in folders:
        here.setdefault(folder.plan().target, []).append(folder)
    here.pop(target, None)
    empty = Overview("", (), (), b"")
    found = (_of(name, here[name], history.get(name, empty), column) for name in sorted(here))
    return tuple(Neighbour(one) for one in found if one.builds)


def at_home(context: Context, target: str) -> Context:
    """The same work folder and history for another target."""
    of = context.config.target.model_copy(update={"name": target})
    return replace(context, config=context.config.model_copy(update={"target": of}))


def linked(atlas: Atlas, pages: Mapping[str, str]) -> Atlas:
    """Say where the others' pages are."""
    others = (replace(one, page=pages.get(one.overview.target, "")) for one in atlas.others)
    return replace(atlas, others=tuple(others))


def _of(
    name: str,
    folders: Iterable[BuildFolder],
    history: Overview,
    column: Callable[[BuildFolder], Column],
) -> Overview:
    remembered = {head.identity for head in history.builds}
    names = {folder: (folder.path / "identity").read_text() for folder in folders}
    mine = [folder for folder, identity in names.items() if identity not in remembered]
    columns = sorted(map(column, mine), key=lambda c: (c.time, c.build.id), reverse=True)
    known = Known(Grid(name, tuple(columns)), {folder.id: names[folder] for folder in mine})
    return merged(known, history, BUILDS)
