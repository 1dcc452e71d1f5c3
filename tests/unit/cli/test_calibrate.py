"""What `qualify calibrate` prints, and its exit code."""

from __future__ import annotations

import importlib
import json

import pytest
from click.testing import CliRunner

from qualify.core.errors import ExitCode
from qualify.verbs.calibrating.calibration import Calibration, Simulated, TrainedBuild

module = importlib.import_module("qualify.cli.calibrate")  # the package's attribute is the command

SIMULATED = Simulated(
    200, 12, ("quality/new",), 1, 1, ("HOLD: wine",), {"passed": 2399, "regressed": 1}, 18000
)
TRAINED = TrainedBuild(1, "ship", "SHIP: all 23 cells are green", (), 29, 30, 60)


def ran(monkeypatch: pytest.MonkeyPatch, found: Calibration, *arguments: str):
    monkeypatch.setattr(module, "calibrating", lambda *_: found)
    return CliRunner().invoke(module.calibrate, arguments, standalone_mode=False)


def test_the_measured_rates_are_printed(monkeypatch):
    """Rates with their bounds, why a release was held, and the identity rate with its interval."""
    out = ran(monkeypatch, Calibration(0.05, SIMULATED, (TRAINED,), 0.9))
    assert out.return_value == ExitCode.SHIP
    lines = [" ".join(line.split()) for line in out.output.splitlines()]
    assert "simulated releases held ≤ 0.05 0.005 0.0235 within the budget" in lines
    assert "simulated: 7.5 trainings a cell" in lines
    assert "held falsely: HOLD: wine" in lines
    assert "too few replicates to be simulated: quality/new" in lines
    assert "trained A01: SHIP: all 23 cells are green; 60 trainings" in lines
    (identity,) = (line for line in lines if line.startswith("identical"))
    assert identity.startswith("identical predictions: 29 of 30, 96.7% (90% interval ")
    assert identity.endswith("; the baselines record 90.0%")


def test_a_shown_excess_ends_1(monkeypatch):
    """The scheduled workflow turns red."""
    bad = Simulated(200, 12, (), 40, 40, (), {"regressed": 40}, 18000)
    out = ran(monkeypatch, Calibration(0.05, bad, (), None))
    assert out.return_value == ExitCode.HOLD
    assert "EXCEEDS the budget" in out.output


def test_json_has_goals_like_a_benchmark(monkeypatch):
    """Name, goal, value, bound and met of each."""
    out = ran(monkeypatch, Calibration(0.05, SIMULATED, (TRAINED,), None), "--json")
    found = json.loads(out.output)
    assert [set(g) for g in found["goals"]] == [{"name", "goal", "value", "bound", "met"}] * 3
    assert found["identity"]["identical"] == 29
    assert found["identity"]["lower"] < found["identity"]["rate"] < found["identity"]["upper"]


def test_asking_for_nothing_is_a_mistake():
    """No release and no build measure nothing."""
    out = CliRunner().invoke(module.calibrate, ["--releases", "0", "--trained", "0"])
    assert out.exit_code == 2
