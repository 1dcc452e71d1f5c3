"""`qualify history`: what is kept of builds, and what is known from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from qualify.cli.options import placed, reader
from qualify.core.errors import ExitCode
from qualify.core.grid import Column
from qualify.core.overview import CODES, Overview
from qualify.verbs import history as verbs
from qualify.wiring import Context

F = TypeVar("F", bound=Callable[..., Any])
_TABLES = ("results", "metrics", "attempts")


def _placed(function: F) -> F:
    """Add the options of every command here."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return placed(as_json(function))


def _ready(config: Path | None, work: str | None) -> Context:
    def say(message: str) -> None:
        click.echo(message, err=True)

    return reader({"config": config, "work": work}, say)


def _json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, default=str))


@click.group()
def history() -> None:
    """Keep judged builds as immutable bundles, and find them again.

    \b
    Examples:
      qualify history list
      qualify history add .qualify/builds/B0042
      qualify history push                 to the branch qualify-history of origin
      qualify history export results.parquet
    """  # noqa: D301


@history.command("list")
@click.option("--builds", default=20, show_default=True, type=click.IntRange(1), help="At most.")
@click.option("--since", default="", metavar="DATE", help="None before it, such as 2025-01-31.")
@click.option("--select", multiple=True, metavar="GLOB", help="Count these cells only.")
@_placed
def list_(
    *,
    builds: int,
    since: str,
    select: tuple[str, ...],
    as_json: bool,
    config: Path | None,
    work: str | None,
) -> None:
    """List the newest builds of the target, with their decisions.

    \b
    Examples:
      qualify history list --since 2025-01-01
      qualify history list --select 'quality/*' --json
    """  # noqa: D301
    found = verbs.listed(_ready(config, work), builds, since, select)
    if as_json:
        heads = [asdict(h) | {"counts": _counts(found.overview, h.id)} for h in _heads(found)]
        _json({"target": found.overview.target, "builds": heads, "disputed": found.disputed})
        return
    table = Table("build", "version", "time", "decision", "cells", box=None)
    for head in _heads(found):
        counts = _counts(found.overview, head.id)
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        mark = " (bundles disagree)" if head.id in found.disputed else ""
        table.add_row(head.id, head.version, head.time, f"{head.answer}{mark}", told)
    Console().print(table)
    click.echo(f"{len(found.overview.builds)} builds, {len(found.overview.rows)} rows")


def _heads(found: verbs.Listed) -> Any:
    return found.overview.builds


def _counts(overview: Overview, build: str) -> dict[str, int]:
    """How many cells of a build have each status; those that it does not know are left out."""
    at = [head.id for head in overview.builds].index(build)
    counted = Counter(overview.statuses[at :: len(overview.builds)])
    named = {code.value: counted[place] for place, code in enumerate(CODES) if counted[place]}
    return {name: count for name, count in named.items() if name != "not scheduled"}


@history.command()
@click.argument("build")
@_placed
def show(*, build: str, as_json: bool, config: Path | None, work: str | None) -> None:
    """Show a build: its decision, where it comes from, and cells that are not green.

    \b
    Examples:
      qualify history show B0042
      qualify history show B0042~ab12 --json
    """  # noqa: D301
    column, bundles = verbs.show(_ready(config, work), build)
    if as_json:
        cells = {name: square.verdict.status.value for name, square in column.squares.items()}
        decision = asdict(column.decision)
        _json({"build": asdict(column.build), "decision": decision} | _extra(bundles, cells))
        return
    _print_build(column, bundles)


def _extra(bundles: tuple[str, ...], cells: dict[str, str]) -> dict[str, object]:
    return {"bundles": bundles, "cells": cells}


def _print_build(column: Column, bundles: tuple[str, ...]) -> None:
    made = column.build
    click.echo(f"{made.id}: {made.version} against {column.baseline}, {column.time}")
    click.echo(column.decision.sentence)
    for name, square in column.squares.items():
        if not square.verdict.status.green:
            status = square.verdict.status
            click.echo(f"  {status.glyph} {name}: {status.value}: {square.verdict.reason}")
    for digest in bundles:
        click.echo(f"bundle {digest}")


@history.command()
@click.argument(
    "paths", nargs=-1, metavar="[FOLDER|BUNDLE.zip]...", type=click.Path(path_type=Path)
)
@_placed
def add(*, paths: tuple[Path, ...], as_json: bool, config: Path | None, work: str | None) -> int:
    """Add judged builds or bundles; without any, every judged build of the work folder.

    What is there already changes nothing. `qualify run` and `qualify judge` add theirs.
    Exit code 4 where one could not be added; the others are then.

    \b
    Examples:
      qualify history add
      qualify history add .qualify/builds/B0042 downloads/*.zip
    """  # noqa: D301
    found, left_out = verbs.add(_ready(config, work), paths)
    if as_json:
        _json([asdict(one) for one in found])
    for one in () if as_json else found:
        click.echo(f"{one.build} {one.digest[:12]} {'added' if one.new else 'was there'}")
    for reason in left_out:
        click.echo(f"left out: {reason}", err=True)
    return ExitCode.INFRASTRUCTURE if left_out else ExitCode.SHIP


