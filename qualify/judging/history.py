"""What was executed of each seed, and which training comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Canary

EXECUTIONS = 2
"""A seed that fails is executed this often, so that a failure that repeats is told from a flake."""
TROUBLES = 2
"""Re-executions that the runner's own trouble may cost a seed before the cell is given up."""


@dataclass(frozen=True)
class SeedHistory:
    """Every execution of one seed, in the order of their numbers."""

    seed: int
    attempts: tuple[Attempt, ...]

    @property
    def executed(self) -> tuple[Attempt, ...]:
        """The attempts that say something of the candidate: all but the runner's trouble."""
        return tuple(a for a in self.attempts if a.outcome is not Outcome.INFRA)

    @property
    def result(self) -> Attempt | None:
        """The execution that gave a usable result, if any did."""
        return next((a for a in self.executed if a.ok), None)

    @property
    def failures(self) -> tuple[Attempt, ...]:
        """The executions in which the candidate failed."""
        return tuple(a for a in self.executed if not a.ok)

    @property
    def given_up(self) -> bool:
        """Whether the runner's trouble has used up the re-executions."""
        return not self.settled and len(self.attempts) - len(self.executed) > TROUBLES

    @property
    def settled(self) -> bool:
        """Whether the seed needs no further execution."""
        return self.result is not None or len(self.failures) >= EXECUTIONS

    @property
    def next_number(self) -> int:
        """The number of the execution after these."""
        return self.attempts[-1].number + 1


def histories(canary: Canary, attempts: Sequence[Attempt]) -> tuple[SeedHistory, ...]:
    """The registered seeds that were begun, in their order, whatever the order of `attempts`."""
    of_seed: dict[int, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda a: a.number):
        of_seed.setdefault(attempt.seed, []).append(attempt)
    begun = (seed for seed in canary.seeds() if seed in of_seed)
    return tuple(SeedHistory(seed, tuple(of_seed[seed])) for seed in begun)


def next_training(canary: Canary, attempts: Sequence[Attempt]) -> tuple[int, int] | None:
    """The (seed, number) that a running cell trains next.

    An unsettled seed is executed again before the next seed begins. None at the cap, and where
    the runner's trouble has used up a seed's re-executions.
    """
    begun = {history.seed: history for history in histories(canary, attempts)}
    if any(history.given_up for history in begun.values()):
        return None
    due = (h for h in begun.values() if not h.settled)
    fresh = (seed for seed in canary.seeds() if seed not in begun)
    again = next(due, None)
    if again is not None:
        return again.seed, again.next_number
    seed = next(fresh, None)
    return None if seed is None else (seed, 1)
