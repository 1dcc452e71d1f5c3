"""The tables of figures within pages, from what the benchmarks left and from the engine.

A block `<!-- figures: SOURCE TABLE -->` is drawn from `docs/figures/SOURCE.json`, or for the source
`engine` from the code itself. Refresh the files with
`python -m benchmarks.verdict_rules --json > docs/figures/verdict_rules.json`, and likewise of
`repeats`, `bisection`, `changepoints`, `history`, `grid` and `same_release`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from docs.engine import TABLES as ENGINE
from docs.markdown import table

HERE = Path(__file__).parent
_BLOCK = re.compile(r"(<!-- figures: (\w+) (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Row = Mapping[str, Any]
USUAL = {"noise": "Gaussian", "m": 50, "cap": 30, "correlation": 0.0, "offset": 0.0}
"""The setting that rules are compared in: default replicates and cap."""
ENGINE_RULES = "ours"


def filled(name: str) -> str:
    """Return a page with every block of figures drawn anew."""
    text = (HERE / name).read_text(encoding="utf-8")
    return _BLOCK.sub(lambda b: f"{b[1]}\n{figures(b[2], b[3])}\n\n{b[4]}", text)


def figures(source: str, name: str) -> str:
    """Draw one table; raises KeyError for a name that nothing draws."""
    if source == "engine":
        return ENGINE[name]()
    path = HERE / "figures" / f"{source}.json"
    return MEASURED[name](json.loads(path.read_text(encoding="utf-8")))


def _goals(found: Row) -> str:
    """Every goal with its bound, and how many are met."""
    goals = found["goals"]
    promised = [goal for goal in goals if goal["goal"] != "-"]
    missed = sum(not goal["met"] for goal in promised)
    lines = table(("what", "goal", "value", "95% bound", ""), map(_goal, goals))
    kept = len(promised) - missed
    return f"{lines}\n\n{kept} of {len(promised)} goals are met; missed: {missed}."


def _goal(goal: Row) -> tuple[str, ...]:
    met = "" if goal["goal"] == "-" else "met" if goal["met"] else "**missed**"
    return goal["name"], goal["goal"], f"{goal['value']:.3g}", f"{goal['bound']:.3g}", met


def _alarms(found: Row) -> str:
    """Releases of unchanged cells with any false alarm: by rule and noise, offset beside none."""
    wanted = {key: USUAL[key] for key in ("m", "cap", "correlation")}
    rows = list(filter(_usual, _like(found["rules"], {**wanted, "shift": 0.0})))
    cells: dict[tuple[str, str], list[str]] = {}
    for row in sorted(rows, key=lambda r: float(r["offset"])):
        shares = cells.setdefault((row["rule"], row["noise"]), [])
        shares.append(f"{row['red_share']:.2f}")
    return _pivot(rows, {key: " / ".join(shares) for key, shares in cells.items()}, "noise")


def _usual(row: Row) -> bool:
    """Leave out variants of ours that are no defaults: they are in the table of designs."""
    return not str(row["rule"]).endswith(("by hand", "by seed"))


def _power(found: Row) -> str:
    """Cells that regressed and that passed, in per cent, by rule and shift."""
    return _by_shift(found, lambda r: f"{r['regressed']:.1%} / {r['passed']:.1%}")


def _trainings(found: Row) -> str:
    """Mean trainings of a cell, and those that confirm, by rule and shift."""
    return _by_shift(found, _spent)


def _by_shift(found: Row, cell: Callable[[Row], str]) -> str:
    usual = filter(_usual, _like(found["rules"], USUAL))
    ordered = sorted(usual, key=lambda r: float(r["shift"]))
    rows = [{**row, "shift": f"{row['shift']:g}σ"} for row in ordered]
    return _pivot(rows, {(row["rule"], row["shift"]): cell(row) for row in rows}, "shift")


def _designs(found: Row) -> str:
    """Ours by number of replicates and cap, and paired by seed, with Gaussian noise."""
    wanted = {"noise": USUAL["noise"], "offset": 0.0}
    ours = [r for r in _like(found["rules"], wanted) if r["rule"].startswith(ENGINE_RULES)]
    ours.sort(key=lambda r: (r["shift"], r["m"], r["cap"], r["correlation"], r["rule"]))
    rows = [{**row, "rule": _design(row), "shift": f"{row['shift']:g}σ"} for row in ours]
    return _pivot(rows, {(row["rule"], row["shift"]): _ends(row) for row in rows}, "shift")


def _design(row: Row) -> str:
    seeds = f", seeds correlated {row['correlation']:g}" if row["correlation"] else ""
    return f"{row['rule']}: m = {row['m']}, cap {row['cap']}{seeds}"


def _ends(row: Row) -> str:
    return f"{row['regressed']:.1%} / {row['passed']:.1%}, {_spent(row)}"


def _spent(row: Row) -> str:
    confirming = f" + {row['confirming']:.1f}" if row["confirming"] >= 0.05 else ""  # noqa: PLR2004
    return f"{row['trainings']:.1f}{confirming}"


def _yardsticks(found: Row) -> str:
    """What was measured besides the goals."""
    return table(("what", "value"), ((k, f"{v:.4g}") for k, v in found["figures"].items()))


def _like(rows: Iterable[Row], wanted: Row) -> list[Row]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def _pivot(rows: Iterable[Row], cells: Mapping[tuple[str, str], str], columns: str) -> str:
    """Rules, the engine's first, by the values of a column."""
    names = list(dict.fromkeys(str(row[columns]) for row in rows))
    rules = sorted(dict.fromkeys(rule for rule, _ in cells), key=_ours_first)
    lines = ((_bold(r), *(cells.get((r, name), "") for name in names)) for r in rules)
    return table(("rule", *names), lines)


