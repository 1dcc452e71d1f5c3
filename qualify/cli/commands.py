"""The verbs of a qualification, each a prefix of the whole line; finished work is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from qualify.cli.options import context, placed, reader, shared
from qualify.cli.progress import Watcher
from qualify.config import json_schema
from qualify.core.grid import Column
from qualify.core.overview import Overview
from qualify.core.verdict import Decision
from qualify.rendering.overview_csv import overview_csv
from qualify.rendering.terminal import report
from qualify.storing.api import dumped, matrix
from qualify.storing.builds import BuildFolder
from qualify.verbs import build as building
from qualify.verbs import canaries as training
from qualify.verbs import cells as declared
from qualify.verbs import history as recording
from qualify.verbs import judge as judging
from qualify.verbs.planning import plan as planning
from qualify.verbs.publishing import grid as drawing
from qualify.verbs.publishing.remembered import BUILDS
from qualify.wiring import Context

_SAID = ("id", "about", "skip", "owner", "stage", "needs", "practice")
_OUT = Console(soft_wrap=False)
_ERR = Console(stderr=True)


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)


def _train(given: dict[str, Any], *, fresh: bool) -> tuple[Context, BuildFolder]:
    ready, selection = context(given, _say)
    folder = building.build(ready, selection)
    training.canaries(ready, folder, Watcher(_ERR), fresh=fresh)
    return ready, folder


def _show(overview: Overview, column: Column, page: Path) -> None:
    _OUT.print(report(overview, column, _OUT.width))
    _OUT.print(f"page: {page}", highlight=False, soft_wrap=True)


def _print_json(column: Column, decision: Decision, page: Path | None = None) -> None:
    click.echo(
        json.dumps(
            {
                "build": column.build.id,
                "candidate": column.build.version,
                "baseline": column.baseline,
                "decision": decision.answer,
                "sentence": decision.sentence,
                "counts": decision.counts,
                "trainings": decision.trainings,
                "cells": {name: s.verdict.status.value for name, s in column.squares.items()},
                "page": str(page) if page else None,
            },
            indent=2,
        )
    )


@click.command()
@shared
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
@click.option("--fresh", is_flag=True, help="Train again what could be kept.")
def run(*, as_json: bool, fresh: bool, **given: Any) -> int:
    """Qualify a build: plan, build, train, judge, draw. Interrupted, it resumes.

    \b
    Examples:
      qualify run
      qualify run --candidate ./my-checkout --baseline flaml==2.6.0
      qualify run --select '*breast_cancer*' --json
    """  # noqa: D301
    ready, folder = _train(given, fresh=fresh)
    judged = judging.judge(folder, ready.clock)
    recording.record(ready, folder)
    drawn = drawing.gather(ready)
    page = drawing.publish(ready, drawn)
    if as_json:
        _print_json(judged.column, judged.selected, page)
    else:
        _show(drawn.overview, replace(judged.column, decision=judged.selected), page)
        if judged.partial:
            rest = f"The build as a whole: {judged.column.decision.sentence}"
            _OUT.print(rest, highlight=False, markup=False)
    return judged.selected.exit_code


@click.command()
@shared
def build(**given: Any) -> None:
    """Build the wheels and make the environments; print what came of it as JSON."""
    ready, selection = context(given, _say)
    made = building.build(ready, selection).candidate()
    click.echo(
        json.dumps(
            {
                "build": made.id,
                "version": made.version,
                "sha256": made.provenance.sha256,
                "failure": made.failure.reason if made.failure else None,
                "environments": {k: e.python for k, e in made.environments.items()},
                "failures": {k: f.reason for k, f in made.failures.items()},
            },
            indent=2,
        )
    )


@click.command()
@shared
@click.option("--fresh", is_flag=True, help="Train again what could be kept.")
def canaries(*, fresh: bool, **given: Any) -> None:
    """Train: fill the selected cells, building first what is missing."""
    _train(given, fresh=fresh)


@click.command()
@placed
@click.option("--build", "name", help="A build such as B0001. Default: the latest.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def judge(*, name: str | None, as_json: bool, **given: Any) -> int:
    """Decide on a build whose cells were filled; its exit code is the decision's."""
    ready = reader(given, _say)
    folder = ready.shelf.get(name or drawing.current(ready))
    column = judging.judge(folder, ready.clock).column
    recording.record(ready, folder)
    if as_json:
        _print_json(column, column.decision)
    else:
        click.echo(column.decision.sentence)
    return column.decision.exit_code


@click.command()
@placed
@click.option("--out", type=click.Path(path_type=Path), help="Default: WORK/grid.html.")
@click.option("--terminal", "only", flag_value="terminal", help="Show it here, write no page.")
@click.option("--json", "only", flag_value="json", help="Print its numbers, write no page.")
@click.option("--csv", "only", flag_value="csv", help="Print a line a square, write no page.")
@click.option("--all", "everything", is_flag=True, help="Fold no rows in the terminal.")
@click.option(
    "--builds", default=BUILDS, show_default=True, type=click.IntRange(1), help="At most."
)
def grid(
    *, out: Path | None, only: str | None, everything: bool, builds: int, **given: Any
) -> None:
    """Draw the newest builds as one page, and those that fit in the terminal.

    They are the builds of the work folder, and those that only the history has.

    In the terminal, rows of a suite in which nothing is red or undecided stand in one line.
    """
    ready = reader(given, _say)
    drawn = drawing.gather(ready, builds=builds)
    if only == "json":
        click.echo(dumped(matrix(drawn.overview)), nl=False)
    elif only == "csv":
        click.echo(overview_csv(drawn.overview), nl=False)
    else:
        _OUT.print(report(drawn.overview, drawn.columns[0], _OUT.width, everything=everything))
    if only is None:
        page = drawing.publish(ready, drawn, out)
        _OUT.print(f"page: {page}", highlight=False, soft_wrap=True)


@click.command()
@shared
@click.option("--json", "as_json", is_flag=True, help="Print the cells as JSON.")
def cells(*, as_json: bool, **given: Any) -> None:
    """List the cells that the options select, without training anything."""
    ready, selection = context(given, _say)
    found = declared.collect(ready, planning.lanes(ready, selection))
    names = planning.select(found, selection)
    if as_json:
        click.echo(
            json.dumps(
                [{name: getattr(c, name) for name in _SAID} for c in found if c.id in names],
                indent=2,
            )
        )
        return
    for cell in (c for c in found if c.id in names):
        click.echo(f"{cell.id:<60} {cell.skip or cell.about}")


@click.command()
def schema() -> None:
    """Print the JSON schema of qualify.toml."""
    click.echo(json_schema(), nl=False)


COMMANDS = (run, build, canaries, judge, grid, cells, schema)
