"""A canary: one named small training, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from qualify.core.metric import METRICS, Metric

Task = Literal["binary", "multiclass", "regression"]
PAIRS = 60
"""The most pairs that confirm a red verdict."""
CAPS = (20, 30, 60)
"""The most trainings of a cell: the numbers that the sequential tests are calibrated to."""


@dataclass(frozen=True)
class Budget:
    """How long a training may search: by iterations (repeatable) or by seconds (not)."""

    iterations: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Limits:
    """When the guardian kills a training with its whole process tree."""

    wall_s: float = 120.0
    memory_mb: float = 4096.0
    threads: int = 1


@dataclass(frozen=True)
class Judged:
    """A metric that gates, with the smallest loss that is worth holding a release for."""

    name: str
    margin: float

    @property
    def metric(self) -> Metric:
        """The catalogue's entry."""
        return METRICS[self.name]

    @property
    def threshold(self) -> float:
        """The margin on the judged scale."""
        return self.metric.threshold(self.margin)


@dataclass(frozen=True)
class Canary:
    """One named small training.

    `interleaved` canaries train the baseline build beside the candidate in the same run and never
    use stored values; every canary that judges a resource metric is one. `cap` is the most
    trainings of the candidate until its rules decide; a red verdict may be confirmed by more.
    """

    name: str
    dataset: str
    task: Task
    budget: Budget
    metrics: tuple[Judged, ...]
    owner: str
    suite: str = "quality"
    about: str = ""
    lanes: tuple[str, ...] = ("*-locked",)
    interleaved: bool = False
    cap: int = 30
    options: dict[str, str | int | float | bool | list[str]] = field(default_factory=dict)
    limits: Limits = Limits()

    def seeds(self) -> range:
        """The seeds in the order in which they are trained; registered before anything is."""
        return range(self.cap)

    def confirmations(self) -> range:
        """The seeds at which both builds are trained before a cell is called regressed."""
        return range(self.cap, self.cap + PAIRS)
