"""The search of a bisection: which suspect to ask next, what was learnt, when it is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from qualify.core.attempt import Attempt
from qualify.stats.bisection import Flags, Posterior, bad_end_in_doubt, likeliest, next_probe
from qualify.verbs.bisecting.questions import Built, Question
from qualify.verbs.bisecting.suspects import Row

SLACK = 0.3
"""A cached build is preferred where it tells at least 70% of what the best one does."""
NONE = 0.05
"""The probability beforehand that the bad end is no worse at all."""
BEFORE = 0.05
"""The probability beforehand that a stored baseline does not hold on this machine."""
_USELESS = 1e-4  # nats: a training that tells less tells nothing
_FAILURES = 2  # of a suspect whose metric is asked for, before it is given up

Stop = Literal["found", "budget", "nothing to ask"]


class Tester(Protocol):
    """Prepares suspects, by position, and trains them."""

    def prepare(self, position: int) -> str:
        """Build and install; why that fails, or nothing."""
        ...

    def cached(self, position: int) -> bool:
        """Whether it was built before."""
        ...

    def known(self, position: int) -> list[Attempt]:
        """The finished probes of earlier bisections."""
        ...

    def fresh_seed(self, replicates: Iterable[int] = ()) -> int:
        """A seed that no probe has used, one of the replicates' where there is one left."""
        ...

    def train(self, position: int, seed: int) -> Attempt:
        """Train what was prepared."""
        ...


@dataclass(frozen=True)
class Wanted:
    """When to stop: at this probability of a culprit, or after so many trainings of suspects."""

    confidence: float = 0.95
    trainings: int = 60


@dataclass(frozen=True)
class Found:
    """How a bisection ended.

    `hypotheses` are the probabilities that the first bad suspect is at 0 ... n (0: even the good
    end is bad here, n: none is). `culprits` are the likeliest ones that no training can tell apart
    and `probability` theirs together. `said` and `untestable` are words by position.
    """

    row: Row
    by: str
    hypotheses: tuple[float, ...]
    culprits: range
    probability: float
    stop: Stop
    effect: str
    said: dict[int, tuple[str, ...]]
    untestable: dict[int, str]
    trainings: int

    @property
    def sure(self) -> bool:
        """Whether a culprit in the row was found."""
        inside = self.culprits[0] > 0 and self.culprits[-1] < len(self.row.suspects)
        return self.stop == "found" and inside


@dataclass
class Search:
    """A bisection under way; `mute` are the positions whose trainings said nothing."""

    row: Row
    tester: Tester
    wanted: Wanted
    report: Callable[[str], None]
    posterior: Posterior
    said: dict[int, list[str]] = field(default_factory=dict)
    mute: list[int] = field(default_factory=list)
    untestable: dict[int, str] = field(default_factory=dict)
    trainings: int = 0

    @classmethod
    def begin(
        cls,
        row: Row,
        tester: Tester,
        question: Question | Built,
        wanted: Wanted,
        report: Callable[[str], None],
        *,
        stored: bool = False,
    ) -> Search:
        """Every step is as likely; `stored`: the good end was trained another day or elsewhere."""
        suspects = len(row.suspects)
        posterior = Posterior.start(question.evidence, suspects, BEFORE * stored, NONE)
        return cls(row, tester, wanted, report, posterior)

    def builds(self) -> None:
        """Ask which suspects build and install: one look at each tells."""
        looked = np.zeros(len(self.row.suspects), dtype=np.bool_)
        position: int | None = len(looked) - 1  # the good end is known to build
        while position is not None:
            self._look(position)
            looked[position] = True
            position = self._next(~looked)

    def trains(self, question: Question) -> None:
        """Ask suspects by training them; what earlier bisections trained counts."""
        positions = range(len(self.row.suspects))
        earlier = [(p, attempt) for p in positions for attempt in self.tester.known(p)]
        for asked, attempt in sorted(earlier, key=lambda one: one[1].seed):
            self._learn(question, asked, attempt)
        while self.trainings < self.wanted.trainings:
            position = self._next(self._testable())
            if position is None:
                return
            reason = self.tester.prepare(position)
            if reason:
                self._give_up(position, reason)
            else:
                attempt = self.tester.train(position, self.tester.fresh_seed(question.seeds))
                self._learn(question, position, attempt)

    def found(self, by: str, effect: str) -> Found:
        """What is known now."""
        culprits, probability = self._likeliest()
        known = probability >= self.wanted.confidence
        spent = self.trainings >= self.wanted.trainings
        return Found(
            row=self.row,
            by=by,
            hypotheses=tuple(self.posterior.hypotheses.tolist()),
            culprits=culprits,
            probability=probability,
            stop="found" if known else "budget" if spent else "nothing to ask",
            effect=effect,
            said={position: tuple(said) for position, said in sorted(self.said.items())},
            untestable=dict(sorted(self.untestable.items())),
            trainings=self.trainings,
        )

    def _next(self, able: Flags) -> int | None:
        """The position to ask; None where it is known, or no answer would tell anything."""
        if self._likeliest()[1] >= self.wanted.confidence or not able.any():
            return None
        if able[-1] and bad_end_in_doubt(self.posterior.hypotheses, NONE):
            return len(able) - 1
        gains = self.posterior.gains()
        if gains[able].max() < _USELESS:
            return None
        return next_probe(gains, able, self._flags(self.tester.cached), SLACK)

    def _look(self, position: int) -> None:
        reason = self.tester.prepare(position)
        self.posterior = self.posterior.after(position, int(bool(reason)))
        self._say(position, reason or "builds and installs")

    def _learn(self, question: Question, position: int, attempt: Attempt) -> None:
        self.trainings += 1
        symbol = question.symbol(attempt)
        if question.identical(attempt):
            self.posterior = self.posterior.cleared(position)
        elif symbol is not None:
            self.posterior = self.posterior.after(position, symbol)
        else:
            self.mute.append(position)
        said = question.said(attempt)
        self._say(position, said)
        if self.mute.count(position) == _FAILURES:
            self._give_up(position, said)

    def _say(self, position: int, said: str) -> None:
        self.said.setdefault(position, []).append(said)
        culprits, probability = self._likeliest()
        first = " or ".join(name_of(self.row, h) for h in culprits)
        name = self.row.suspects[position].name
        self.report(f"[{self.trainings}] {name}: {said} · first bad: {first} {probability:.0%}")

    def _give_up(self, position: int, reason: str) -> None:
        self.untestable[position] = reason
        self.report(f"{self.row.suspects[position].name} cannot be tested: {reason}")

    def _likeliest(self) -> tuple[range, float]:
        return likeliest(self.posterior.hypotheses, self._testable())

    def _testable(self) -> Flags:
        return self._flags(lambda position: position not in self.untestable)

    def _flags(self, of: Callable[[int], bool]) -> Flags:
        return np.array(
            [of(position) for position in range(len(self.row.suspects))], dtype=np.bool_
        )


def name_of(row: Row, hypothesis: int) -> str:
    """What a hypothesis holds to be the first bad suspect."""
    if hypothesis == 0:
        return "even the good end"
    return row.suspects[hypothesis].name if hypothesis < len(row.suspects) else "none"
