"""Trainings that several cells of a build share: each is executed once, whoever asks first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock

from qualify.core.attempt import Arm, Attempt, Outcome
from qualify.core.data import digest
from qualify.core.event import AttemptFinished, CellPlanned, Event
from qualify.ports import Ledger

Key = tuple[Arm, str, int]


@dataclass(frozen=True)
class Commons:
    """What any cell trained of what all may use; `fresh` forgets what earlier runs did."""

    ledger: Ledger
    locks: Path
    fresh: bool = False

    def lock(self, key: Key) -> BaseFileLock:
        """A lock that all processes of the build hold in turn for one training."""
        self.locks.mkdir(parents=True, exist_ok=True)
        return FileLock(self.locks / f"{digest(key)[:16]}.lock")

    def find(self, key: Key) -> Attempt | None:
        """The attempt that finished; a runner's failure is none."""
        for event in self._events():
            if isinstance(event, AttemptFinished):
                attempt = event.attempt
                same = (attempt.arm, attempt.training, attempt.number) == key
                if same and attempt.outcome is not Outcome.INFRA:
                    return attempt
        return None

    def _events(self) -> Iterable[Event]:
        events = tuple(self.ledger.events())
        planned = [i for i, event in enumerate(events) if isinstance(event, CellPlanned)]
        return events[planned[-1] :] if self.fresh and planned else events
