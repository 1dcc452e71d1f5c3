"""`qualify calibrate`: a build against itself; what is held then is held falsely."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qualify.cli.options import context, shared
from qualify.cli.plan import out
from qualify.cli.progress import Watcher
from qualify.core.errors import ExitCode
from qualify.stats.rates import lower_bound, upper_bound
from qualify.verbs.calibrating.calibrate import Asked
from qualify.verbs.calibrating.calibrate import calibrate as calibrating
from qualify.verbs.calibrating.calibration import Calibration, Simulated, TrainedBuild

_ERR = Console(stderr=True)
_TOLD = 10  # simulated releases between two lines of progress
_COUNT = click.IntRange(min=0)


@click.command()
@shared
@click.option(
    "--releases",
    type=_COUNT,
    default=200,
    show_default=True,
    help="To simulate from the committed replicates.",
)
@click.option(
    "--trained",
    type=_COUNT,
    default=1,
    show_default=True,
    help="To train: the baseline build as its own candidate.",
)
@click.option("--seed", type=_COUNT, default=0, show_default=True, help="Of the simulation.")
@click.option("--fresh", is_flag=True, help="Train again what could be kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def calibrate(
    *, releases: int, trained: int, seed: int, fresh: bool, as_json: bool, **given: Any
) -> int:
    """Test the harness itself: judge the baseline build against itself.

    Simulated releases deal the committed replicates out as baseline and as candidate, as if every
    prediction had changed and nothing had become worse; trained ones are real runs in a folder of
    their own. Ends 1 where the false alarms are shown to exceed the error budget (by their lower
    95% bound), else 0. Interrupted, trained builds resume.

    \b
    Examples:
      qualify calibrate
      qualify calibrate --releases 1000 --trained 0 --json
    """  # noqa: D301
    if not releases and not trained:
        raise click.UsageError("nothing is asked for: give --releases or --trained")
    ready, selection = context(given, _say)
    asked = Asked(releases, trained, seed, fresh)
    found = calibrating(ready, selection, asked, Watcher(_ERR), _told)
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2))
    else:
        _show(found)
    return ExitCode.SHIP if found.kept else ExitCode.HOLD


def _show(found: Calibration) -> None:
    """Print the goals as a table, and what lies behind them."""
    table = Table(box=None, pad_edge=False)
    for heading in ("false alarms", "budget", "measured", "at most (95%)", ""):
        table.add_column(heading, justify="left" if heading in {"false alarms", ""} else "right")
    for goal in found.goals:
        mark = "within the budget" if goal.met else "EXCEEDS the budget"
        numbers = (goal.goal, f"{goal.value:.4g}", f"{goal.bound:.4g}")
        table.add_row(*map(Text, (goal.name, *numbers, mark)))
    out().print(table)
    lines = _simulated(found.simulated) if found.simulated else []
    for line in (*lines, *map(_trained, found.trained), *_identity(found)):
        click.echo(line)


def _simulated(of: Simulated) -> list[str]:
    """What the simulated releases were, and why any was held."""
    cells = of.releases * of.cells
    each = of.trainings / cells
    ends = ", ".join(f"{count / cells:.1%} {name}" for name, count in sorted(of.statuses.items()))
    lines = [f"simulated: {of.releases} releases of {of.cells} cells: {ends}"]
    lines.append(f"simulated: {each:.1f} trainings a cell")
    if of.without:
        lines.append(f"too few replicates to be simulated: {', '.join(of.without)}")
    return [*lines, *(f"held falsely: {sentence}" for sentence in of.reasons)]


def _trained(of: TrainedBuild) -> str:
    return f"trained A{of.number:02d}: {of.sentence}; {of.trainings} trainings"


def _identity(found: Calibration) -> list[str]:
    """The rate of identical predictions with its two-sided 90% interval."""
    differ = found.identity
    if not differ.total:
        return []
    same = differ.total - differ.failed
    low, high = 1.0 - upper_bound(differ), 1.0 - lower_bound(differ)
    recorded = "" if found.recorded is None else f"; the baselines record {found.recorded:.1%}"
    rate = f"{same / differ.total:.1%} (90% interval {low:.1%} to {high:.1%})"
    return [f"identical predictions: {same} of {differ.total}, {rate}{recorded}"]


def _plain(found: Calibration) -> dict[str, Any]:
    differ = found.identity
    known = bool(differ.total)
    identity = {
        "identical": differ.total - differ.failed,
        "compared": differ.total,
        "rate": 1.0 - differ.failed / differ.total if known else None,
        "lower": 1.0 - upper_bound(differ) if known else None,
        "upper": 1.0 - lower_bound(differ) if known else None,
        "recorded": found.recorded,
    }
    return {
        "goals": [asdict(goal) for goal in found.goals],
        "alpha": found.alpha,
        "simulated": asdict(found.simulated) if found.simulated else None,
        "trained": [asdict(one) for one in found.trained],
        "identity": identity,
    }


def _told(done: int, total: int) -> None:
    if done % _TOLD == 0 or done == total:
        _say(f"{done} of {total} simulated releases")


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
