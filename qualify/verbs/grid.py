"""Publish: every build of the target as one page."""

from __future__ import annotations

from pathlib import Path

from qualify.core.errors import ConfigError
from qualify.core.grid import Column, Grid
from qualify.rendering.page import render_page
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.storing.files import write_text
from qualify.verbs.judge import whole
from qualify.wiring import Context


def grid(context: Context) -> Grid:
    """Every build of the target, the newest first; raises ConfigError where there is none."""
    target = context.config.target.name
    folders = [f for f in context.shelf.all() if (f.path / "candidate.json").exists()]
    columns = [_column(f) for f in folders if f.plan().target == target]
    if not columns:
        raise ConfigError(f"no build of {target} in {context.work}", "run `qualify run` first")
    newest = sorted(columns, key=lambda c: (c.time, c.build.id), reverse=True)
    return Grid(target, tuple(newest))


def publish(context: Context, drawn: Grid, path: Path | None = None) -> Path:
    """Write the page."""
    page = render_page(drawn, context.clock.now())
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
