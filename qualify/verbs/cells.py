"""The cells that the suites declare, and which of them cannot be filled here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qualify.building.pythons import find_python
from qualify.building.tools import find_uv
from qualify.core.adapter import Adapter
from qualify.core.canary import Canary
from qualify.core.errors import ConfigError, SuiteError
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.core.promises import PROMISES
from qualify.wiring import CELLS, Context, has_gpu

_PLUGINS = ("no:cacheprovider", "qualify.pytest_plugin", "xdist.plugin")


def collect(context: Context, on: Sequence[Lane]) -> tuple[Cell, ...]:
    """Let pytest collect the suites; raises SuiteError with what pytest says is wrong."""
    absent = [folder for folder in context.suites if not folder.is_dir()]
    if absent:
        raise ConfigError(f"there is no folder of suites {absent[0]}", "set paths.suites")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "cells.json"
        ran = subprocess.run(
            [
                *pytest_command(context),
                *("--collect-only", "-q", "--qualify-collect", str(path)),
                *("--qualify-lanes", ",".join(map(str, on))),
            ],
            cwd=context.home,
            env=pytest_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode or not path.exists():
            raise SuiteError(_telling(ran.stdout + ran.stderr), "mend the suite and run again")
        cells = CELLS.validate_python(json.loads(path.read_text()))
    if not cells:
        folders = ", ".join(map(str, context.suites))
        raise SuiteError(f"{folders}: no canary and no check", "add one: CONTRIBUTING.md")
    _refuse_doubles(cells)
    missing = {str(lane): reason for lane in on if (reason := unavailable(lane))}
    budgeted = (_budgeted(cell, context.adapter) for cell in cells)
    return tuple(
        replace(cell, skip=missing.get(str(cell.lane), "") or unsupported(cell, context.adapter))
        for cell in budgeted
    )


def _budgeted(cell: Cell, adapter: Adapter) -> Cell:
    """Fill in the adapter's preset where a canary leaves its budget open."""
    canary = cell.canary
    if canary is None:
        return cell
    return replace(cell, canary=replace(canary, budget=canary.budget.of(adapter.preset)))


def pytest_command(context: Context) -> list[str]:
    """Run pytest over the suites, free of the surrounding project's settings."""
    settings = Path(__file__).with_name("suites.ini")
    places = [*map(str, context.suites), "-c", str(settings), "--rootdir", str(context.home)]
    plugins = (f"-p{name}" for name in _PLUGINS)
    return [sys.executable, "-m", "pytest", *places, *plugins]


def pytest_environment() -> dict[str, str]:
    """The variables of that pytest: what plugins are installed beside it changes no cell."""
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUNBUFFERED": "1"}


def unavailable(lane: Lane) -> str:
    """Why a lane cannot run on this machine, or nothing."""
    if find_python(lane.python) is None:
        return f"no python {lane.python} on this machine; install it to fill this lane"
    if lane.runner == "gpu" and not has_gpu():
        return "no GPU on this machine (nvidia-smi finds none)"
    if lane.mode == "minimum" and find_uv() is None:
        return "only uv finds the oldest allowed dependencies: `pip install uv` to fill this lane"
    return ""


def unsupported(cell: Cell, adapter: Adapter) -> str:
    """Why the target cannot do what a canary asks of it, or nothing."""
    canary = cell.canary
    needs = (*cell.needs, *(_asked(canary) if canary else ()))
    ignored = sorted({name for name in needs if name not in adapter.honours})
    if ignored:
        return f"{adapter.name} does not promise: {'; '.join(map(_promise, ignored))}"
    if canary is None:
        return ""
    if canary.task not in adapter.tasks:
        return f"{adapter.name} has no {canary.task} task"
    wanted = canary.options.get("estimators", [])
    has = adapter.estimators.get(canary.task, ())
    listed = wanted if adapter.estimators and isinstance(wanted, list) else []
    unknown = [name for name in listed if name not in has]
    return f"{adapter.name} has no {', '.join(unknown)} for {canary.task}" if unknown else ""


def _asked(canary: Canary) -> Iterator[str]:
    """The promises that a canary's budget and options rely on."""
    if canary.budget.iterations is not None:
        yield "iterations"
    if canary.budget.seconds is not None:
        yield "seconds"
    yield from canary.options


def _promise(name: str) -> str:
    return f"{name} ({PROMISES[name]})" if name in PROMISES else name


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
