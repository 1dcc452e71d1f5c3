"""How fast the grid's page opens, scrolls and finds, beside other ways to draw the same squares.

`python -m benchmarks.grid [--quick] [--json] [--out PATH] [--allure COMMAND]` generates histories
whose statistics come from recorded releases, draws each as the page, as plotly's heatmap and as a
plain table, and measures them in headless Chromium. Allure's report (of one build: it draws no
grid) is measured where its command is named. A missed goal is a result, not a failure.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from rich.console import Console
from rich.table import Table

from benchmarks._chromium import Seen, chromium, look, opened
from benchmarks._generated_grids import generated
from benchmarks._report import Goal
from benchmarks._rival_pages import allure, heatmap, table
from qualify.building.provenance import cpu_model
from qualify.core.atlas import Atlas
from qualify.rendering.assets import plotly, script, style
from qualify.rendering.page import render_page

GENERATED = "2026-01-01T00:00:00+00:00"
WORDS = ("b", "br", "breast", "", "!*breast*", "suite:quality", "status:regressed", "now:flaky", "")
TABLE_LIMIT = 720_000
"""Squares of the largest plain table: each is an element, and some millions fill the memory."""
_PAN = """async ([right, down, frames]) => {
  const plot = document.getElementById("plot"), taken = [], { data } = plot;
  let [x, y] = [0, 0], last = await new Promise(requestAnimationFrame);
  for (let n = 0; n < Math.min(frames, 20); n += 1) {
    [x, y] = [x + right / 20, y + down / 20];
    await Plotly.relayout(plot, { "xaxis.range": [x, x + 45], "yaxis.range": [y + 30, y] });
    const now = await new Promise(requestAnimationFrame);
    taken.push(now - last);
    last = now;
  }
  return taken;
}"""


@dataclass(frozen=True)
class Result:
    """One way to draw one history; `data` are bytes beside scripts and style."""

    drawn: str
    builds: int
    rows: int
    data: int
    seen: Seen
    note: str = ""


def measure(browser: Browser, folder: Path, *, quick: bool, command: str) -> Iterator[Result]:
    """Every way to draw each history, the small one first."""
    opens, frames = (2, 40) if quick else (7, 120)
    for builds, rows in ((100, 2000), (3200, 900)):
        if quick:
            builds, rows = builds // 4, rows // 4  # noqa: PLW2901
        atlas = generated(builds, rows)
        ours = _write(folder, render_page(atlas, GENERATED))
        data = _data(ours, plotly(), script(), style())
        seen = look(browser, ours, WORDS, opens=opens, frames=frames)
        yield Result("this page", builds, rows, data, seen)
        theirs = _write(folder, heatmap(atlas.overview))
        seen = look(browser, theirs, opens=min(opens, 3), frames=frames, pan=_PAN)
        note = "pan by relayout of 45 builds by 30 rows; it finds nothing"
        yield Result("plotly heatmap", builds, rows, _data(theirs, plotly()), seen, note)
        yield _plain(browser, folder, atlas, min(opens, 3))
        if command:
            yield _allure(browser, folder / f"allure{builds}", atlas, command)


def _plain(browser: Browser, folder: Path, atlas: Atlas, opens: int) -> Result:
    """A plain table, of fewer builds where all would be too many elements."""
    rows, builds = len(atlas.overview.rows), len(atlas.overview.builds)
    most = min(builds, TABLE_LIMIT // rows)
    shown = atlas if most == builds else generated(most, rows)
    page = _write(folder, table(shown.overview))
    seen = look(browser, page, ("b", "br", "breast", ""), opens=opens, frames=30)
    note = "" if most == builds else f"{most} of {builds} builds: more elements fill the memory"
    return Result("plain table", most, rows, page.stat().st_size, seen, note)


def _allure(browser: Browser, folder: Path, atlas: Atlas, command: str) -> Result:
    page = allure(atlas.overview, Path(command), folder)
    seen = opened(browser, page, "[data-testid='tree-leaf']")
    rows = len(atlas.overview.rows)
    return Result("Allure 3", 1, rows, page.stat().st_size, seen, "one build; with its scripts")


def goals(results: Sequence[Result]) -> list[Goal]:
    """What was promised of the page; of openings and finds the medians, which have no bound."""
    small, large = [one for one in results if one.drawn == "this page"]
    first, second = [f"{one.builds:,} builds × {one.rows:,} cells" for one in (small, large)]
    rate = large.seen.frames_per_second or 0.0
    return [
        _at_most(f"{first}: interactive, ms", 1000, small.seen.ready_ms),
        _at_most(f"{first}: data, bytes", 3_000_000, small.data),
        _at_most(f"{second}: opens, ms", 2000, large.seen.ready_ms),
        Goal(f"{second}: frames a second", "≥ 50", rate, rate, rate >= 50),
        _at_most(f"{first}: find, ms", 50, small.seen.find_ms),
        _at_most(f"{second}: find, ms", 50, large.seen.find_ms),
    ]


def _at_most(name: str, limit: float, found: float | None) -> Goal:
    value = math.inf if found is None else found
    return Goal(name, f"≤ {limit:,}", value, value, value <= limit)


def _write(folder: Path, page: str) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.html"
    path.write_text(page, encoding="utf-8")
    return path


def _data(page: Path, *scripts: str) -> int:
    return page.stat().st_size - sum(len(one.encode()) for one in scripts)


def as_json(results: Sequence[Result], load: tuple[float, ...]) -> dict[str, Any]:
    """The report for machines."""
    machine = {"cpu": cpu_model(), "cores": os.cpu_count(), "platform": platform.platform()}
    return {
        "machine": machine,
        "load_average": {"before": load, "after": os.getloadavg()},
        "goals": [asdict(goal) for goal in goals(results)],
        "results": [asdict(result) for result in results],
    }


def show(results: Sequence[Result]) -> Iterator[Table]:
    """The report for people."""
    found = Table("drawn", "builds", "rows", "data", "ready", "frames/s", "find", "worst", "note")
    for one in results:
        seen = asdict(one.seen)
        ready, rate, _, find, worst = ("–" if v is None else f"{v:g}" for v in seen.values())
        counts = (f"{one.builds:,}", f"{one.rows:,}", f"{one.data / 1e6:.2f} MB")
        found.add_row(one.drawn, *counts, f"{ready} ms", rate, find, worst, one.note)
    yield found
    promised = Table("what", "goal", "found", "met")
    for goal in goals(results):
        promised.add_row(goal.name, goal.goal, f"{goal.value:,g}", str(goal.met))
    yield promised


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description="The grid's page beside others.")
    parser.add_argument("--quick", action="store_true", help="a quarter of each side, few looks")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--out", type=Path, help="write the JSON to this file, too")
    parser.add_argument("--allure", default="", help="the command of Allure 3, if it is there")
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        found = measure(browser, Path(folder), quick=chosen.quick, command=chosen.allure)
        results = list(found)
    text = json.dumps(as_json(results, load), indent=1) + "\n"
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")
    if chosen.json:
        sys.stdout.write(text)
        return
    console = Console(width=max(Console().width, 150))
    console.print(f"load average {load} before, {os.getloadavg()} after")
    for one in show(results):
        console.print(one)


if __name__ == "__main__":
    main()
