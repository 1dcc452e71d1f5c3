"""What the history's commands do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qualify.core.errors import ConfigError, DiskFullError, QualifyError
from qualify.core.grid import Column
from qualify.core.overview import Overview
from qualify.storing.builds import BuildFolder
from qualify.wiring import Context

if TYPE_CHECKING:
    from qualify.storing.history.checking import Trouble
    from qualify.storing.history.history import Added, History
    from qualify.storing.history.index import CaughtUp
    from qualify.storing.history.retention import Thinned
    from qualify.storing.history.shelf import Shelf
    from qualify.storing.history.sync import Carried, Store

Direction = Literal["push", "pull"]


@dataclass(frozen=True)
class Listed:
    """What a history holds of a target, and which builds are contradicted."""

    overview: Overview
    disputed: tuple[str, ...]


def record(context: Context, folder: BuildFolder) -> None:
    """Add a judged build; trouble is told and keeps nobody from the decision."""
    try:
        context.history().add(folder)
    except QualifyError as error:
        context.report(f"{folder.id} is not in the history: {error.message}")
        context.report("its files are kept; `qualify history add` adds it later")


def add(context: Context, paths: tuple[Path, ...]) -> tuple[list[Added], list[str]]:
    """Add builds' folders and bundles' files; without any, every judged build of the work folder.

    What was added, and why the rest was not: one that is broken keeps none of the others out.
    Raises ConfigError for what is neither.
    """
    judged = [folder.path for folder in reversed(context.shelf.all()) if folder.decision()]
    for path in paths:
        if not path.is_file() and not (path / "ledger.jsonl").is_file():
            raise ConfigError(
                f"{path} is neither a build's folder nor a bundle", "name a folder such as B0001"
            )
    history = context.history()
    tried = [_tried(history, path) for path in paths or judged]
    return (
        [one for one in tried if not isinstance(one, str)],
        [one for one in tried if isinstance(one, str)],
    )


def _tried(history: History, path: Path) -> Added | str:
    try:
        return history.add(path)
    except DiskFullError:
        raise
    except QualifyError as error:
        return f"{path}: {error.message}; {error.remedy}"


def listed(context: Context, builds: int, since: str, rows: tuple[str, ...]) -> Listed:
    """The newest builds of the configured target."""
    from qualify.storing.history.choosing import Limits

    found = context.history().read(context.config.target.name, Limits(builds, since, rows))
    heads = {head.identity: head.id for head in found.overview.builds}
    disputed = {heads[one.identity] for one in found.disagreements}
    return Listed(found.overview, tuple(sorted(disputed)))


def show(context: Context, build: str) -> tuple[Column, tuple[str, ...]]:
    """A build, and the bundles that it comes from; raises ConfigError."""
    history, target = context.history(), context.config.target.name
    return history.column(build, target), history.standing(build, target)


def verify(context: Context) -> list[Trouble]:
    """Read everything, and say what is wrong."""
    from qualify.storing.history.checking import troubles

    return list(troubles(context.history()))


def rebuild(context: Context) -> CaughtUp:
    """Derive the index again."""
    return context.history().rebuild()


def prune(context: Context, builds: int | None, days: int | None, *, really: bool) -> list[Thinned]:
    """Thin what the retention policy says, or say what it would be."""
    from qualify.storing.history.retention import Retention, thin

    settings = context.config.history
    keep = Retention(
        settings.builds if builds is None else builds, settings.days if days is None else days
    )
    return thin(context.history(), keep, context.clock.now(), really=really)


def export(context: Context, table: str, path: Path, *, everything: bool) -> int:
    """Write a table of all bundles to a file; returns its rows."""
    from qualify.storing.history.exporting import export as written

    target = None if everything else context.config.target.name
    return written(context.history(), table, path, target)


def carry(context: Context, direction: Direction, place: str, repository: Path | None) -> Carried:
    """Push to or pull from a git branch, a folder or a URL; only what is missing there."""
    from qualify.storing.history import sync

    history = context.history()
    move: Callable[[Shelf, Store, set[str]], Carried] = getattr(sync, direction)
    store = _store(context, place, repository or context.root)
    return move(history.shelf, store, history.thinned())


def _store(context: Context, place: str, repository: Path) -> Store:
    """A folder or a URL where one is named, else the branch of the configured remote."""
    from qualify.storing.history.gitbranch import GitBranch
    from qualify.storing.history.shelf import Shelf
    from qualify.storing.history.sync import ShelfStore

    cache = context.work / "cache" / "carried"
    if place:
        return ShelfStore(Shelf(place, cache))
    settings = context.config.history
    return GitBranch(repository, settings.remote, settings.branch, cache)
