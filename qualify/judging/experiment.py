"""The experiment of a diagnosis: conditions under which a canary is trained, and what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qualify.core.attempt import Attempt
from qualify.core.canary import Canary, Judged
from qualify.stats import components
from qualify.stats.components import Estimate, MeanSquare

Source = Literal["repeat", "threads", "clock", "seed", "split"]
ABOUT: dict[Source, str] = {
    "repeat": "plain repeats",
    "threads": "more threads",
    "clock": "a time budget",
    "seed": "different seeds",
    "split": "different splits",
}
PAIR = 2
"""Fewer trainings compare nothing."""


class Run(NamedTuple):
    """One training of a condition; `number` counts executions of the same."""

    seed: int
    split: int = 0
    number: int = 1


@dataclass(frozen=True)
class Condition:
    """One way to train a canary, and which trainings.

    `source` is what varies; a condition of one `estimator` alone is none. Its first run is
    repeated, the others have other seeds.
    """

    canary: Canary
    runs: tuple[Run, ...]
    source: Source | None = None
    estimator: str = ""

    @property
    def about(self) -> str:
        """What is held and what varies."""
        return ABOUT[self.source] if self.source else f"only `{self.estimator}`"

    @property
    def threads(self) -> str:
        """`1 thread`."""
        return _counted(self.canary.limits.threads, "thread")

    @property
    def budget(self) -> str:
        """`12 iterations`, `1.5 s`, or both."""
        n, seconds = self.canary.budget.iterations, self.canary.budget.seconds
        words = [_counted(n, "iteration")] if n is not None else []
        return " and ".join([*words, *([f"{seconds:g} s"] if seconds is not None else [])])


@dataclass(frozen=True)
class Observed:
    """What came of a condition: an attempt a run, in order."""

    condition: Condition
    attempts: tuple[Attempt, ...]

    @property
    def succeeded(self) -> tuple[tuple[Run, str, Attempt], ...]:
        """The runs that gave predictions, with their digests."""
        pairs = zip(self.condition.runs, self.attempts, strict=True)
        return tuple((run, str(a.predictions), a) for run, a in pairs if a.ok)

    def square(self, judged: Judged) -> MeanSquare | None:
        """The variance of the metric on the judged scale; None where it has none.

        That is: below two values, or where one that should have a logarithm is not positive.
        """
        values = [a.metrics[judged.name] for a in self.attempts if a.ok]
        relative = judged.metric.scale == "log"
        if len(values) < PAIR or (relative and min(values) <= 0.0):
            return None
        return components.mean_square([judged.metric.loss(v, values[0]) for v in values])


@dataclass(frozen=True)
class Line:
    """One condition as it is reported.

    `alike` is the largest group of bit-identical predictions among the `usable` trainings and
    `distinct` the number of different ones. `rate` says how often a training equals the first,
    with its exact interval; `rounding`: they differ, and no metric does.
    """

    about: str
    threads: str
    budget: str
    usable: int
    failed: int
    message: str
    alike: int
    distinct: int
    rate: Estimate | None
    rounding: bool

    @property
    def same(self) -> bool:
        """Whether all predictions are bit-identical."""
        return self.alike == self.usable

    @property
    def count(self) -> str:
        """`4 of 4 trainings are bit-identical`."""
        if self.alike == 1:
            words = f"no two of {self.usable} trainings are bit-identical"
        else:
            words = f"{self.alike} of {self.usable} trainings are bit-identical"
        return f"{words}, though the metrics are the same" if self.rounding else words


def line(one: Observed, metrics: Sequence[Judged]) -> Line:
    """Count what is alike among the trainings of a condition."""
    prints = [digest for _, digest, _ in one.succeeded]
    groups = Counter(prints)
    failed = [a for a in one.attempts if not a.ok]
    squares = [square for judged in metrics if (square := one.square(judged))]
    repeated = [digest == prints[0] for digest in prints[1:]]
    return Line(
        about=one.condition.about,
        threads=one.condition.threads,
        budget=one.condition.budget,
        usable=len(prints),
        failed=len(failed),
        message=failed[0].message if failed else "",
        alike=max(groups.values(), default=0),
        distinct=len(groups),
        rate=components.rate(sum(repeated), len(repeated)) if repeated else None,
        rounding=len(groups) > 1 and bool(squares) and not any(s.value for s in squares),
    )


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
