"""The page of the suites: every cell, what it stands for, and what the suites cost."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from docs.markdown import page, table
from qualify.config import Config
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.core.practices import PRACTICES
from qualify.verbs.cells import collect
from qualify.wiring import Context

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
COSTS = Path(__file__).parent / "figures" / "suite_costs.json"
_LANES = (Lane("3.11"), Lane("3.11", "cpu", "free"), Lane("3.11", "cpu", "minimum"))


@cache
def cells() -> tuple[Cell, ...]:
    """Every cell of the suites on one lane of each mode, as FLAML has them."""
    return collect(Context(Config(), ROOT, lambda _: None), _LANES)


def suites_page() -> str:
    """List the suites with their cells, their costs and the practices that they stand for."""
    names = list(dict.fromkeys(cell.suite for cell in cells()))
    return page(
        "Suites",
        "A suite is a folder of canaries (`canaries.toml`), checks (`test_*.py`) and probes "
        "(`probe_*.py`, experiments that run in the target's environment). Its cells name the "
        "tests of the [ML Test Score](#practices) that they give evidence for.",
        "## Cost",
        _costs(),
        *(part for name in names for part in _suite(name)),
        "## Practices",
        "The 28 tests of *The ML Test Score* (Breck et al. 2017), and the cells that give evidence "
        "for them. What has none cannot be seen in a package: it is about a product in service.",
        table(("test", "what it asks", "cells"), [_practice(p) for p in PRACTICES]),
    )


def _suite(name: str) -> list[str]:
    mine = {c.name: c for c in reversed(cells()) if c.suite == name}
    rows = [
        (f"`{c.name}`", c.about, ", ".join(c.practice), ", ".join(c.needs), c.owner)
        for c in reversed(mine.values())
    ]
    return [
        f"## {name}",
        about(name),
        table(("cell", "promise", "practice", "needs", "owner"), rows),
    ]


def about(name: str) -> str:
    """What a suite says of itself."""
    told = tomllib.loads((ROOT / "suites" / name / "suite.toml").read_text(encoding="utf-8"))
    return " ".join(str(told["about"]).split())


def _practice(practice: str) -> tuple[str, str, str]:
    names = dict.fromkeys(f"`{c.suite}/{c.name}`" for c in cells() if practice in c.practice)
    shown = list(names)[:6]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""  # noqa: PLR2004
    return practice, PRACTICES[practice], ", ".join(shown) + more


def _costs() -> str:
    told: dict[str, Any] = json.loads(COSTS.read_text())
    rows = [
        (f"`{s['suite']}`", s["cells"], s["trainings"], f"{s['cpu_s'] / 60:.1f}")
        for s in told["suites"]
    ]
    return f"{told['of']} (`qualify cost`):\n\n" + table(
        ("suite", "cells", "trainings of both builds", "CPU minutes"), rows
    )
