"""Costs are read off the ledger."""

from __future__ import annotations

from dataclasses import replace

from qualify.core.attempt import Attempt, Outcome
from qualify.core.event import AttemptFinished, CellFinished
from qualify.core.verdict import Status, Verdict
from qualify.verbs.cost import Cost, costs
from tests.fakes import cell

NOW = "2025-01-01T00:00:00+00:00"


def finished(name: str) -> CellFinished:
    return CellFinished(NOW, name, "", Verdict(Status.PASSED, "C001", "held"))


def attempt(of: str, cpu: float, arm: str = "candidate") -> AttemptFinished:
    made = Attempt(of, arm, 0, 1, "t", Outcome.OK, cpu_s=cpu, wall_s=2 * cpu)
    return AttemptFinished(NOW, made)


def test_a_suite_costs_what_its_cells_of_both_builds_took():
    """Attempts are added up by suite; a cell that was not filled counts for nothing."""
    quality = [replace(cell(), name=name) for name in ("one", "two")]
    smoke, idle = replace(cell(), suite="smoke"), replace(cell(), suite="idle")
    one, two = (c.id for c in quality)
    events = [
        *(attempt(one, 1.0), attempt(one, 2.0, "baseline"), attempt(two, 3.0), finished(one)),
        *(finished(two), attempt(smoke.id, 0.5), finished(smoke.id)),
    ]
    assert costs([*quality, smoke, idle], events) == (
        Cost(quality[0].suite, cells=2, trainings=3, cpu_s=6.0, wall_s=12.0),
        Cost("smoke", cells=1, trainings=1, cpu_s=0.5, wall_s=1.0),
    )


def test_a_cell_of_several_runs_is_one_cell():
    """A cell that was filled twice is counted once, and both its trainings are."""
    events = [attempt(cell().id, 1.0), finished(cell().id), attempt(cell().id, 1.0)]
    found = costs([cell()], [*events, finished(cell().id)])
    assert [(c.cells, c.trainings) for c in found] == [(1, 2)]
