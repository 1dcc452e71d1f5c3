"""`qualify cost`: what each suite took."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from qualify.cli.options import context, shared
from qualify.core.errors import ExitCode
from qualify.verbs.cost import cost as measured


@click.command()
@shared
@click.option("--build", help="A build of the work folder. Default: the latest run's.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def cost(*, build: str | None, as_json: bool, **given: Any) -> int:
    """Say what each suite of a build took: cells, trainings of both builds, minutes.

    \b
    Examples:
      qualify cost
      qualify cost --build B0042 --json
    """  # noqa: D301
    ready, _ = context(given, lambda _: None)
    found = measured(ready, build)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return ExitCode.SHIP
    table = Table("suite", "cells", "trainings", "CPU minutes", "minutes", box=None)
    for one in found:
        minutes = [f"{seconds / 60:.1f}" for seconds in (one.cpu_s, one.wall_s)]
        table.add_row(one.suite, str(one.cells), str(one.trainings), *minutes)
    Console().print(table)
    return ExitCode.SHIP
