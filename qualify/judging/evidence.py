"""All that is known of a cell: the inputs that rules may ask for by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate, Spread
from qualify.core.budget import Levels
from qualify.core.canary import Canary
from qualify.judging.history import SeedHistory, histories
from qualify.stats.identity import COMPARED, HARMLESS
from qualify.stats.rates import Count


@dataclass(frozen=True)
class Reference:
    """The reviewed replicates of one build, with the spreads of its metrics by name.

    `touched` is the rate at which builds that changed the canary's predictions still match some.
    """

    name: str
    replicates: tuple[Replicate, ...]
    spreads: Mapping[str, Spread]
    touched: float = HARMLESS

    @cached_property
    def usable(self) -> dict[int, Replicate]:
        """The replicate of each seed that gave a result."""
        return {r.seed: r for r in reversed(self.replicates) if r.outcome is Outcome.OK}


@dataclass(frozen=True)
class Evidence:
    """All that is known of a cell.

    `attempts` are the candidate's, `fresh` the baseline's of the same run. `references` are the
    stored baselines, the last release first; empty where the baseline is trained side by side.
    `salt` orders ties. `repeatable` is False where the build's predictions equal the baseline's so
    seldom, or so oddly often, that equality proves nothing.
    """

    canary: Canary
    attempts: tuple[Attempt, ...]
    fresh: tuple[Attempt, ...]
    references: tuple[Reference, ...]
    levels: Levels
    salt: str = ""
    repeatable: bool = True

    @property
    def side_by_side(self) -> bool:
        """Whether candidate and baseline are trained in pairs from the first seed on."""
        return self.canary.interleaved or not self.references

    @cached_property
    def histories(self) -> tuple[SeedHistory, ...]:
        """What was executed of each registered seed, in the seeds' order."""
        return histories(self.canary.seeds(), self.attempts)

    @cached_property
    def results(self) -> dict[int, Attempt]:
        """The candidate's usable result of each registered seed that gave one."""
        return {h.seed: h.result for h in self.histories if h.result is not None}

    @cached_property
    def retrained(self) -> dict[int, Attempt]:
        """The baseline's usable result of each seed that was trained in this run."""
        return {a.seed: a for a in reversed(self.fresh) if a.ok}

    @cached_property
    def stored(self) -> Reference | None:
        """The last release's reviewed replicates."""
        return None if self.side_by_side else self.references[0]

    @cached_property
    def baseline_failed(self) -> frozenset[int]:
        """The seeds at which the baseline's first execution failed."""
        return frozenset(s for s, o in self._baseline_outcomes.items() if o is not Outcome.OK)

    @cached_property
    def baseline_failures(self) -> Count:
        """How often the baseline fails; re-executions and runner's trouble do not count."""
        return Count(len(self.baseline_failed), len(self._baseline_outcomes))

    @cached_property
    def failures(self) -> Count:
        """How often the candidate fails; re-executions and runner's trouble do not count."""
        first = [h.executed[0] for h in self.histories if h.executed]
        return Count(sum(not a.ok for a in first), len(first))

    @property
    def early_failures(self) -> tuple[int, int]:
        """How many of the first two seeds failed at first, of how many: a number fixed before."""
        first = [h.executed[0] for h in self.histories[:EARLY] if h.executed]
        return sum(not a.ok for a in first), len(first)

    @property
    def troubles(self) -> tuple[int, int]:
        """How often the runner failed only the candidate, and only the baseline beside it.

        Executions are compared by their seed and number, of which both arms have one.
        """
        struck = {
            arm: {(a.seed, a.number): a.outcome is Outcome.INFRA for a in attempts}
            for arm, attempts in (("candidate", self.attempts), ("baseline", self.fresh))
        }
        both = struck["candidate"].keys() & struck["baseline"].keys()
        pairs = [(struck["candidate"][key], struck["baseline"][key]) for key in both]
        return sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)

    @cached_property
    def exhausted(self) -> bool:
        """Whether every registered seed is settled, or the runner has used up its chances."""
        given_up = any(h.given_up for h in self.histories)
        settled = sum(h.settled for h in self.histories)
        return given_up or settled == len(self.canary.seeds())

    @cached_property
    def identical(self) -> tuple[bool, ...]:
        """Whether each of the first seeds predicts bit for bit what the stored baseline predicts.

        Only seeds that both have, with equal data.
        """
        return () if self.stored is None else alike(self.results, self.stored.usable)

    @cached_property
    def unchanged_environment(self) -> tuple[bool, ...]:
        """Whether each of the baseline's repeated trainings predicts what was stored."""
        return () if self.stored is None else alike(self.retrained, self.stored.usable)

    @cached_property
    def _baseline_outcomes(self) -> dict[int, Outcome]:
        """The outcome of each seed's first execution that says something of the baseline."""
        stored = self.stored
        rows: Iterable[Replicate | Attempt] = stored.replicates if stored else self.fresh
        told = [(r.seed, r.outcome) for r in rows if r.outcome is not Outcome.INFRA]
        return dict(reversed(told))


EARLY = 2
"""The seeds that every cell trains, whatever stops it."""


def alike(
    ours: Mapping[int, Attempt], theirs: Mapping[int, Replicate | Attempt]
) -> tuple[bool, ...]:
    """Whether predictions are equal, at each of the first seeds that both have with equal data."""
    both = (s for s in range(COMPARED) if s in ours and s in theirs)
    return tuple(
        ours[s].predictions is not None and ours[s].predictions == theirs[s].predictions
        for s in both
        if ours[s].data == theirs[s].data
    )
