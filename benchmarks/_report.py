"""What every benchmark shares: goals with values and bounds, as a table or as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from qualify.stats.rates import Count, lower_bound, upper_bound

_Z95 = 1.6449  # the 95% quantile of the standard normal


@dataclass(frozen=True)
class Goal:
    """A promise, what was measured, its one-sided 95% bound, and whether the bound keeps it."""

    name: str
    goal: str
    value: float
    bound: float
    met: bool


def at_most(name: str, count: Count, limit: float) -> Goal:
    """A rate that must not exceed `limit`: even its upper Clopper-Pearson bound."""
    bound = upper_bound(count)
    return Goal(name, f"≤ {limit:g}", count.failed / count.total, bound, bound <= limit)


def at_least(name: str, count: Count, limit: float) -> Goal:
    """A rate that must reach `limit`: even its lower Clopper-Pearson bound."""
    bound = lower_bound(count)
    return Goal(name, f"≥ {limit:g}", count.failed / count.total, bound, bound >= limit)


def mean_at_most(name: str, values: NDArray[np.float64], limit: float) -> Goal:
    """A mean that must not exceed `limit`: even its upper bound by the normal approximation."""
    mean = float(values.mean())
    bound = mean + _Z95 * float(values.std()) / math.sqrt(values.size)
    return Goal(name, f"≤ {limit:g}", mean, bound, bound <= limit)


def main(
    title: str, measure: Callable[[bool], Sequence[Goal]], arguments: Sequence[str] | None = None
) -> None:
    """Run a benchmark as a command: `--quick` for fewer paths, `--json` for machines.

    `measure` is told whether to be quick. A missed goal is a result, not a failure of the command.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--quick", action="store_true", help="fewer simulated paths")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    goals = measure(chosen.quick)
    if chosen.json:
        json.dump({"goals": [dataclasses.asdict(goal) for goal in goals]}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        Console().print(table(title, goals))


def table(title: str, goals: Sequence[Goal]) -> Table:
    """Draw the goals for people."""
    table = Table(title=title)
    for heading in ("what", "goal", "value", "95% bound", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for goal in goals:
        mark = "met" if goal.met else "missed"
        table.add_row(goal.name, goal.goal, f"{goal.value:.4g}", f"{goal.bound:.4g}", mark)
    return table
