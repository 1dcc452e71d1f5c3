"""What keeps a history in order: `qualify history prune`, `verify`, `rebuild` and the like."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from qualify.cli.options import placed, reader
from qualify.core.errors import ExitCode
from qualify.rendering.text import amount
from qualify.verbs import history as verbs
from qualify.wiring import Context

F = TypeVar("F", bound=Callable[..., Any])
_TABLES = ("results", "metrics", "attempts")


def asked(function: F) -> F:
    """Add the options of every command here."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return placed(as_json(function))


def ready(config: Path | None, work: str | None) -> Context:
    """Make the context of a command here; raises ConfigError."""

    def say(message: str) -> None:
        click.echo(message, err=True)

    return reader({"config": config, "work": work}, say)


def printed(value: object) -> None:
    """Print as JSON."""
    click.echo(json.dumps(value, indent=2, default=str))


@click.command()
@click.option("--builds", type=click.IntRange(1), help="Keep the newest as they are.")
@click.option("--days", type=click.IntRange(0), help="Keep those of the last days as they are.")
@click.option("--yes", is_flag=True, help="Do it; without, only say what would be done.")
@asked
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
    found = verbs.prune(ready(config, work), builds, days, really=yes)
    if as_json:
        printed({"done": yes, "bundles": [asdict(one) for one in found]})
        return
    for one in found:
        after = f" -> {one.after / 1024:.0f} KB" if yes else ""
        click.echo(f"{one.build} {one.digest[:12]} {one.size / 1024:.0f} KB{after}")
    end = "were thinned" if yes else "would be thinned; --yes does it"
    click.echo(f"{len(found)} bundles {end}")


@click.command()
@asked
def verify(*, as_json: bool, config: Path | None, work: str | None) -> int:
    """Read every bundle: torn ones, ones that disagree, clocks that ran backwards. 1 if any.

    \b
    Examples:
      qualify history verify
      qualify history verify --json
    """  # noqa: D301
    found = verbs.verify(ready(config, work))
    if as_json:
        printed([asdict(one) for one in found])
    for one in () if as_json else found:
        click.echo(f"{one.kind}: {one.where[:64]}: {one.reason}")
    if not found and not as_json:
        click.echo("every bundle is whole, and none disagrees with another")
    return ExitCode.HOLD if found else ExitCode.SHIP


@click.command()
@asked
def rebuild(*, as_json: bool, config: Path | None, work: str | None) -> None:
    """Forget the index and derive it again from the bundles.

    \b
    Examples:
      qualify history rebuild
    """  # noqa: D301
    done = verbs.rebuild(ready(config, work))
    if as_json:
        printed(asdict(done))
        return
    click.echo(f"{amount(done.added, 'bundle')} in the index")
    for torn in done.torn:
        click.echo(f"left out: {torn}")


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--table", type=click.Choice(_TABLES), default="results", help="Default: results.")
@click.option("--all-targets", "everything", is_flag=True, help="Not only the configured target's.")
@asked
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
    rows = verbs.export(ready(config, work), table, path, everything=everything)
    if as_json:
        printed({"file": path, "rows": rows})
    else:
        click.echo(f"{path}: {rows} rows")


def _carrying(direction: verbs.Direction, help_: str) -> click.Command:
    @click.argument("place", required=False, default="", metavar="[FOLDER|URL]")
    @click.option(
        "--repository",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="The git repository. Default: the configuration's folder.",
    )
    @asked
    def carried(
        *, place: str, repository: Path | None, as_json: bool, config: Path | None, work: str | None
    ) -> None:
        done = verbs.carry(ready(config, work), direction, place, repository)
        if as_json:
            printed(asdict(done))
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
COMMANDS = (prune, verify, rebuild, export, _carrying("push", _PUSH), _carrying("pull", _PULL))