@history.command()
@click.option("--builds", type=click.IntRange(1), help="Keep the newest as they are.")
@click.option("--days", type=click.IntRange(0), help="Keep those of the last days as they are.")
@click.option("--yes", is_flag=True, help="Do it; without, only say what would be done.")
@_placed
def prune(
    *,
    builds: int | None,
    days: int | None,
    yes: bool,
    as_json: bool,
    config: Path | None,
    work: str | None,
) -> None:
    """Thin bundles of old builds: verdicts, decisions and numbers stay; raw attempts and logs go.

    \b
    Examples:
      qualify history prune
      qualify history prune --builds 50 --days 30 --yes
    """  # noqa: D301
    found = verbs.prune(_ready(config, work), builds, days, really=yes)
    if as_json:
        _json({"done": yes, "bundles": [asdict(one) for one in found]})
        return
    for one in found:
        after = f" -> {one.after / 1024:.0f} KB" if yes else ""
        click.echo(f"{one.build} {one.digest[:12]} {one.size / 1024:.0f} KB{after}")
    end = "were thinned" if yes else "would be thinned; --yes does it"
    click.echo(f"{len(found)} bundles {end}")


@history.command()
@_placed
def verify(*, as_json: bool, config: Path | None, work: str | None) -> int:
    """Read every bundle: torn ones, ones that disagree, clocks that ran backwards. 1 if any.

    \b
    Examples:
      qualify history verify
      qualify history verify --json
    """  # noqa: D301
    found = verbs.verify(_ready(config, work))
    if as_json:
        _json([asdict(one) for one in found])
    for one in () if as_json else found:
        click.echo(f"{one.kind}: {one.where[:64]}: {one.reason}")
    if not found and not as_json:
        click.echo("every bundle is whole, and none disagrees with another")
    return ExitCode.HOLD if found else ExitCode.SHIP


@history.command()
@_placed
def rebuild(*, as_json: bool, config: Path | None, work: str | None) -> None:
    """Forget the index and derive it again from the bundles.

    \b
    Examples:
      qualify history rebuild
    """  # noqa: D301
    done = verbs.rebuild(_ready(config, work))
    if as_json:
        _json(asdict(done))
        return
    click.echo(f"{done.added} bundles are in the index")
    for torn in done.torn:
        click.echo(f"left out: {torn}")


@history.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--table", type=click.Choice(_TABLES), default="results", help="Default: results.")
@click.option("--all-targets", "everything", is_flag=True, help="Not only the configured target's.")
@_placed
def export(
    *,
    path: Path,
    table: str,
    everything: bool,
    as_json: bool,
    config: Path | None,
    work: str | None,
) -> None:
    """Write a table of all bundles to FILE.parquet or FILE.csv: one row a cell, metric or attempt.

    \b
    Examples:
      qualify history export results.parquet
      qualify history export attempts.csv --table attempts
    """  # noqa: D301
    rows = verbs.export(_ready(config, work), table, path, everything=everything)
    if as_json:
        _json({"file": path, "rows": rows})
    else:
        click.echo(f"{path}: {rows} rows")


def _carrying(direction: verbs.Direction, help_: str) -> click.Command:
    @click.argument("place", required=False, default="", metavar="[FOLDER|URL]")
    @click.option(
        "--repository",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="The git repository. Default: the configuration's folder.",
    )
    @_placed
    def carried(
        *, place: str, repository: Path | None, as_json: bool, config: Path | None, work: str | None
    ) -> None:
        done = verbs.carry(_ready(config, work), direction, place, repository)
        if as_json:
            _json(asdict(done))
            return
        click.echo(f"{len(done.digests)} bundles carried")
        for torn in done.torn:
            click.echo(f"left out: {torn}", err=True)

    return click.command(direction, help=help_)(carried)


_PUSH = """Carry bundles that are missing there to a git branch, a folder or a URL.

Two that push at once do not conflict: a bundle is a file that nobody else writes.

\b
Examples:
  qualify history push                 the configured remote and branch
  qualify history push s3://bucket/history
"""
_PULL = """Carry bundles that are missing here from a git branch, a folder or a URL.

\b
Examples:
  qualify history pull                 the configured remote and branch
  qualify history pull downloads/history
"""
history.add_command(_carrying("push", _PUSH))
history.add_command(_carrying("pull", _PULL))
