"""Publish: every build of the target as one page, or as a folder for a web server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from qualify.core.atlas import Atlas
from qualify.core.errors import ConfigError, QualifyError
from qualify.core.grid import Column, Grid
from qualify.rendering.page import render_page
from qualify.rendering.site import render_site
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.storing.files import write_text
from qualify.verbs.judge import whole
from qualify.verbs.publishing.neighbours import Others, elsewhere, neighbours
from qualify.verbs.publishing.remembered import BUILDS, NOTHING, Known, Remembered, joined, remember
from qualify.wiring import Context

_READ = ("ledger.jsonl", "plan.json", "candidate.json", "decision.json")
Stamp = tuple[int, ...]


@dataclass
class Seen:
    """Columns that were read before, by their folders, with the files' sizes and times then."""

    columns: dict[Path, tuple[Stamp, Column]] = field(default_factory=dict)

    def column(self, folder: BuildFolder) -> Column:
        """A build's column, read again only where a file of it has changed."""
        stamp, known = stamp_of(folder), self.columns.get(folder.path)
        if known is None or known[0] != stamp:
            known = self.columns[folder.path] = (stamp, _column(folder))
        return known[1]


def gather(context: Context, seen: Seen | None = None, builds: int = BUILDS) -> Atlas:
    """All that pages are drawn from: the work folder's builds beside the history's newest.

    Of other targets only what the grid shows. Raises ConfigError where there is no build.
    """
    seen, target = seen or Seen(), context.config.target.name
    history, others = _history(context, builds)
    found = joined(_known(context, seen), history, builds)
    if not found.overview.builds:
        raise ConfigError(f"no build of {target} in {context.work}", "run `qualify run` first")
    return replace(found, others=neighbours(target, folders(context), others, seen.column))


def _history(context: Context, builds: int) -> tuple[Remembered, Others]:
    """What the history has of the target and of others; one that does not answer is left out."""
    target = context.config.target.name
    try:
        opened = context.history()
        return remember(opened, target, builds), elsewhere(opened, target)
    except QualifyError as error:
        context.report(f"drawn without the history: {error.message}; {error.remedy}")
        return NOTHING, {}


def grid(context: Context) -> Grid:
    """The work folder's builds, the newest first; raises ConfigError where there is none."""
    found = _known(context, Seen()).grid
    if not found.columns:
        raise ConfigError(
            f"no build of {found.target} in {context.work}", "run `qualify run` first"
        )
    return found


def _known(context: Context, seen: Seen) -> Known:
    target = context.config.target.name
    mine = [folder for folder in folders(context) if folder.plan().target == target]
    columns = [seen.column(folder) for folder in mine]
    newest = sorted(columns, key=lambda c: (c.time, c.build.id), reverse=True)
    names = {folder.id: (folder.path / "identity").read_text() for folder in mine}
    return Known(Grid(target, tuple(newest)), names)


def folders(context: Context) -> list[BuildFolder]:
    """The builds of the work folder that came far enough to be drawn."""
    return [f for f in context.shelf.all() if (f.path / "candidate.json").exists()]


def stamp_of(folder: BuildFolder) -> Stamp:
    """The sizes and times of a build's files: equal ones mean that nothing was written."""
    found = [path.stat() for name in _READ if (path := folder.path / name).exists()]
    return tuple(number for one in found for number in (one.st_size, one.st_mtime_ns))


def publish(context: Context, shown: Atlas, path: Path | None = None) -> Path:
    """Write the page; where `path` names a folder, one that a web server can serve."""
    if path is not None and path.is_dir():
        return render_site(shown, context.clock.now(), path)
    page = render_page(shown, context.clock.now())
    return write_text(path or context.work / "grid.html", page)


def _column(folder: BuildFolder) -> Column:
    """A build's column; what nobody judged yet is decided by what is known so far."""
    decision = folder.decision() or whole(folder, verdicts(folder.ledger.events()))
    return column(folder, decision)


def current(context: Context) -> str:
    """The build that was planned last; raises ConfigError."""
    path = context.work / "current"
    if not path.exists():
        raise ConfigError(f"there is no build in {context.work}", "run `qualify run` first")
    return path.read_text()
