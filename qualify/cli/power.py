"""`qualify baseline power` and `qualify baseline relate`: what a baseline can tell."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from qualify.cli.options import context, shared
from qualify.cli.plan import number, out, prospects_table
from qualify.config import CURRENT
from qualify.core.matrix import Lane
from qualify.stats.limits import BASELINES
from qualify.verbs.planning.power import Needed, Power, Wish
from qualify.verbs.planning.power import power as powering
from qualify.verbs.planning.prospects import Prospect
from qualify.verbs.planning.relate import CONFIDENCE, Related
from qualify.verbs.planning.relate import relate as relating

_POSITIVE = click.FloatRange(min=0.0, min_open=True)
_lane = click.option(
    "--lane",
    default=f"py{CURRENT.replace('.', '')}-cpu-locked",
    show_default=True,
    help="The lane whose baseline is looked at.",
)


@click.command()
@shared
@_lane
@click.option(
    "--m",
    "supposed",
    type=click.IntRange(min=BASELINES[0]),
    multiple=True,
    help="Suppose so many replicates. Default: as many as are committed.",
)
@click.option(
    "--wish",
    type=_POSITIVE,
    metavar="SD",
    help="A loss in standard deviations of the baseline: how many replicates find it?",
)
@click.option(
    "--margin",
    type=_POSITIVE,
    help="The same as a margin: in the metric's unit, relative for rmse and mae.",
)
@click.option(
    "--power",
    "wanted",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="The probability with which it is to be found. Default: 1 - beta.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def power(
    *,
    lane: str,
    supposed: tuple[int, ...],
    wish: float | None,
    margin: float | None,
    wanted: float | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Print what a committed baseline can detect, and what a wish needs.

    For every gating metric: the margin in standard deviations, the mean trainings, the power at the
    margin within the cap, and the loss that is found in four of five cases. Numbers of replicates
    between those that have limits count as the next smaller one.

    \b
    Examples:
      qualify baseline power
      qualify baseline power --m 20 --m 200 --select '*wine*'
      qualify baseline power --wish 1.0
    """  # noqa: D301
    if wish is not None and margin is not None:
        raise click.UsageError("give --wish or --margin, not both")
    if wanted is not None and wish is None and margin is None:
        raise click.UsageError("--power goes with --wish or --margin")
    ready, selection = context(given, _say)
    asked = None if wish is None and margin is None else Wish(wish, margin, wanted)
    found = powering(ready, Lane.parse(lane), selection, supposed, asked)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    click.echo(
        f"{found.target} {found.version} on {found.lane}: K = {found.levels.tests}, "
        f"alpha {found.levels.metric:.3g} each, beta {found.levels.beta:g}"
    )
    out().print(prospects_table([(row.prospect.canary, row.prospect) for row in found.rows]))
    for line in dict.fromkeys((*_troubles(found), *_wishes(found))):
        click.echo(line)


@click.command()
@shared
@_lane
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def relate(*, lane: str, as_json: bool, **given: Any) -> None:
    """Record how strongly builds that differ are correlated over equal seeds.

    Compares every build of the work folder whose predictions differ from the committed baseline's
    with it, seed by seed, and writes the lower 95% bounds into the baseline's file, for review and
    commit. Candidates are judged by pairs of seeds, too, where the bound is at least 0.5.

    \b
    Example:
      qualify run --candidate flaml==2.3.6 --fresh && qualify baseline relate
    """  # noqa: D301
    ready, selection = context(given, _say)
    found, path = relating(ready, Lane.parse(lane), selection)
    if as_json:
        rows = [{**asdict(one), "paired": one.paired} for one in found]
        click.echo(json.dumps({"path": str(path), "related": rows}, indent=2))
        return
    out().print(_related(found))
    click.echo(path)


def _related(found: tuple[Related, ...]) -> Table:
    """A line a metric."""
    table = Table(box=None, pad_edge=False)
    for heading in ("canary", "metric", "builds", "pairs", "seeds", "correlation"):
        table.add_column(heading, justify="left" if heading in {"canary", "metric"} else "right")
    table.add_column(f"at least ({CONFIDENCE:.0%})", justify="right")
    table.add_column("seeds are")
    for one in found:
        counts = map(str, (one.builds, one.pairs, one.seeds))
        known = (number(one.correlation, ".2f"), number(one.lower, ".2f"))
        said = "not related yet" if one.lower is None else "paired" if one.paired else "not paired"
        table.add_row(*map(Text, (one.canary, one.metric, *counts, *known, said)))
    return table


def _troubles(found: Power) -> list[str]:
    """What keeps metrics from being decided."""
    prospects = [row.prospect for row in found.rows]
    return [f"{p.canary} {p.metric}, m = {p.m}: {p.trouble}" for p in prospects if p.trouble]


def _wishes(found: Power) -> list[str]:
    """What the wish needs, a sentence a metric."""
    return [_wish(row.prospect, row.needed) for row in found.rows if row.needed]


def _wish(of: Prospect, needed: Needed) -> str:
    name = f"{of.canary} {of.metric}: a loss of {needed.effect:.2f} sd"
    if needed.trouble:
        return f"{name} is beyond the tests: {needed.trouble}"
    within = f"within {needed.cap} trainings (the cap is {of.cap})"
    if needed.cap == of.cap:
        within = f"within {of.cap} trainings"
    reached = number(needed.power, ".2f")
    if needed.m is None:
        most = f"m = {BASELINES[-1]} finds it with {reached} {within}"
        return f"{name} is found with power {needed.wanted:.2f} by no baseline: {most}"
    return f"{name} takes m = {needed.m}: found with power {reached} {within}"


def _say(message: str) -> None:
    click.echo(message, err=True)
