"""What was executed of each seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualify.core.attempt import Attempt, Outcome
from qualify.core.errors import EvidenceError

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


def histories(seeds: range, attempts: Sequence[Attempt]) -> tuple[SeedHistory, ...]:
    """What was executed of the registered `seeds`; attempts at other seeds are left out.

    Raises EvidenceError where seeds were not begun in their registered order: whoever may choose
    the seeds that count chooses the verdict.
    """
    of_seed: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.seed in seeds:
            of_seed.setdefault(attempt.seed, []).append(attempt)
    if list(of_seed) != list(seeds[: len(of_seed)]):
        raise EvidenceError(
            f"seeds {list(of_seed)} were trained, but {list(seeds[: len(of_seed)])} are registered",
            "train the cell again: `qualify run --fresh --select CELL`",
        )
    return tuple(
        SeedHistory(seed, tuple(sorted(of_seed[seed], key=lambda a: a.number))) for seed in of_seed
    )
