"""`qualify diagnose`: where the noise of a cell comes from."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any, Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qualify.cli.options import context, shared
from qualify.core.attempt import Attempt
from qualify.core.errors import ExitCode
from qualify.judging.diagnosis import ORIGIN, Diagnosis, percent
from qualify.judging.experiment import Condition, Run
from qualify.judging.families import Seen
from qualify.verbs.diagnosing.diagnose import examine
from qualify.verbs.diagnosing.experiment import Asked

_OUT = Console()
_ERR = Console(stderr=True)


@click.command()
@click.argument("cell")
@shared
@click.option(
    "--of",
    type=click.Choice(["baseline", "candidate"]),
    default="baseline",
    show_default=True,
    help="The build to look at.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=2),
    default=4,
    show_default=True,
    help="Trainings of one seed in each mode, and seeds of each estimator.",
)
@click.option(
    "--levels",
    type=click.IntRange(min=2),
    default=8,
    show_default=True,
    help="Different seeds, and different splits.",
)
@click.option(
    "--threads", type=click.IntRange(min=2), help="Against one. Default: the processors, 2 or more."
)
@click.option(
    "--estimators",
    metavar="A,B",
    help="Look at each of these alone, too. Default: those that the canary or the adapter lists.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def diagnose(
    *,
    cell: str,
    of: Literal["baseline", "candidate"],
    repeats: int,
    levels: int,
    threads: int | None,
    estimators: str | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Find where the noise of CELL comes from: the search, its clock, its threads, the split.

    Trains the same seed again, with more threads and bounded by seconds, then other seeds and
    other splits. Interrupted, it resumes. Ends 0 with an answer, 3 where nothing could be trained.

    \b
    Example:
      qualify diagnose quality/breast_cancer@py311-cpu-locked --estimators lgbm,rf,linear
    """  # noqa: D301
    if given["select"] or given["pythons"] or given["runners"]:
        raise click.UsageError("CELL names one cell and its lane: leave out what selects others")
    ready, _ = context(given, _say)
    names = tuple(name.strip() for name in (estimators or "").split(",") if name.strip())
    asked = Asked(cell, of, repeats, levels, estimators=names)
    asked = replace(asked, threads=threads) if threads else asked
    found = examine(ready, asked, _progress)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
    else:
        _show(found)
    return ExitCode.SHIP if any(line.usable for line in found.lines) else ExitCode.INCONCLUSIVE


def _show(found: Diagnosis) -> None:
    """Print the evidence as tables, and last what it says."""
    click.echo(f"{found.cell}, {found.build}: {found.trainings} trainings")
    tables = (_conditions(found), _parts(found), _families(found))
    for table in (t for t in tables if t.row_count):
        _OUT.print(table)
    for cause in found.causes:
        click.echo(f"- {cause.sentence}")


def _conditions(found: Diagnosis) -> Table:
    table = Table("trained with", "threads", "budget", "identical", "models", "failed")
    for line in found.lines:
        counts = (f"{line.alike} of {line.usable}", str(line.distinct), str(line.failed))
        table.add_row(*map(Text, (line.about, line.threads, line.budget, *counts)))
    return table


def _parts(found: Diagnosis) -> Table:
    table = Table("metric", "source", "sd that it adds (90%)", "variance (90%)")
    for part in found.parts:
        share = percent(part.share) if part.share else "-"
        table.add_row(*map(Text, (part.metric, ORIGIN[part.source], part.words, share)))
    return table


def _families(found: Diagnosis) -> Table:
    budgets = [seen.budget for family in found.families[:1] for seen in family.seen]
    table = Table("estimator", *budgets, "the seed")
    for family in found.families:
        table.add_row(*map(Text, (family.estimator, *map(_models, family.seen), family.kind)))
    return table


def _models(seen: Seen) -> str:
    repeats = {True: "repeats", False: "differs", None: "failed"}[seen.repeats]
    return f"{repeats}, {seen.models}/{seen.seeds} models"


def _progress(condition: Condition, run: Run, attempt: Attempt) -> None:
    how = f"{condition.about}; {condition.threads}, {condition.budget}"
    _say(f"{how}: seed {run.seed}, split {run.split}, #{run.number}: {attempt.outcome.value}")


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
