"""Steps in histories of builds: ours beside Apache Otava and ruptures, on the same histories.

`python -m benchmarks.changepoints [--quick] [--json] [--out PATH]` draws histories of a hundred
builds with five trainings each. Quiet ones count false alarms; in the others one build shifts the
loss of itself and of those after it. The noise is simulated or that of real trainings; in "same
seeds" the builds are recorded ones of FLAML, spliced: a release that was recorded twice, then
another release at the same five seeds.

Ours is given the trainings, as the harness gives them; "ours, means" only what the others are
given, the mean of each build. A missed goal is a result, not a failure of the command.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._placed import METHODS, Outcome, outcomes
from benchmarks._planted import History, Setting, releases, settings, spliced
from benchmarks._report import Goal
from benchmarks._rivals import Rivals, rivals
from benchmarks._scored import CLEAR, Result, result
from benchmarks._wanted import WEAK, claims, goals_of, missing
from benchmarks.replays import MODES, Replay, replays

SHIFTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
WIDTH = 150
"""Columns that the widest table needs."""


@dataclass(frozen=True)
class Size:
    """How many histories: quiet ones, of each shift, and of the shifts of the goals."""

    quiet: int
    steps: int
    goals: int


FULL, QUICK = Size(200, 30, 150), Size(20, 6, 20)


def measure(size: Size, others: Rivals) -> dict[str, Any]:
    """Measure everything: goals, and a result for each method and setting."""
    found = list(replays().values())
    results: list[Result] = []
    goals: list[Goal] = []
    for number, setting in enumerate(settings(found)):
        rng = np.random.default_rng([24, number])
        drawn = {s: _drawn(rng, setting, s, size) for s in (0.0, *SHIFTS)}
        ended = {s: outcomes(histories, others) for s, histories in drawn.items()}
        results += [result(setting.name, method, ended) for method in METHODS]
        goals += [*goals_of(setting.name, ended), *claims(setting.name, drawn[CLEAR])]
    goals.append(missing(size.goals))
    for mode in MODES:
        ended = _spliced([r for r in found if r.mode == mode], size, others)
        results += [result(f"same seeds, {mode}", method, ended) for method in METHODS]
        goals += goals_of(f"same seeds, {mode}", ended)
    return {"goals": [asdict(g) for g in goals], "histories": [asdict(r) for r in results]}


def _drawn(rng: np.random.Generator, setting: Setting, shift: float, size: Size) -> list[History]:
    count = size.goals if shift in {WEAK, CLEAR} else size.steps
    return [setting.draw(rng, shift) for _ in range(count if shift else size.quiet)]


def _spliced(
    found: Sequence[Replay], size: Size, others: Rivals
) -> dict[float, dict[str, Outcome]]:
    """Recorded builds: quiet histories under the shift 0, those with a step under `CLEAR`."""
    rng = np.random.default_rng([26, len(found)])
    every = [(replay, other) for replay in found for other in releases(replay)]
    chosen = [every[n % len(every)] for n in range(2 * size.goals)]
    stepped = [spliced(rng, replay, other) for replay, other in chosen]
    quiet = [spliced(rng, found[n % len(found)], None) for n in range(size.quiet)]
    quiet += [one for one in stepped if one.first is None]
    stepped = [one for one in stepped if one.first is not None]
    return {0.0: outcomes(quiet, others), CLEAR: outcomes(stepped, others)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description="Steps in histories of builds.")
    parser.add_argument("--quick", action="store_true", help="fewer histories: some minutes")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--out", type=Path, help="write the JSON to this file, too")
    chosen = parser.parse_args(arguments)
    with rivals() as others:
        report = measure(QUICK if chosen.quick else FULL, others)
    text = json.dumps(report, indent=1) + "\n"
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")
    if chosen.json:
        sys.stdout.write(text)
        return
    console = Console(width=max(Console().width, WIDTH))
    for title, lines in report.items():
        console.print(_table(title, lines))


def _table(title: str, lines: Sequence[Mapping[str, Any]]) -> Table:
    """A column a field; those that hold more than a word are left to the JSON."""
    heads = [head for head, value in lines[0].items() if not isinstance(value, dict)]
    table = Table(*heads, title=title)
    for line in lines:
        table.add_row(*(_told(line[head]) for head in heads))
    return table


def _told(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
