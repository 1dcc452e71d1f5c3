from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from qualify.core.attempt import Outcome, Training
from qualify.core.matrix import Lane
from qualify.running.executing import Execution, known_attempts
from tests.fakes import LANE, MemoryLedger, ScriptedTrainer, TickingClock, build, canary, cell

FREE = Lane("3.11", "cpu", "free")


@dataclass
class Bench:
    """A ledger that outlives executions, as a build's folder does."""

    trainer: ScriptedTrainer = field(default_factory=ScriptedTrainer)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    lane: Lane = LANE

    def execution(self) -> Execution:
        of = cell(lane=self.lane)
        builds = {"candidate": build("new", LANE, FREE), "baseline": build("old", LANE)}
        known = known_attempts(self.ledger, of)
        return Execution(of, builds, self.ledger, self.trainer, TickingClock(), known)

    def training(self, seed: int = 0, arm: str = "candidate", number: int = 1) -> Training:
        return Training(cell(lane=self.lane).id, arm, canary(), seed, number)

    def pair(self, execution: Execution, seed: int):
        mine = self.training(seed)
        return execution.pair(mine, replace(mine, arm="baseline"))


def test_an_attempt_is_on_the_ledger_before_and_after():
    """A training is announced before it begins and recorded when it ended."""
    bench = Bench()
    attempt = bench.execution()(bench.training())
    assert bench.ledger.kinds() == ["attempt_started", "attempt_finished"]
    assert bench.ledger.written[1].attempt == attempt


def test_what_the_ledger_holds_is_not_trained_again():
    """A finished attempt is returned as it was recorded, and counts as used."""
    bench = Bench()
    first = bench.execution()(bench.training())
    later = bench.execution()
    assert later(bench.training()) == first
    assert later.done == [first]
    assert len(bench.trainer.asked) == 1


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.INFRA])
def test_every_outcome_of_the_candidate_is_kept(outcome):
    """A failure is a result: it is not trained again in the hope of a better one."""
    bench = Bench(ScriptedTrainer(lambda _: outcome))
    assert bench.execution()(bench.training()) == bench.execution()(bench.training())
    assert len(bench.trainer.asked) == 1


def test_a_failure_of_the_runner_is_not_kept():
    """Where the machine failed, the next run trains."""
    bench = Bench(ScriptedTrainer(lambda _: Outcome.INFRA))
    bench.execution()(bench.training())
    bench.trainer.script = lambda _: Outcome.OK
    assert bench.execution()(bench.training()).ok


def test_an_attempt_that_was_only_started_is_trained():
    """What was killed between its two records is trained again."""
    bench = Bench()
    bench.execution()(bench.training())
    bench.ledger.written.pop()
    bench.execution()(bench.training())
    assert len(bench.trainer.asked) == 2


def test_seed_number_and_arm_tell_attempts_apart():
    """Another seed, number or arm is another training."""
    bench = Bench()
    execution = bench.execution()
    asked = [
        bench.training(),
        bench.training(1),
        bench.training(number=2),
        bench.training(arm="baseline"),
    ]
    for training in asked:
        execution(training)
    assert bench.trainer.asked == asked


def test_attempts_of_other_cells_are_not_ours():
    """Two cells that train the same each have their own attempts."""
    bench = Bench()
    bench.execution()(bench.training())
    assert known_attempts(bench.ledger, cell("iris")) == {}


def test_pairs_alternate():
    """Which arm goes first alternates with the seed: A B B A A B B A."""
    bench = Bench()
    execution = bench.execution()
    for seed in range(4):
        mine, theirs = bench.pair(execution, seed)
        assert (mine.arm, theirs.arm) == ("candidate", "baseline")
    a, b = "candidate", "baseline"
    assert bench.trainer.order == [(a, 0), (b, 0), (b, 1), (a, 1), (a, 2), (b, 2), (b, 3), (a, 3)]


def test_a_whole_pair_is_kept():
    """A pair that the ledger holds is not trained again."""
    bench = Bench()
    first = bench.pair(bench.execution(), 1)
    later = bench.execution()
    assert bench.pair(later, 1) == first
    assert tuple(later.done) == first
    assert len(bench.trainer.asked) == 2


def test_half_a_pair_is_trained_again():
    """Seconds compare only within a pair, so a pair that was cut in two is trained as one."""
    bench = Bench()
    bench.pair(bench.execution(), 0)
    del bench.ledger.written[2:]
    bench.pair(bench.execution(), 0)
    assert bench.trainer.order == [("candidate", 0), ("baseline", 0)] * 2


def test_a_pair_whose_baseline_the_machine_failed_is_trained_again():
    """An infrastructure failure of either arm costs the pair."""
    script = lambda t: Outcome.INFRA if t.arm == "baseline" else Outcome.OK  # noqa: E731
    bench = Bench(ScriptedTrainer(script))
    bench.pair(bench.execution(), 0)
    bench.trainer.script = lambda _: Outcome.OK
    assert all(a.ok for a in bench.pair(bench.execution(), 0))
    assert len(bench.trainer.asked) == 4


def test_a_free_lane_is_held_to_the_locked_baseline():
    """The baseline of a free lane trains in its locked environment."""
    bench = Bench(lane=FREE)
    mine, theirs = bench.pair(bench.execution(), 0)
    assert mine.ok
    assert theirs.ok


def test_a_cell_without_a_lane_trains_nothing():
    """The build's own cell has no environment to train in."""
    execution = replace(Bench().execution(), cell=cell("build", "build", None))
    with pytest.raises(TypeError, match="no lane"):
        execution(Bench().training())
