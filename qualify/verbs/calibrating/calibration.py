"""What the self-test measured: false alarms against the budget, and identical predictions."""

from __future__ import annotations

from dataclasses import dataclass

from qualify.core.verdict import Answer
from qualify.stats.rates import Count, lower_bound, upper_bound

_CLOSE = 1e-9


@dataclass(frozen=True)
class Goal:
    """A rate of false alarms that must not exceed the budget.

    `bound` is the upper 95% confidence bound. `met` unless the lower bound exceeds the budget: a
    few releases cannot show that they keep it, only that they do not.
    """

    name: str
    goal: str
    value: float
    bound: float
    met: bool


@dataclass(frozen=True)
class Simulated:
    """Simulated releases of `cells` cells; `without` could not be simulated for lack of replicates.

    `held` releases were decided `hold` for any reason, `red` ones had a red cell; `statuses` count
    the verdicts of all cells, `trainings` those of the candidates.
    """

    releases: int
    cells: int
    without: tuple[str, ...]
    held: int
    red: int
    reasons: tuple[str, ...]
    statuses: dict[str, int]
    trainings: int


@dataclass(frozen=True)
class TrainedBuild:
    """A truly trained A/A build: its decision, its red cells, and its identical predictions."""

    number: int
    answer: Answer
    sentence: str
    red: tuple[str, ...]
    identical: int
    compared: int
    trainings: int


@dataclass(frozen=True)
class Calibration:
    """What the self-test measured; `recorded` is the identity rate of the reviewed baselines."""

    alpha: float
    simulated: Simulated | None
    trained: tuple[TrainedBuild, ...]
    recorded: float | None

    @property
    def identity(self) -> Count:
        """How many of the compared predictions of trained builds differed."""
        compared = sum(one.compared for one in self.trained)
        return Count(compared - sum(one.identical for one in self.trained), compared)

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The rates of false alarms against the budget."""
        counts: dict[str, Count] = {}
        if self.simulated:
            total = self.simulated.releases
            counts["simulated releases held"] = Count(self.simulated.held, total)
            counts["simulated releases with a red cell"] = Count(self.simulated.red, total)
        if self.trained:
            held = sum(one.answer == "hold" for one in self.trained)
            counts["trained builds held"] = Count(held, len(self.trained))
        return tuple(_goal(name, count, self.alpha) for name, count in counts.items())

    @property
    def kept(self) -> bool:
        """Whether nothing shows that the budget is exceeded."""
        return all(goal.met for goal in self.goals)


def _goal(name: str, count: Count, alpha: float) -> Goal:
    return Goal(
        name,
        f"≤ {alpha:g}",
        count.failed / count.total,
        upper_bound(count),
        lower_bound(count) <= alpha + _CLOSE,
    )
