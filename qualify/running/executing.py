"""Execute trainings once: what the ledger already holds is not trained again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qualify.core.attempt import Arm, Attempt, Outcome, Training
from qualify.core.candidate import Build, Environment, for_inference
from qualify.core.event import AttemptFinished, AttemptStarted
from qualify.core.plan import Cell
from qualify.ports import Clock, Ledger, Trainer
from qualify.running.commons import Commons

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Execution:
    """Trains for one cell, both arms, each attempt on the ledger before and after.

    `done` collects the attempts that the cell paid for, in their order; `commons` holds those that
    all cells share.
    """

    cell: Cell
    builds: Mapping[Arm, Build]
    ledger: Ledger
    trainer: Trainer
    clock: Clock
    known: Mapping[Key, Attempt]
    commons: Commons | None = None
    done: list[Attempt] = field(default_factory=list)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The builds that can train on the cell's lane."""
        return tuple(self.builds)

    def __call__(self, training: Training) -> Attempt:
        """Return the attempt that the ledger holds, or train."""
        attempt = self.kept(training) or self._train(training)
        self.done.append(attempt)
        return attempt

    def again(self, training: Training) -> Attempt:
        """Execute a training as often as it is asked for; its number is how often that was."""
        name = self.trainer.digest(training, self._environment(training))
        before = sum((a.arm, a.training) == (training.arm, name) for a in self.done)
        return self(replace(training, number=before + 1))

    def shared(self, training: Training) -> Attempt:
        """Return what another cell has trained already, or train for all of them.

        The cell that trains pays for it: the attempt is on its account alone.
        """
        name = self.trainer.digest(training, self._environment(training))
        key = (training.arm, name, training.number)
        if self.commons is None:
            raise TypeError(f"{self.cell.id}: nothing is shared here")
        with self.commons.lock(key):
            return self.commons.find(key) or self(training)

    def pair(self, candidate: Training, baseline: Training) -> tuple[Attempt, Attempt]:
        """Train both arms one after the other; the order alternates with the seed (A B B A).

        Seconds and memory compare only within a pair, so half of a pair is trained again.
        """
        kept = self.kept(candidate), self.kept(baseline)
        if kept[0] and kept[1]:
            self.done.extend((kept[0], kept[1]))
            return kept[0], kept[1]
        order = (candidate, baseline) if candidate.seed % 2 == 0 else (baseline, candidate)
        attempts = {t.arm: self._train(t) for t in order}
        self.done.extend(attempts.values())
        return attempts["candidate"], attempts["baseline"]

    def kept(self, training: Training) -> Attempt | None:
        """Return the finished attempt of exactly this training; a runner's failure is not kept."""
        name = self.trainer.digest(training, self._environment(training))
        return self.known.get((training.arm, name, training.number))

    def _train(self, training: Training) -> Attempt:
        started = (self.cell.id, training.arm, training.seed, training.number)
        self.ledger.append(AttemptStarted(self.clock.now(), *started))
        build = self.builds[training.arm]
        attempt = self.trainer.train(training, build, self._environment(training))
        self.ledger.append(AttemptFinished(self.clock.now(), attempt))
        return attempt

    def _environment(self, training: Training) -> Environment:
        lane = self.cell.lane
        if lane is None:
            raise TypeError(f"{self.cell.id} has no lane to train on")
        name = str(lane if training.arm == "candidate" else lane.reference)
        name = for_inference(name) if training.inference else name
        return self.builds[training.arm].environments[name]


def known_attempts(ledger: Ledger, cell: Cell) -> dict[Key, Attempt]:
    """Every finished attempt of a cell that a later run may keep."""
    finished = (e.attempt for e in ledger.events() if isinstance(e, AttemptFinished))
    return {
        (a.arm, a.training, a.number): a
        for a in finished
        if a.cell == cell.id and a.outcome is not Outcome.INFRA
    }
