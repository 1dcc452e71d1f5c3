"""What several cells share is trained once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome, Training
from qualify.core.event import CellPlanned
from qualify.running.commons import Commons
from qualify.running.executing import Execution
from tests.fakes import MemoryLedger, ScriptedTrainer, TickingClock, build, canary, cell


def execution(ledger: MemoryLedger, trainer: ScriptedTrainer, name: str, commons: Commons):
    of = replace(cell(), name=name)
    return Execution(of, {"candidate": build("new")}, ledger, trainer, TickingClock(), {}, commons)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def training(number: int = 1) -> Training:
    return Training("any", "candidate", canary(), number=number, action="probe", probe="p.py")


def test_the_second_cell_gets_what_the_first_trained(ledger, tmp_path):
    """One training serves both cells, and only the first has it on its account."""
    trainer, commons = ScriptedTrainer(), Commons(ledger, tmp_path)
    first, second = (execution(ledger, trainer, name, commons) for name in ("one", "two"))
    assert first.shared(training()) == second.shared(training())
    assert len(trainer.asked) == 1
    assert (len(first.done), len(second.done)) == (1, 0)


def test_another_number_is_another_training(ledger, tmp_path):
    """A check that is run again is not answered with what broke it."""
    trainer, commons = ScriptedTrainer(), Commons(ledger, tmp_path)
    one = execution(ledger, trainer, "one", commons)
    one.shared(training())
    one.shared(training(number=2))
    assert len(trainer.asked) == 2


def test_a_runners_failure_is_not_shared(ledger, tmp_path):
    """The next cell that asks trains again."""
    outcomes = iter([Outcome.INFRA, Outcome.OK])
    trainer = ScriptedTrainer(script=lambda _: next(outcomes))
    commons = Commons(ledger, tmp_path)
    first, second = (execution(ledger, trainer, name, commons) for name in ("one", "two"))
    assert not first.shared(training()).ok
    assert second.shared(training()).ok


def test_a_fresh_run_forgets_what_earlier_runs_shared(ledger, tmp_path):
    """With `fresh` only what was trained since the run was planned counts."""
    trainer = ScriptedTrainer()
    execution(ledger, trainer, "one", Commons(ledger, tmp_path)).shared(training())
    ledger.append(CellPlanned("2025-01-01T00:00:00+00:00", "any"))
    commons = Commons(ledger, tmp_path, fresh=True)
    execution(ledger, trainer, "one", commons).shared(training())
    execution(ledger, trainer, "two", commons).shared(training())
    assert len(trainer.asked) == 2
