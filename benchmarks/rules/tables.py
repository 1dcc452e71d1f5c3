"""The benchmark's results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.table import Table

from benchmarks._report import Goal
from benchmarks.rules.contest import Result
from benchmarks.rules.entrants import OURS, OURS_BY_HAND
from benchmarks.rules.experiments import OFFSET, USUAL
from benchmarks.rules.noises import GAUSSIAN
from benchmarks.rules.report import Report
from benchmarks.rules.streams import CELLS

Cell = Callable[[Result], str]


def tables(report: Report) -> list[Table]:
    """Goals, false alarms by noise, power and trainings by shift, our designs, and figures."""
    every = report.results.every
    usual = [one for one in every if (one.m, one.cap) == USUAL and not one.correlation]
    shifted = [one for one in usual if one.noise == GAUSSIAN.name and not one.offset]
    return [
        goal_table(report.goals),
        _alarms([one for one in usual if not one.shift and one.rule != OURS_BY_HAND.name]),
        _grid("Gaussian, m=50, cap 30: regressed / passed", shifted, _shift, _power),
        _grid("Gaussian, m=50, cap 30: trainings + confirming", shifted, _shift, _trainings),
        _designs([one for one in every if one.rule.startswith(OURS.name) and not one.offset]),
        _figures(report.figures),
    ]


def goal_table(goals: Sequence[Goal]) -> Table:
    """The goals, and whether their bounds keep them."""
    table = _table("The verdict engine: goals", ("what", "goal", "value", "95% bound", ""))
    for goal in goals:
        mark = "met" if goal.met else "missed"
        table.add_row(goal.name, goal.goal, f"{goal.value:.4g}", f"{goal.bound:.4g}", mark)
    return table


def _alarms(results: Iterable[Result]) -> Table:
    """Both offsets in one column of each noise."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in sorted(results, key=lambda one: one.offset):
        found.setdefault((one.rule, one.noise), []).append(f"{one.red_share:.3f}")
    title = f"{CELLS} unchanged cells, any regressed: offset 0 / {OFFSET:g}σ"
    return _pivot(title, {key: " / ".join(shares) for key, shares in found.items()})


def _shift(one: Result) -> str:
    return f"{one.shift:g}σ"


def _power(one: Result) -> str:
    return f"{one.regressed:.3f} / {one.passed:.3f}"


def _trainings(one: Result) -> str:
    confirming = f" + {one.confirming:.1f}" if one.confirming >= 0.05 else ""
    return f"{one.trainings:.1f}{confirming}"


def _grid(title: str, results: Iterable[Result], column: Cell, cell: Cell) -> Table:
    return _pivot(title, {(one.rule, column(one)): cell(one) for one in results})


def _pivot(title: str, cells: dict[tuple[str, str], str]) -> Table:
    """Rules by whatever the columns are."""
    columns = list(dict.fromkeys(column for _, column in cells))
    table = _table(title, ("rule", *columns))
    for rule in dict.fromkeys(rule for rule, _ in cells):
        table.add_row(rule, *(cells.get((rule, column), "") for column in columns))
    return table


def _designs(results: Iterable[Result]) -> Table:
    headings = (
        "rule",
        "m",
        "cap",
        "correlation",
        "shift",
        "regressed",
        "passed",
        "inconclusive",
        "trainings",
    )
    table = _table("Ours by design, Gaussian", headings)
    for one in results:
        if one.noise == GAUSSIAN.name:
            shares = (f"{share:.4f}" for share in (one.regressed, one.passed, one.inconclusive))
            what = (one.rule, str(one.m), str(one.cap), f"{one.correlation:g}", f"{one.shift:g}σ")
            table.add_row(*what, *shares, _trainings(one))
    return table


def _figures(figures: dict[str, float]) -> Table:
    table = _table("Yardsticks", ("what", "value"))
    for name, value in figures.items():
        table.add_row(name, f"{value:.5g}")
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title)
    for heading in headings:
        left = heading in ("what", "rule")
        table.add_column(heading, justify="left" if left else "right", no_wrap=left)
    return table
