"""Plan: fetch the candidate, give it a column, list the cells."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualify.building.pythons import find_python
from qualify.core.candidate import Source
from qualify.core.data import digest
from qualify.core.errors import ConfigError, SuiteError
from qualify.core.matrix import Lane, matches
from qualify.core.plan import Cell, Plan
from qualify.storing.builds import BuildFolder
from qualify.wiring import CELLS, Context, files_digest, has_gpu


@dataclass(frozen=True)
class Selection:
    """What of the plan a run fills: globs over cell identifiers, and lanes (empty: all)."""

    patterns: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()

    def takes(self, cell: Cell) -> bool:
        """Whether a cell is wanted for its own sake."""
        lane = cell.lane
        if lane is not None and self.pythons and lane.python not in self.pythons:
            return False
        if lane is not None and self.runners and lane.runner not in self.runners:
            return False
        return matches(cell.id, self.patterns)


def plan(context: Context, selection: Selection) -> tuple[BuildFolder, Source, Source]:
    """Write the plan of a run; raises CandidateError, SuiteError, ConfigError."""
    target = context.config.target
    adapter = context.adapter
    cells = collect(context, lanes(context, selection))
    selected = select(cells, selection)
    source = context.fetcher().fetch(target.candidate)
    baseline = context.fetcher().fetch(target.baseline)
    folder = context.shelf.take(digest([target.name, source.identity, baseline.identity]))
    folder.save_plan(
        Plan(
            build=folder.id,
            target=target.name,
            adapter=str(adapter.path),
            baselines=str(context.baselines.root),
            candidate=target.candidate,
            baseline=target.baseline,
            code=files_digest(context.suites.rglob("*.py")),
            cells=cells,
            selected=selected,
            alpha=context.config.errors.alpha,
            beta=context.config.errors.beta,
        )
    )
    (context.work / "current").write_text(folder.id)
    return folder, source, baseline


def lanes(context: Context, selection: Selection) -> tuple[Lane, ...]:
    """The configured lanes and those that the command line asks for beside them."""
    wanted = context.config.lanes
    table = wanted.model_copy(
        update={
            "pythons": tuple(dict.fromkeys((*wanted.pythons, *selection.pythons))),
            "runners": tuple(dict.fromkeys((*wanted.runners, *selection.runners))),
        }
    )
    return tuple(dict.fromkeys(table.all()))


def collect(context: Context, on: Sequence[Lane]) -> tuple[Cell, ...]:
    """Let pytest collect the suites; raises SuiteError with what pytest says is wrong."""
    if not context.suites.is_dir():
        raise ConfigError(f"there is no folder of suites {context.suites}", "set paths.suites")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "cells.json"
        ran = subprocess.run(
            [
                *pytest_command(context),
                *("--collect-only", "-q", "--qualify-collect", str(path)),
                *("--qualify-lanes", ",".join(map(str, on))),
            ],
            cwd=context.suites.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode or not path.exists():
            raise SuiteError(_telling(ran.stdout + ran.stderr), "mend the suite and run again")
        cells = CELLS.validate_python(json.loads(path.read_text()))
    if not cells:
        raise SuiteError(
            f"{context.suites} holds no canary and no check", "add one: CONTRIBUTING.md"
        )
    _refuse_doubles(cells)
    missing = {str(lane): reason for lane in on if (reason := unavailable(lane))}
    return tuple(replace(cell, skip=missing.get(str(cell.lane), "")) for cell in cells)


def pytest_command(context: Context) -> list[str]:
    """Run pytest over the suites, free of the surrounding project's settings."""
    settings = Path(__file__).with_name("suites.ini")
    options = [
        "-p",
        "no:cacheprovider",
        "-c",
        str(settings),
        "--rootdir",
        str(context.suites.parent),
    ]
    return [sys.executable, "-m", "pytest", str(context.suites), *options]


def unavailable(lane: Lane) -> str:
    """Why a lane cannot run on this machine, or nothing."""
    if find_python(lane.python) is None:
        return f"no python {lane.python} on this machine; install it to fill this lane"
    if lane.runner == "gpu" and not has_gpu():
        return "no GPU on this machine (nvidia-smi finds none)"
    return ""


def select(cells: Sequence[Cell], selection: Selection) -> tuple[str, ...]:
    """The wanted cells and every earlier stage that gates one of them; raises ConfigError."""
    wanted = [cell for cell in cells if selection.takes(cell)]
    if not wanted:
        asked = " ".join((*selection.patterns, *selection.pythons, *selection.runners))
        raise ConfigError(f"no cell fits {asked!r}", "`qualify cells` lists what there is")
    gates = {g.id for g in cells if any(cell.gated_by(g) for cell in wanted)}
    names = gates | {cell.id for cell in wanted}
    return tuple(cell.id for cell in cells if cell.id in names)


def _refuse_doubles(cells: Sequence[Cell]) -> None:
    seen: dict[str, Cell] = {}
    for cell in cells:
        if cell.id in seen:
            raise SuiteError(
                f"{cell.id} is declared twice: {seen[cell.id].node} and {cell.node}", "rename one"
            )
        seen[cell.id] = cell


def _telling(output: str) -> str:
    """What pytest says is wrong, without its frames."""
    lines = [line.removeprefix("E   ") for line in output.splitlines() if line.startswith("E  ")]
    said = "\n".join(lines).strip().removeprefix(f"{SuiteError.__module__}.SuiteError: ")
    return said or output.strip()[-2000:]
