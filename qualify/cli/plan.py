"""`qualify plan`: what a run is going to cost and can find, before anything is trained."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qualify.cli.options import context, shared
from qualify.core.budget import Levels
from qualify.core.canary import Judged
from qualify.judging.wording import amount
from qualify.verbs.planning.forecast import Forecast, Total, forecast
from qualify.verbs.planning.prospects import Prospect
from qualify.wiring import Context

_ERR = Console(stderr=True)
_WIDE = 132  # a table in a file or a pipe is not folded to a terminal that is not there
_MINUTE, _HOUR = 60.0, 3600.0
_SHARE = click.FloatRange(0.0, 1.0)


@click.command()
@shared
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.0, min_open=True),
    help="Of one training. Default: what earlier builds of the work folder took.",
)
@click.option(
    "--untouched", type=_SHARE, help="The share of cells whose predictions stay as they are."
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def plan(*, seconds: float | None, untouched: float | None, as_json: bool, **given: Any) -> None:
    """Print what a run would cost and could find; nothing is built or trained.

    Trainings are means over builds: where the predictions stay as they are, where they change but
    are no worse, and where they are worse by the margin. They follow from what the baseline
    records; the share of untouched cells and the seconds from earlier builds of the work folder.

    \b
    Examples:
      qualify plan
      qualify plan --select '*breast_cancer*' --untouched 0.85 --seconds 2.5
    """  # noqa: D301
    ready, selection = context(given, _say)
    found = forecast(ready, selection, seconds, untouched)
    if as_json:
        click.echo(json.dumps(_plain(found, ready.config.jobs), indent=2))
        return
    click.echo(_budget(found.levels))
    for line in _about(found, ready):
        click.echo(line)
    if any(cell.prospects for cell in found.cells):
        out().print(prospects_table([(c.cell, p) for c in found.cells for p in c.prospects]))
    for line in [*_troubles(found), *_others(found), *_totals(found, ready.config.jobs)]:
        click.echo(line)


def prospects_table(rows: Sequence[tuple[str, Prospect]]) -> Table:
    """A line a metric and reference; numbers that nothing is known of are left out."""
    table = Table(box=None, pad_edge=False, title_justify="left")
    for heading in ("", "metric", "margin", "in sd", "m", "cap", "level"):
        table.add_column(heading, justify="left" if heading in {"", "metric"} else "right")
    for heading in ("untouched", "no worse", "worse", "power", "finds 80%"):
        table.add_column(heading, justify="right")
    for name, one in rows:
        judged = Judged(one.metric, one.margin)
        against = "" if one.against == "baseline" else f" ({one.against})"
        cells = (
            name,
            one.metric + against,
            amount(judged, judged.threshold),
            number(one.effect, ".2f"),
            str(one.m),
            str(one.cap),
            number(one.level, ".2g"),
            *(number(n, ".1f") for n in (one.untouched, one.unchanged, one.worse)),
            number(one.power, ".2f"),
            "" if one.detectable is None else amount(judged, one.detectable),
        )
        table.add_row(*map(Text, cells))
    return table


def out() -> Console:
    """The console of tables."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, _WIDE))


def number(value: float | None, form: str) -> str:
    """A number, or nothing."""
    return "" if value is None else format(value, form)


def _budget(levels: Levels) -> str:
    """The shares of the error budget, in one line."""
    return (
        f"K = {levels.tests} tests of metrics; of alpha, each has {levels.metric:.3g} and its "
        f"spread {levels.spread:.2g}, a cell's failures {levels.failure:.2g}, all cells together "
        f"{levels.pooled:.2g} for small losses and {levels.pooled_failures:.2g} for failures; "
        f"beta = {levels.beta:g}"
    )


def _about(found: Forecast, ready: Context) -> list[str]:
    """Which baseline, and what is known of earlier builds."""
    target = ready.config.target
    if found.baseline is None:
        unknown = f"the version of {target.baseline} is not known before it is built"
        return [f"{unknown}: canaries count as trained side by side, at most to their cap"]
    anchor = f", anchor {found.anchor}" if found.anchor else ""
    return [f"against {target.name} {found.baseline}{anchor}; {found.builds} earlier builds"]


def _troubles(found: Forecast) -> list[str]:
    """What keeps cells from being decided, or from being filled."""
    lines = [f"{c.cell}: {c.note}" for c in found.cells if c.note]
    known = [p.untouched for c in found.cells for p in c.prospects if p.unchanged is not None]
    if known and all(untouched is None for untouched in known):
        lines.append("the baseline records no rate of identical predictions: none is counted on")
    return lines


def _others(found: Forecast) -> list[str]:
    """The cells that are judged without a stored baseline, a line a kind."""
    lines = []
    for how in ("side by side", "check"):
        mine = [c for c in found.cells if c.how == how]
        if mine:
            trainings = sum(c.unchanged for c in mine)
            guess = "" if all(c.origin == "earlier builds" for c in mine) else "up to "
            named = ", ".join(c.cell for c in mine) if how == "side by side" else "checks"
            lines.append(f"{len(mine)} {how}: {guess}{trainings:.0f} trainings ({named})")
    return lines


def _totals(found: Forecast, jobs: int) -> list[str]:
    """All cells together: untouched, touched, and at the known share."""
    lines = [
        f"all cells, predictions unchanged: {_total(found.total(1.0), jobs)}",
        f"all cells, predictions changed but no worse: {_total(found.total(0.0), jobs)}",
    ]
    if found.share is None:
        return [*lines, "no earlier build tells which share is untouched: give --untouched"]
    together = _total(found.total(found.share), jobs)
    return [*lines, f"with {found.share:.0%} of the canary cells untouched: {together}"]


def _total(total: Total, jobs: int) -> str:
    if total.seconds is None:
        return f"{total.trainings:.0f} trainings (no training time is known yet: give --seconds)"
    beside = f", {duration(total.seconds / jobs)} with {jobs} side by side" if jobs > 1 else ""
    return f"{total.trainings:.0f} trainings, {duration(total.seconds)} of machine time{beside}"


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever is read best."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.1f} h"


def _plain(found: Forecast, jobs: int) -> dict[str, Any]:
    shares = {"untouched": 1.0, "unchanged": 0.0, "expected": found.share}
    totals = {k: asdict(found.total(s)) for k, s in shares.items() if s is not None}
    return {**asdict(found), "jobs": jobs, "totals": totals}


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