def _ours_first(rule: str) -> bool:
    return not rule.startswith(ENGINE_RULES)


def _bold(rule: str) -> str:
    return rule if _ours_first(rule) else f"**{rule}**"


def _steps(found: Row) -> str:
    """Methods that look for steps in a history, by its noise: alarms, shift or share, exact."""
    rows = found["histories"]
    methods = list(dict.fromkeys(str(row["method"]) for row in rows))
    cells = {(row["setting"], row["method"]): _step(row) for row in rows}
    settings = dict.fromkeys(str(row["setting"]) for row in rows)
    lines = ((name, *(cells[name, method] for method in methods)) for name in settings)
    return table(("history", *map(_bold, methods)), lines)


def _step(row: Row) -> str:
    found, smallest = row["found"], row["smallest"]
    power = f"{smallest:.2f}σ" if smallest else "–"
    if len(found) == 1:
        power = f"{next(iter(found.values())):.0%}"
    return f"{row['alarms']:.2g}, {power}, {row['exact']:.0%}"


def _rounds(found: Row) -> str:
    """A line for each time that a release was qualified against itself."""
    statuses = list(dict.fromkeys(name for run in found["runs"] for name in run["counts"]))
    heads = ("release", "round", "decision", *statuses, "red", "trainings")
    runs = sorted(found["runs"], key=lambda run: (run["package"], run["round"]))
    return table(heads, (_round(run, statuses) for run in runs))


def _round(run: Row, statuses: Iterable[str]) -> tuple[str, ...]:
    counts = (str(run["counts"].get(name, 0)) for name in statuses)
    red = ", ".join(f"`{cell}`" for cell in run["red"]) or "none"
    release = f"{run['package']} {run['release']}"
    return release, str(run["round"]), run["decision"], *counts, red, str(run["trainings"])


def _flaky(found: Row) -> str:
    """The share of red among cells that fail as often in both builds, by rule and rate."""
    named = [(*goal["name"].partition(": "), goal["value"]) for goal in found["goals"]]
    cells = {(rule, rate): f"{value:.2%}" for rule, colon, rate, value in named if colon}
    return _pivot([{"rate": rate} for _, rate in cells], cells, "rate")


MEASURED: Mapping[str, Callable[[Row], str]] = {
    "flaky": _flaky,
    "steps": _steps,
    "goals": _goals,
    "alarms": _alarms,
    "power": _power,
    "trainings": _trainings,
    "designs": _designs,
    "yardsticks": _yardsticks,
    "rounds": _rounds,
}
