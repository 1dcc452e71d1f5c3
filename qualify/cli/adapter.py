"""`qualify adapter`: what the adapters say of their packages, and whether it is true."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from qualify import adapters
from qualify.config import load
from qualify.core.adapter import Adapter
from qualify.core.errors import ExitCode
from qualify.verbs.conformance import Conformance, check
from qualify.wiring import Context

_OUT = Console()
_ERR = Console(stderr=True)


@click.group()
def adapter() -> None:
    """Look at adapters, and check what they promise.

    \b
    Examples:
      qualify adapter list
      qualify adapter check flaml                its package's latest release
      qualify adapter check ./mine.py --version 1.2.0 --json
    """  # noqa: D301


@adapter.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_(*, as_json: bool) -> int:
    """List the adapters that ship with the harness."""
    found = [adapters.describe(name) for name in adapters.names()]
    if as_json:
        click.echo(json.dumps([_plain(a) for a in found], indent=2, default=str))
        return ExitCode.SHIP
    table = Table("name", "package", "tasks", "promises", box=None)
    for one in found:
        table.add_row(one.name, one.distribution, ", ".join(one.tasks), ", ".join(one.honours))
    _OUT.print(table)
    return ExitCode.SHIP


@adapter.command("check")
@click.argument("name")
@click.option("--version", help="The release to try. Default: the newest on the index.")
@click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")
@click.option("--json", "as_json", is_flag=True, help="Print what was seen as JSON.")
def check_(*, name: str, version: str | None, config: Path | None, as_json: bool) -> int:
    """Try every promise of an adapter on its package's latest release.

    The exit code is 0 where all are kept, else 1.
    """
    told, root = load(config, {"target.adapter": name})
    alone = told.target.model_copy(update={"requirements": None, "extras": ()})

    def report(promise: str, task: str, wrong: str) -> None:
        sign = "[red]✗[/]" if wrong else "[green]✓[/]"
        _ERR.print(f"{sign} {task}: {promise}{f' – {wrong}' if wrong else ''}", highlight=False)

    settings = told.model_copy(update={"target": alone})
    found = check(Context(settings, root, _ERR.print), version, report)
    if as_json:
        click.echo(json.dumps({**asdict(found), "conforms": found.conforms}, indent=2))
    else:
        _OUT.print(_summary(found))
    return ExitCode.SHIP if found.conforms else ExitCode.HOLD


def _summary(found: Conformance) -> str:
    broken = sum(bool(wrong) for tasks in found.seen.values() for wrong in tasks.values())
    what = "keeps its promises" if not broken else f"breaks {broken} of its promises"
    return f"{found.adapter}: {what} on {found.package} {found.version}"


def _plain(one: Adapter) -> dict[str, object]:
    return {k: v for k, v in asdict(one).items() if k != "path"}
