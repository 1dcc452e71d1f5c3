"""`qualify compare`: builds side by side, and what explains their differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from qualify.cli.options import placed, reader
from qualify.core.errors import ExitCode
from qualify.rendering.compare_json import compare_json
from qualify.rendering.compare_section import compare_section
from qualify.rendering.standalone import standalone
from qualify.rendering.terminal_blocks import section
from qualify.storing.files import write_text
from qualify.verbs.compare import compare as comparing

_OUT = Console()
_LEAST = 2


@click.command()
@click.argument("builds", nargs=-1, metavar="BUILD BUILD...")
@placed
@click.option("--all", "everything", is_flag=True, help="Show what is the same, too.")
@click.option("--html", type=click.Path(path_type=Path), help="Write it as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def compare(
    *, builds: tuple[str, ...], everything: bool, html: Path | None, as_json: bool, **given: Any
) -> int:
    """Hold builds against the first one: what they are made of, what came of them, and why.

    A BUILD is an id (B0042), a version, or the path of a build's folder or bundle. Factors that
    differ (versions, dependencies, machines) are ranked by how much of the differences in
    predictions, quality and resources they explain.

    \b
    Examples:
      qualify compare B0041 B0042
      qualify compare 2.5.0 2.6.0 2.7.0 --html compare.html
    """  # noqa: D301
    if len(builds) < _LEAST:
        raise click.UsageError("name two builds or more, such as B0041 B0042")
    ready = reader(given, lambda message: click.echo(message, err=True))
    found = comparing(ready, builds)
    if html is not None:
        drawn = compare_section(found, everything=everything)
        write_text(html, standalone(drawn, ready.clock.now()))
    if as_json:
        click.echo(json.dumps(compare_json(found), indent=2, allow_nan=False))
        return ExitCode.SHIP
    _OUT.print(section(compare_section(found, everything=everything), _OUT.width))
    if html is not None:
        _OUT.print(f"page: {html}", highlight=False, soft_wrap=True)
    return ExitCode.SHIP
