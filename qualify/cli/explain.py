"""`qualify explain`: why a cell of a build is as it is."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console

from qualify.cli.options import placed, reader
from qualify.core.errors import ExitCode
from qualify.rendering.cell_section import cell_section
from qualify.rendering.explain_json import explain_json
from qualify.rendering.terminal_blocks import section
from qualify.verbs.explain import explain as explaining

_OUT = Console()


@click.command()
@click.argument("cell")
@placed
@click.option("--build", help="Its id or version. Default: the newest that knows the cell.")
@click.option("--json", "as_json", is_flag=True, help="Print the sentence and the numbers as JSON.")
def explain(*, cell: str, build: str | None, as_json: bool, **given: Any) -> int:
    """Say why CELL is as it is: the sentence, the evidence and the attempts of its panel.

    A glob does, too, where it fits one cell.

    \b
    Examples:
      qualify explain quality/breast_cancer@py311-cpu-locked
      qualify explain '*refuses_nan_targets*' --build B0042 --json
    """  # noqa: D301
    ready = reader(given, lambda message: click.echo(message, err=True))
    found = explaining(ready, cell, build)
    if as_json:
        told = explain_json(found.atlas, found.column, found.square)
        click.echo(json.dumps(told, indent=2, allow_nan=False))
        return ExitCode.SHIP
    drawn = cell_section(found.atlas, found.column, found.square.cell)
    _OUT.print(section(drawn, _OUT.width))
    return ExitCode.SHIP
