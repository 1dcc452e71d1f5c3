"""`qualify history`: what is kept of builds, and what is known from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from qualify.cli.upkeep import COMMANDS, asked, printed, ready
from qualify.core.errors import ExitCode
from qualify.core.grid import Column
from qualify.core.overview import CODES, Overview
from qualify.rendering.text import amount
from qualify.verbs import history as verbs


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
@asked
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
    found = verbs.listed(ready(config, work), builds, since, select)
    if as_json:
        heads = [asdict(h) | {"counts": _counts(found.overview, h.id)} for h in _heads(found)]
        printed({"target": found.overview.target, "builds": heads, "disputed": found.disputed})
        return
    table = Table("build", "version", "time", "decision", "cells", box=None)
    for head in _heads(found):
        counts = _counts(found.overview, head.id)
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        mark = " (bundles disagree)" if head.id in found.disputed else ""
        table.add_row(head.id, head.version, head.time, f"{head.answer}{mark}", told)
    Console().print(table)
    builds, rows = len(found.overview.builds), len(found.overview.rows)
    click.echo(f"{amount(builds, 'build')}, {amount(rows, 'row')}")


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
@asked
def show(*, build: str, as_json: bool, config: Path | None, work: str | None) -> None:
    """Show a build: its decision, where it comes from, and cells that are not green.

    \b
    Examples:
      qualify history show B0042
      qualify history show B0042~ab12 --json
    """  # noqa: D301
    column, bundles = verbs.show(ready(config, work), build)
    if as_json:
        cells = {name: square.verdict.status.value for name, square in column.squares.items()}
        decision = asdict(column.decision)
        printed({"build": asdict(column.build), "decision": decision} | _extra(bundles, cells))
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
@asked
def add(*, paths: tuple[Path, ...], as_json: bool, config: Path | None, work: str | None) -> int:
    """Add judged builds or bundles; without any, every judged build of the work folder.

    What is there already changes nothing. `qualify run` and `qualify judge` add theirs.
    Exit code 4 where one could not be added; the others are then.

    \b
    Examples:
      qualify history add
      qualify history add .qualify/builds/B0042 downloads/*.zip
    """  # noqa: D301
    found, left_out = verbs.add(ready(config, work), paths)
    if as_json:
        printed([asdict(one) for one in found])
    for one in () if as_json else found:
        click.echo(f"{one.build} {one.digest[:12]} {'added' if one.new else 'was there'}")
    for reason in left_out:
        click.echo(f"left out: {reason}", err=True)
    return ExitCode.INFRASTRUCTURE if left_out else ExitCode.SHIP


for command in COMMANDS:
    history.add_command(command)
