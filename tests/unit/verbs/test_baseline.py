"""What keeps a reviewed baseline from judging a canary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import Baseline, Replicate, spreads
from qualify.verbs.baseline import mistakes
from tests.fakes import LANE, build
from tests.trainings import canary, losses, replicate, replicates


def recorded(rows: list[Replicate]) -> Baseline:
    """A baseline of these replicates, with their spreads."""
    made = build().provenance
    return Baseline("t", "1", str(LANE), made, (), tuple(rows), spreads("wine", rows))


def test_twenty_usable_replicates_judge():
    """The least baseline has no mistake."""
    assert mistakes(canary(), recorded(replicates(losses(20)))) == []


@pytest.mark.parametrize("usable", [0, 19])
def test_too_few_usable_replicates_are_counted(usable: int):
    """Failed trainings are no replicates: how many there are is said, with the least."""
    rows = replicates(losses(19))[:usable]
    rows += [replicate(s, outcome=Outcome.ERROR) for s in range(usable, 25)]
    assert mistakes(canary(), recorded(rows)) == [
        f"wine on {LANE}: {usable} usable replicates, the least is 20"
    ]


def test_a_metric_without_a_spread_is_named():
    """A judged metric that was not recorded cannot be tested."""
    found = mistakes(canary(("log_loss", 0.02), ("auc", 0.02)), recorded(replicates(losses(20))))
    assert found == [f"wine on {LANE}: auc has no recorded spread"]


def test_constant_values_are_named():
    """Replicates that are all the same have no noise to rank a candidate among."""
    found = mistakes(canary(), recorded(replicates([0.3] * 20)))
    assert found == [f"wine on {LANE}: log_loss has the same value in all 20 replicates"]


def test_every_metric_is_named_at_once():
    """One mistake hides no other."""
    of = canary(("log_loss", 0.02), ("auc", 0.02))
    bare = replace(recorded(replicates([0.3] * 20)), spreads=())
    assert len(mistakes(of, bare)) == 2
