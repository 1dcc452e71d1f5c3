"""`qualify baseline`: record one, show one."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from qualify.cli.options import context, shared
from qualify.config import CURRENT
from qualify.core.attempt import Attempt
from qualify.core.baseline import DEFAULT, LEAST, Baseline
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.storing import baselines
from qualify.verbs.baseline import Recording
from qualify.verbs.baseline import record as recording

_ERR = Console(stderr=True)


@click.group()
def baseline() -> None:
    """Record and read the replicates that candidates are judged by."""


@baseline.command()
@shared
@click.option("--lane", default=f"py{CURRENT.replace('.', '')}-cpu-locked", show_default=True)
@click.option(
    "--constraints",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="name==version lines that the environment is held to. Default: what resolves today.",
)
@click.option(
    "--replicates",
    type=click.IntRange(min=LEAST),
    default=DEFAULT,
    show_default=True,
    help="Trainings of each canary, each with its own seed.",
)
@click.option("--add", is_flag=True, help="Keep what is stored; record only what is selected.")
def record(
    *, lane: str, constraints: Path | None, replicates: int, add: bool, **given: Any
) -> None:
    """Train the baseline's canaries and write baselines/TARGET/VERSION/LANE.jsonl.

    \b
    Examples:
      qualify baseline record --baseline flaml==2.6.0 --lane py311-cpu-locked
      qualify baseline record --add --select 'quality/credit@*'      a new canary beside the others
    """  # noqa: D301
    ready, selection = context(given, _say)
    lines = constraints.read_text().splitlines() if constraints else []
    lock = tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    asked = Recording(ready.config.target.baseline, Lane.parse(lane), lock, replicates, add)
    made, path = recording(ready, asked, selection, _progress)
    failed = sum(r.outcome.value != "ok" for r in made.replicates)
    _say(f"{len(made.replicates)} replicates, {failed} of them failed")
    click.echo(path)


@baseline.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def show(*, path: Path, as_json: bool) -> None:
    """Print a baseline: a line a canary and metric."""
    if not path.is_file():
        raise BaselineError(f"there is no baseline {path}", "list them: ls baselines/*/*/*.jsonl")
    found = baselines.parse(path)
    rows = _rows(found)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    title = f"{found.target} {found.version} on {found.lane}, recorded {found.provenance.time[:10]}"
    table = Table(*rows[0], title=title, title_justify="left") if rows else Table(title=title)
    for row in rows:
        table.add_row(*(f"{v:.4g}" if isinstance(v, float) else str(v) for v in row.values()))
    Console().print(table)


def _rows(found: Baseline) -> list[dict[str, Any]]:
    rows = []
    for canary in dict.fromkeys(r.canary for r in found.replicates):
        mine = found.of(canary)
        usable = [r for r in mine if r.metrics]
        for metric in usable[0].metrics if usable else ():
            values = [r.metrics[metric] for r in usable]
            rows.append(
                {
                    "canary": canary,
                    "metric": metric,
                    "n": len(values),
                    "failed": len(mine) - len(usable),
                    "mean": mean(values),
                    "sd": stdev(values) if len(values) > 1 else 0.0,
                    "min": min(values),
                    "max": max(values),
                }
            )
    return rows


def _progress(done: int, total: int, attempt: Attempt) -> None:
    _say(f"[{done}/{total}] {attempt.cell} seed {attempt.seed}: {attempt.outcome.value}")


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
