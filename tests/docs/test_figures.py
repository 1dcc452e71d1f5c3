"""The tables within the statistics come from files and code, never from a hand."""

from __future__ import annotations

import json
import re

import pytest

from docs import engine, figures
from qualify.core.budget import ErrorBudget
from tests.docs.examples import ROOT

PAGE = (ROOT / "docs/statistics.md").read_text(encoding="utf-8")
HISTORY = (ROOT / "docs/history.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- figures: (\w+) (\w+) -->", PAGE + HISTORY)
RULES = [
    {
        "rule": rule,
        "noise": noise,
        "m": 50,
        "cap": 30,
        "shift": shift,
        "offset": offset,
        "correlation": 0.0,
        "regressed": 0.25,
        "passed": 0.5,
        "trainings": 12.34,
        "confirming": confirming,
        "red_share": 0.04,
    }
    for rule, confirming in (("Welch", 0.0), ("ours", 2.96), ("ours, by hand", 0.0))
    for noise in ("Gaussian", "t3")
    for shift, offset in ((1.0, 0.0), (0.0, 0.2), (0.0, 0.0))
]


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A benchmark's file with three rules, two noises, one loss and one offset."""
    goals = [
        {"name": "errs", "goal": "≤ 0.05", "value": 0.03, "bound": 0.04, "met": True},
        {"name": "costs", "goal": "≤ 6", "value": 5.9, "bound": 6.1, "met": False},
    ]
    (tmp_path / "figures").mkdir()
    path = tmp_path / "figures" / "bench.json"
    path.write_text(json.dumps({"goals": goals, "rules": RULES, "figures": {"bound": 6.1109}}))
    monkeypatch.setattr(figures, "HERE", tmp_path)


def cells(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_source_of_figures_is_used() -> None:
    """The page draws each of the engine's tables, and each one that a benchmark can fill."""
    assert {name for source, name in BLOCKS if source == "engine"} == set(engine.TABLES)
    assert {name for source, name in BLOCKS if source != "engine"} == set(figures.MEASURED)
    goals = {source for source, name in BLOCKS if name == "goals"}
    assert goals == {"verdict_rules", "bisection", "changepoints", "history", "grid"}


def test_goals_say_which_are_missed(measured) -> None:
    """A missed goal stands out in its line and in the count."""
    drawn = figures.figures("bench", "goals")
    assert [row[-1] for row in cells(drawn)[2:]] == ["met", "**missed**"]
    assert "1 of 2 goals are met; missed: 1." in drawn


def test_alarms_show_the_offset_beside_none(measured) -> None:
    """The engine comes first, variants with a margin by hand are left out, offsets ascend."""
    head, _, *rows = cells(figures.figures("bench", "alarms"))
    assert head == ["rule", "Gaussian", "t3"]
    assert [row[0] for row in rows] == ["**ours**", "Welch"]
    assert rows[0][1] == "0.04 / 0.04"


def test_shifts_ascend_and_confirming_trainings_are_added(measured) -> None:
    """Power and trainings have a column a shift; what is spent on confirming is told apart."""
    head, _, ours, welch = cells(figures.figures("bench", "trainings"))
    assert head == ["rule", "0σ", "1σ"]
    assert (ours[1], welch[1]) == ("12.3 + 3.0", "12.3")
    assert cells(figures.figures("bench", "power"))[2][1] == "25.0% / 50.0%"


def test_designs_are_those_of_the_engine(measured) -> None:
    """The table of designs leaves out the rules of others."""
    rows = cells(figures.figures("bench", "designs"))[2:]
    assert [row[0] for row in rows] == [
        "**ours: m = 50, cap 30**",
        "**ours, by hand: m = 50, cap 30**",
    ]


def test_yardsticks_are_rounded(measured) -> None:
    """Yardsticks have four digits."""
    assert cells(figures.figures("bench", "yardsticks"))[2:] == [["bound", "6.111"]]


def test_the_parts_of_the_budget_make_a_whole() -> None:
    """All tests in the table together spend no more than the release's alpha."""
    rows = cells(engine.budget())[2:]
    spent = sum(int(tests) * float(level) for _, _, tests, level, _ in rows)
    assert spent == pytest.approx(ErrorBudget().alpha, rel=0.02)


def test_the_pictures_are_small_and_shown() -> None:
    """Every picture of the statistics is there, small enough to load, and on the page."""
    shown = re.findall(r"\]\((pictures/\w+\.png)\)", PAGE)
    assert len(shown) == len(set(shown))
    assert all((ROOT / "docs" / path).stat().st_size < 80_000 for path in shown)
