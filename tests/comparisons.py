"""Builds to compare: columns of one canary, whose trainings and environments can be set."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from qualify.core.attempt import Attempt, Outcome
from qualify.core.grid import Column, Square
from qualify.core.verdict import Status
from tests.factories import build, cell, column, verdict

CELL = cell("quality", "breast_cancer")


def trained(seed: int, value: float, predictions: str = "", **metrics: float) -> Attempt:
    """A training of the candidate that ended well."""
    made = {"log_loss": value, **metrics}
    return Attempt(
        *(CELL.id, "candidate", seed, 1, "t", Outcome.OK, f"split {seed}"),
        predictions or f"{seed} {value!r}",
        made,
        wall_s=2.0,
        cpu_s=1.5,
        peak_rss_mb=200.0,
    )


def compared(
    name: str,
    attempts: Sequence[Attempt],
    *lock: str,
    status: Status = Status.PASSED,
    version: str = "",
    cpu: str = "",
) -> Column:
    """A build whose only canary was trained like this."""
    made = build(name, version or f"1.{name[1:]}", "2025-01-01", *lock)
    provenance = dataclasses.replace(made.provenance, cpu=cpu or made.provenance.cpu)
    square = Square(CELL, verdict(CELL, status), tuple(attempts), "see it")
    return column(dataclasses.replace(made, provenance=provenance), "ship", square)


def values(of: Mapping[int, float]) -> list[Attempt]:
    """Trainings by their seeds."""
    return [trained(seed, value) for seed, value in of.items()]
