"""The benchmark of the paired rule measures the rule that is shipped."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import _report, simple_rule
from qualify.core.attempt import Attempt
from qualify.core.verdict import Status
from qualify.stats.rates import Count
from tests.trainings import attempt, canary, replicate, train

NAMES = {
    Status.INCONCLUSIVE: simple_rule.INCONCLUSIVE,
    Status.PASSED: simple_rule.PASSED,
    Status.IMPROVED: simple_rule.IMPROVED,
    Status.REGRESSED: simple_rule.REGRESSED,
}


@pytest.mark.parametrize("noise", simple_rule.NOISES)
@pytest.mark.parametrize("shift", [-1.0, 0.0, 0.8, 2.0])
def test_the_vectorised_rule_is_the_judges(noise: str, shift: float) -> None:
    """Cell by cell, status and number of trainings are those of the judge in its loop."""
    generator = np.random.default_rng(9)
    losses = simple_rule.NOISES[noise](generator, (4, simple_rule.CAP)) + shift
    fast = simple_rule.judge_all(losses, 1.0, simple_rule.ALPHA, simple_rule.BETA)
    against = [replicate(seed, 0.0) for seed in range(simple_rule.CAP)]
    for row, status, trainings in zip(losses, *fast, strict=True):

        def trainer(seed: int, number: int, row: np.ndarray = row) -> Attempt:
            return attempt(seed, float(row[seed]), number=number)

        verdict, attempts = train(canary(("log_loss", 1.0)), against, trainer)
        assert (NAMES[verdict.status], len(attempts)) == (status, trainings)


def test_noises_are_standardised() -> None:
    """Every noise has mean 0 and standard deviation 1."""
    for noise in simple_rule.NOISES.values():
        values = noise(np.random.default_rng(1), (50_000, 20))
        assert values.mean() == pytest.approx(0.0, abs=0.01)
        assert values.std() == pytest.approx(1.0, abs=0.1)


def test_goals_are_met_by_their_bounds() -> None:
    """A rate that is only by luck below its limit does not meet the goal."""
    assert _report.at_most("a", Count(0, 100), 0.05).met
    assert not _report.at_most("a", Count(4, 100), 0.05).met
    assert _report.at_least("a", Count(99, 100), 0.9).met
    assert not _report.at_least("a", Count(91, 100), 0.9).met
    assert _report.mean_at_most("a", np.array([1.0, 2.0]), 3.0).met


@pytest.mark.parametrize("arguments", [["--json"], ["--quick"]])
def test_goals_are_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Goals come as JSON or as a table, and a missed one is said to be missed."""
    goals = [_report.at_most("false alarms", Count(9, 100), 0.05)]
    _report.main("title", lambda _: goals, arguments)
    printed = capsys.readouterr().out
    assert "false alarms" in printed
    if arguments == ["--json"]:
        (goal,) = json.loads(printed)["goals"]
        assert set(goal) == {"name", "goal", "value", "bound", "met"}
        assert goal["met"] is False
    else:
        assert "missed" in printed
