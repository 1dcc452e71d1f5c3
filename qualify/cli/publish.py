"""`qualify publish`: page, badge, feed, tables and reports in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qualify.cli.options import placed, reader
from qualify.core.errors import ExitCode
from qualify.rendering.annotations import workflow_commands
from qualify.verbs.publishing.publish import publish as publishing


@click.command()
@placed
@click.option("--out", type=click.Path(path_type=Path), help="Default: WORK/site.")
@click.option("--build", help="Whose reports are written. Default: the newest.")
@click.option("--home", default="", metavar="URL", help="Where the folder is served, for the feed.")
@click.option("--all-targets", "everything", is_flag=True, help="A page for every other target.")
@click.option("--annotate", is_flag=True, help="Print annotations for GitHub Actions.")
def publish(
    *,
    out: Path | None,
    build: str | None,
    home: str,
    everything: bool,
    annotate: bool,
    **given: Any,
) -> int:
    """Write all that is drawn from the builds into a folder that any web server can show.

    The page (index.html), a badge of the newest decision (badge.svg), an Atom feed of all of them
    (feed.xml), the grid as numbers (grid.csv, and a JSON interface with its schema in api/v1), and
    the reports on one build: junit.xml, results.sarif for code scanning, summary.md for the page of
    a job. Where the work folder or the history has several targets, each can have its page, in
    targets/NAME.

    \b
    Examples:
      qualify publish --out public
      qualify publish --out public --all-targets
      qualify publish --annotate && cat .qualify/site/summary.md >> "$GITHUB_STEP_SUMMARY"
    """  # noqa: D301
    ready = reader(given, lambda message: click.echo(message, err=True))
    folder = out or ready.work / "site"
    column = publishing(ready, folder, build, home, everything=everything)
    if annotate:
        click.echo(workflow_commands(column), nl=False)
    click.echo(f"site: {folder / 'index.html'}", err=annotate)
    return ExitCode.SHIP
