"""The measured figures within `statistics.md`, from what the benchmark left.

Refresh them with `python -m benchmarks.simple_rule --quick --json > docs/figures/simple_rule.json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docs.markdown import table

HERE = Path(__file__).parent
_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def statistics_page() -> str:
    """Return the page with every block of figures drawn anew."""
    text = (HERE / "statistics.md").read_text(encoding="utf-8")
    return _BLOCK.sub(lambda found: f"{found[1]}\n{_figures(found[2])}\n\n{found[3]}", text)


def _figures(name: str) -> str:
    path = HERE / "figures" / f"{name}.json"
    goals = json.loads(path.read_text(encoding="utf-8"))["goals"]
    missed = sum(not goal["met"] for goal in goals)
    lines = table(("noise and truth", "goal", "value", "95% bound", ""), map(_goal, goals))
    return f"{lines}\n\n{len(goals) - missed} of {len(goals)} goals are met, {missed} are missed."


def _goal(goal: dict[str, Any]) -> tuple[str, ...]:
    met = "met" if goal["met"] else "**missed**"
    return goal["name"], goal["goal"], f"{goal['value']:.3g}", f"{goal['bound']:.3g}", met
