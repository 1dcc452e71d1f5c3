"""The rules of failures that repeat: in turns with the baseline, at one seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from qualify.core.attempt import Attempt, Outcome
from qualify.core.verdict import Ask, Status
from qualify.judging.evidence import Evidence
from qualify.judging.history import TROUBLES, SeedHistory
from qualify.judging.rule import Found, Rule
from qualify.judging.wording import what_failed
from qualify.stats.turns import turns

SUSPECTS = 3
"""So many seeds of a cell are tried in turns. Others that fail are executed once more, counted."""
_LIMITS = {
    Outcome.TIMEOUT: (Status.TIMEOUT, "wall-clock limit"),
    Outcome.MEMORY: (Status.FAILED, "memory limit"),
}


@dataclass(frozen=True)
class Suspect:
    """A seed at which the candidate failed at first, and the baseline did not.

    `beside` are the baseline's executions at that seed in this run. The first of both, where they
    were trained side by side, made the seed a suspect, so they are no evidence: of the baseline's,
    `before` are no turns. `least` turns accuse.
    """

    history: SeedHistory
    beside: tuple[Attempt, ...]
    before: int
    least: int

    @property
    def turns(self) -> tuple[int, int]:
        """How often candidate and baseline had their turn."""
        return len(self.ours) - 1, len(self.theirs) - self.before

    @property
    def ours(self) -> tuple[Attempt, ...]:
        """The candidate's executions that say something of it."""
        return self.history.executed

    @property
    def theirs(self) -> tuple[Attempt, ...]:
        """The baseline's."""
        return tuple(a for a in self.beside if a.outcome is not Outcome.INFRA)

    @property
    def cleared(self) -> bool:
        """Whether an execution went another way, or the runner spoiled too many."""
        ways = {(a.ok, a.outcome, a.signature) for a in self.ours}
        spoiled = len(self.history.attempts) - len(self.ours) + len(self.beside) - len(self.theirs)
        return len(ways) > 1 or not all(a.ok for a in self.theirs) or spoiled > TROUBLES

    @property
    def accused(self) -> bool:
        """Whether all turns went against the candidate."""
        return not self.cleared and min(self.turns) >= self.least

    @property
    def next(self) -> Ask:
        """The candidate once more; then the baseline and the candidate in turns."""
        ours, theirs = self.turns
        if theirs < ours:
            number = max((a.number for a in self.beside), default=0) + 1
            return Ask("baseline", self.history.seed, number)
        return Ask("candidate", self.history.seed, self.history.next_number)

    @property
    def told(self) -> dict[str, object]:
        """What the rules' sentences name."""
        message = what_failed(self.ours[0])
        return {
            "seed": self.history.seed,
            "times": len(self.ours),
            "trained": len(self.theirs),
            "message": message,
        }


class OverLimit(Rule):
    """A seed exceeds the same limit in every turn, and the baseline in none.

    TIMEOUT where the training was killed at its wall-clock limit, FAILED at its memory limit.
    """

    code: ClassVar[str] = "Q102"
    messages: ClassVar[Mapping[str, str]] = {
        "over": "seed {seed} was killed at the {limit} in {times} executions of {times}, in turns "
        "with the baseline, which trained there {trained} times"
    }

    @staticmethod
    def check(evidence: Evidence) -> Found | None:
        """Find the first seed whose turns all ended at the same limit."""
        for one in _suspects(evidence):
            if one.accused and one.ours[0].outcome in _LIMITS:
                status, limit = _LIMITS[one.ours[0].outcome]
                return Found(status, OverLimit.messages["over"].format(limit=limit, **one.told))
        return None


class DeterministicFailure(Rule):
    """A seed fails in every turn in the same way, and the baseline in none.

    A failure of the candidate, where the baseline trains, is executed once more. One that repeats
    is executed in turns with the baseline: with so many that an unchanged build is accused as
    seldom as its share of the error budget allows, however flaky it is. FAILED where the signature
    is the same each time and the baseline trains each time. RUNNING while executions are due.
    """

    code: ClassVar[str] = "Q101"
    messages: ClassVar[Mapping[str, str]] = {
        "failed": "seed {seed} failed in {times} executions of {times} in the same way, in turns "
        "with the baseline, which trained there {trained} times: {message}",
        "running": "seed {seed} failed and is executed again: {message}",
    }

    @staticmethod
    def check(evidence: Evidence) -> Found | None:
        """Find a failure that repeats, or one that awaits another execution."""
        for one in _suspects(evidence):
            if one.accused:
                sentence = DeterministicFailure.messages["failed"]
                return Found(Status.FAILED, sentence.format(**one.told))
            if not one.cleared:
                return _again(one.history, one.next)
        for history in evidence.histories:
            if history.failures and not history.settled and not history.given_up:
                return _again(history, Ask("candidate", history.seed, history.next_number))
        return None


def _again(history: SeedHistory, ask: Ask) -> Found:
    sentence = DeterministicFailure.messages["running"]
    reason = sentence.format(seed=history.seed, message=what_failed(history.failures[-1]))
    return Found(Status.RUNNING, reason, asks=(ask,))


def _suspects(evidence: Evidence) -> Iterator[Suspect]:
    """The first seeds at which the candidate alone failed at first."""
    least, before = turns(evidence.levels.repeat / SUSPECTS), int(evidence.side_by_side)
    failed = [h for h in evidence.histories if h.executed and not h.executed[0].ok]
    for history in [h for h in failed if h.seed not in evidence.baseline_failed][:SUSPECTS]:
        beside = tuple(a for a in evidence.fresh if a.seed == history.seed)
        yield Suspect(history, beside, before, least)
