"""`qualify ingest`: the results of another runner become rows of the grid."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from qualify.cli.options import context, shared
from qualify.core.verdict import Status
from qualify.rendering.text import amount
from qualify.verbs import history as recording
from qualify.verbs.ingesting.ingest import SUITE, Ingested, column_of
from qualify.verbs.ingesting.ingest import ingest as ingesting


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="JUNIT.xml...", type=click.Path(path_type=Path)
)
@shared
@click.option("--build", "name", help="A build such as B0001; or name it by its --candidate.")
@click.option("--suite", default=SUITE, show_default=True, help="Under which the rows stand.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def ingest(
    *, files: tuple[Path, ...], name: str | None, suite: str, as_json: bool, **given: Any
) -> None:
    """Make the JUnit XML of any runner rows of a build, and decide on the build anew.

    A test that failed and passed again is flaky; so is one that fails as often as it does in the
    baseline's rows. Properties metric:NAME of a test are its metrics, margin:NAME their margins.
    The same file twice changes nothing.

    \b
    Examples:
      qualify ingest junit.xml --build B0042
      qualify ingest target/surefire-reports/*.xml --candidate mypkg==1.2.0 --suite java
    """  # noqa: D301
    if (name is None) == (given["candidate"] is None):
        raise click.UsageError("name the build: either --build B0001 or --candidate NAME==VERSION")
    ready, _ = context(given, lambda message: click.echo(message, err=True))
    folder = ready.shelf.get(name) if name else column_of(ready, str(given["candidate"]))
    done = ingesting(ready, folder, files, suite)
    if done.decision:
        recording.record(ready, folder)
    _show(done, as_json=as_json)


def _show(done: Ingested, *, as_json: bool) -> None:
    decision = done.decision
    if as_json:
        rows = {row: status.value for row, status in done.rows.items()}
        table = {
            "build": done.build,
            "rows": rows,
            "changed": list(done.changed),
            "missing": list(done.missing),
            "decision": decision.answer if decision else None,
            "sentence": decision.sentence if decision else None,
        }
        click.echo(json.dumps(table, indent=2))
        return
    counts = Counter(done.rows.values())
    told = ", ".join(f"{counts[status]} {status.value}" for status in Status if counts[status])
    click.echo(
        f"{done.build}: {amount(len(done.rows), 'row')} ({told}), {len(done.changed)} changed"
    )
    for row, status in done.rows.items():
        if not status.green and status is not Status.SKIPPED:
            click.echo(f"  {status.glyph} {row}: {status.value}")
    if done.missing:
        first = f"{done.missing[0]} is the first"
        click.echo(f"{len(done.missing)} rows of an earlier build are not among them; {first}")
    click.echo(decision.sentence if decision else "cells are still being filled; judge decides")
