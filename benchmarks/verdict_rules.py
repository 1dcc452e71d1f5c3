"""How often rules are wrong, and what they cost: the engine's and those of others.

`python -m benchmarks.verdict_rules [--quick] [--json] [--out PATH]` lets every rule judge the same
cells: simulated noise (Gaussian, heavy tails, skewed both ways, tied) and real trainings drawn
anew, with shifts from 0 to 4 standard deviations, three sizes of baselines, two caps, and an
environment that moves all trainings of a release. Beside them stand Wald's bounds, the least number
of trainings that any test needs.

The engine's cells are judged as a release of 200 gating metrics would be. A missed goal is a
result, not a failure of the command.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.replays import replays
from benchmarks.rules.experiments import FULL, QUICK
from benchmarks.rules.report import Report, measure
from benchmarks.rules.tables import tables

WIDTH = 150
"""Columns that the widest table needs."""


def as_json(report: Report) -> dict[str, Any]:
    """The report for machines: goals, rules (a row for each rule and setting), figures."""
    return {
        "goals": [asdict(goal) for goal in report.goals],
        "rules": [asdict(result) for result in report.results.every],
        "figures": report.figures,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description="Error rates and costs of verdict rules.")
    parser.add_argument("--quick", action="store_true", help="fewer cells: less than a minute")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--out", type=Path, help="write the JSON to this file, too")
    chosen = parser.parse_args(arguments)
    report = measure(QUICK if chosen.quick else FULL, list(replays().values()))
    show(report, machine=chosen.json, out=chosen.out)


def show(report: Report, *, machine: bool, out: Path | None) -> None:
    """Print a report, and write it where it is asked for."""
    text = json.dumps(as_json(report), indent=1) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    if machine:
        sys.stdout.write(text)
        return
    console = Console(width=max(Console().width, WIDTH))
    for table in tables(report):
        console.print(table)


if __name__ == "__main__":
    main()
