"""`qualify init`: a skeleton to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from qualify.verbs.init import init as initialise


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--name", default="mypkg", show_default=True, help="Of the package to qualify.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(*, folder: Path, name: str, force: bool) -> None:
    """Write a skeleton for the qualification of your own package into DIR, which runs at once.

    A sample package to try it with, its adapter, three canaries, a check, qualify.toml and a
    workflow; suites/README.md says how to make it yours. Files that are there are not overwritten.

    \b
    Example:
      qualify init qualification --name mypkg && cd qualification && qualify run
    """  # noqa: D301
    for path in initialise(folder, name, force=force):
        click.echo(path)
    click.echo("`qualify run` in that folder decides at once; suites/README.md says what is next")
