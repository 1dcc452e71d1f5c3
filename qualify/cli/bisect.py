"""`qualify bisect`: which build, commit or dependency did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from qualify.cli.bisected import answer, cost, plain, table
from qualify.cli.options import context
from qualify.core.errors import ExitCode
from qualify.verbs.bisecting.bisect import Asked, Bisected
from qualify.verbs.bisecting.bisect import bisect as bisecting
from qualify.verbs.bisecting.rows import FREE, LOCKED, lines_of
from qualify.verbs.bisecting.searching import Wanted

_OUT, _ERR = Console(), Console(stderr=True)
_UNASKED = {"select": (), "pythons": (), "runners": ()}
_RATE = click.FloatRange(0.5, 1.0, min_open=True, max_open=True)


@click.command()
@click.argument("cell")
@click.option("--good", help="The good end. Default: the baseline; with --dependencies: locked.")
@click.option("--bad", help="The bad end. Default: the candidate; with --dependencies: free.")
@click.option("--builds", help="A,B,C: what lies between, in order. Default: every release.")
@click.option(
    "--dependencies",
    is_flag=True,
    help="Change the candidate's dependencies one by one; ends: locked, free or a FILE of pins.",
)
@click.option("--candidate", help="The build whose dependencies change.")
@click.option(
    "--constraints",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="name==version lines that builds on a locked lane are held to.",
)
@click.option(
    "--by", metavar="WHAT", help="A metric, or `failure`. Default: what the bad end does."
)
@click.option("--confidence", type=_RATE, default=0.95, show_default=True, help="When to stop.")
@click.option(
    "--max-trainings",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="Of suspects; the good end's replicates are not counted.",
)
@click.option(
    "--replicates",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    help="Of the good end, where no stored ones fit.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--config", type=click.Path(path_type=Path), help="Default: ./qualify.toml.")
@click.option("--work", help="Where builds and environments are kept. Default: .qualify.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Replicates side by side.")
@click.option("--installer", type=click.Choice(["auto", "uv", "pip"]), help="Default: uv if there.")
def bisect(
    *,
    cell: str,
    good: str | None,
    bad: str | None,
    builds: str | None,
    dependencies: bool,
    candidate: str | None,
    constraints: Path | None,
    by: str | None,
    confidence: float,
    max_trainings: int,
    replicates: int,
    as_json: bool,
    **given: Any,
) -> int:
    """Find which build, commit or dependency made CELL worse, or fail.

    Trains replicates where an answer tells most, weighs each, and stops when one culprit is
    probable enough. The ends may be two releases, two commits, or with --dependencies two
    environments of one build; the good end may be the newer one. Interrupted, it resumes.

    \b
    Examples:
      qualify bisect quality/wine@py311-cpu-locked --good flaml==2.3.0 --bad flaml==2.6.0
      qualify bisect quality/wine@py311-cpu-locked --good git+https://HOST/REPO@v1 \\
          --bad git+https://HOST/REPO@main
      qualify bisect quality/diabetes@py311-cpu-free --dependencies --candidate flaml==2.5.0
    """  # noqa: D301
    _refuse_mixtures(dependencies, (builds, constraints), candidate)
    first, last = (None, candidate) if dependencies else (good, bad)
    ready, _ = context({**_UNASKED, **given, "baseline": first, "candidate": last}, _say)
    asked = Asked(
        cell=cell,
        builds=tuple(part.strip() for part in builds.split(",")) if builds else (),
        environments=(good or LOCKED, bad or FREE) if dependencies else None,
        constraints=lines_of(constraints) if constraints else (),
        by=by,
        replicates=replicates,
        wanted=Wanted(confidence, max_trainings),
    )
    found = bisecting(ready, asked)
    _tell(found, as_json=as_json)
    return ExitCode.SHIP if found.found.sure else ExitCode.INCONCLUSIVE


def _refuse_mixtures(dependencies: bool, between: Sequence[object], candidate: str | None) -> None:
    """Raise UsageError for options of builds beside those of dependencies."""
    if dependencies and any(between):
        raise click.UsageError("--dependencies takes neither --builds nor --constraints")
    if candidate and not dependencies:
        raise click.UsageError("--candidate goes with --dependencies; name the ends otherwise")


def _tell(found: Bisected, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        click.echo(json.dumps(plain(found), indent=2))
        return
    _OUT.print(table(found))
    for line in (answer(found.found), cost(found)):
        _OUT.print(line, highlight=False, markup=False, soft_wrap=True)


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
