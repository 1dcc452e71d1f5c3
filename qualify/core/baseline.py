"""The replicates of a reference build on one lane, reviewed and committed."""

from __future__ import annotations

from dataclasses import dataclass

from qualify.core.attempt import Attempt, Outcome
from qualify.core.candidate import Provenance


@dataclass(frozen=True)
class Replicate:
    """One training planned for statistics. `predictions` is their digest, `data` the split's."""

    canary: str
    seed: int
    data: str
    outcome: Outcome
    predictions: str | None
    metrics: dict[str, float]

    @classmethod
    def of(cls, canary: str, attempt: Attempt) -> Replicate:
        """What a training contributes to statistics."""
        return cls(
            canary,
            attempt.seed,
            attempt.data,
            attempt.outcome,
            attempt.predictions,
            attempt.metrics,
        )


@dataclass(frozen=True)
class Baseline:
    """`lock` are the `name==version` lines that a `locked` lane holds fixed."""

    target: str
    version: str
    lane: str
    provenance: Provenance
    lock: tuple[str, ...]
    replicates: tuple[Replicate, ...]

    def of(self, canary: str) -> tuple[Replicate, ...]:
        """The replicates of one canary, in the order of their seeds."""
        mine = (r for r in self.replicates if r.canary == canary)
        return tuple(sorted(mine, key=lambda r: r.seed))
