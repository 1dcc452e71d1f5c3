"""A canary: one named small training, and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qualify.core.metric import Metric, metric

Task = Literal["binary", "multiclass", "regression"]
NO_DATA = "none"
"""The dataset of a canary that only imports its package."""
PAIRS = 60
"""The most pairs that confirm a red verdict."""
CAPS = (20, 30, 60)
"""The most trainings of a cell: the numbers that the sequential tests are calibrated to."""


@dataclass(frozen=True)
class Budget:
    """How long a training may search: by iterations (repeatable) or by seconds (not).

    Where neither is given, `share` is that of the adapter's preset: packages count their iterations
    in different units.
    """

    iterations: int | None = None
    seconds: float | None = None
    share: float = 1.0

    def of(self, preset: Mapping[str, float]) -> Budget:
        """Fill in a package's preset where the amount is left open."""
        if self.iterations is not None or self.seconds is not None:
            return self
        amounts = {name: self.share * amount for name, amount in preset.items()}
        iterations = amounts.get("iterations")
        whole = None if iterations is None else max(1, round(iterations))
        return Budget(whole, amounts.get("seconds"))


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
        return metric(self.name)

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
    `needs` are promises without which it makes no sense, `practice` the tests of the ML Test Score
    that it gives evidence for.
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
    needs: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()

    def seeds(self) -> range:
        """The seeds in the order in which they are trained; registered before anything is."""
        return range(self.cap)

    def confirmations(self) -> range:
        """The seeds at which both builds are trained before a cell is called regressed."""
        return range(self.cap, self.cap + PAIRS)
