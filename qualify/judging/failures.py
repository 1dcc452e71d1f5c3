"""The rules of trainings that failed: by the candidate, by its limits, by the runner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Canary
from qualify.core.verdict import Status
from qualify.judging.history import EXECUTIONS, SeedHistory
from qualify.judging.rule import Finding, Rule
from qualify.stats.group_sequential import schedule
from qualify.stats.rates import Count, p_higher

_LIMITS = {
    Outcome.TIMEOUT: (Status.TIMEOUT, "wall-clock limit"),
    Outcome.MEMORY: (Status.FAILED, "memory limit"),
}


class OverLimit(Rule):
    """A seed exceeds the same limit twice, and the baseline does not fail there.

    TIMEOUT where the training was killed at its wall-clock limit, FAILED at its memory limit.
    """

    code: ClassVar[str] = "Q102"
    messages: ClassVar[Mapping[str, str]] = {
        "over": "seed {seed} was killed at the {limit} in {times} executions of {times}"
    }

    @staticmethod
    def check(
        histories: tuple[SeedHistory, ...], baseline_failed: frozenset[int]
    ) -> Finding | None:
        """Find the first seed whose executions all ended at the same limit."""
        for seed, failure in _repeated(histories, baseline_failed):
            if failure.outcome in _LIMITS:
                status, limit = _LIMITS[failure.outcome]
                sentence = OverLimit.messages["over"]
                return Finding(status, sentence.format(seed=seed, limit=limit, times=EXECUTIONS))
        return None


class DeterministicFailure(Rule):
    """A seed fails twice in the same way, and the baseline does not fail there.

    Errors, crashes and invalid results of the candidate are executed once more; the same signature
    again is no flake: FAILED after two trainings. While the second execution is due, RUNNING.
    """

    code: ClassVar[str] = "Q101"
    messages: ClassVar[Mapping[str, str]] = {
        "failed": "seed {seed} failed in {times} executions of {times} in the same way: {message}",
        "running": "seed {seed} failed once and is executed again: {message}",
    }

    @staticmethod
    def check(
        histories: tuple[SeedHistory, ...], baseline_failed: frozenset[int]
    ) -> Finding | None:
        """Find a failure that repeats, or one that awaits its second execution."""
        messages = DeterministicFailure.messages
        for seed, failure in _repeated(histories, baseline_failed):
            reason = messages["failed"].format(seed=seed, times=EXECUTIONS, message=_what(failure))
            return Finding(Status.FAILED, reason)
        for history in histories:
            if history.failures and not history.settled and not history.given_up:
                what = _what(history.failures[-1])
                reason = messages["running"].format(seed=history.seed, message=what)
                return Finding(Status.RUNNING, reason)
        return None


class RunnerTrouble(Rule):
    """The machine failed, not the candidate.

    Disk full, a process that could not be started: the seed is executed again, at most twice; then
    the cell is INFRA, which is neither green nor red.
    """

    code: ClassVar[str] = "Q201"
    messages: ClassVar[Mapping[str, str]] = {
        "infra": "the runner failed at seed {seed} in {times} executions: {message}",
        "running": "the runner failed at seed {seed}, which is executed again: {message}",
    }

    @staticmethod
    def check(histories: tuple[SeedHistory, ...]) -> Finding | None:
        """Find a seed that the runner has not let finish."""
        for history in histories:
            if history.settled:
                continue
            trouble = [a for a in history.attempts if a.outcome is Outcome.INFRA]
            status = Status.INFRA if history.given_up else Status.RUNNING
            reason = RunnerTrouble.messages[status.value].format(
                seed=history.seed, times=len(trouble), message=_what(trouble[-1])
            )
            return Finding(status, reason)
        return None


class FailureRate(Rule):
    """Some trainings failed without repeating: beyond the baseline's flakiness, or within it.

    Fisher's exact test of first executions at each look, with an equal part of alpha each (union
    bound). FAILED: significantly more often. FLAKY: not so, and the baseline fails, too. With a
    baseline that never failed, trainings go on to the cap, and then the cell is INCONCLUSIVE.
    """

    code: ClassVar[str] = "Q103"
    messages: ClassVar[Mapping[str, str]] = {
        "failed": "{ours} trainings failed, but {theirs} of the baseline's (p = {p:.2g})",
        "flaky": "{ours} trainings failed, and {theirs} of the baseline's",
        "running": "{ours} trainings failed, but {theirs} of the baseline's: more will tell",
        "inconclusive": "{ours} trainings failed, but {theirs} of the baseline's, "
        "which does not show more than a flake",
    }

    @staticmethod
    def check(
        canary: Canary, failures: Count, baseline_failures: Count, alpha: float, exhausted: bool
    ) -> Finding | None:
        """Compare the rates, at a look or at the end."""
        if not failures.failed:
            return None
        looks = schedule(canary.cap)
        p = p_higher(failures, baseline_failures) if failures.total in looks else 1.0
        if p <= alpha / len(looks):
            status = Status.FAILED
        elif baseline_failures.failed:
            status = Status.FLAKY
        else:
            status = Status.INCONCLUSIVE if exhausted else Status.RUNNING
        sentence = FailureRate.messages[status.value]
        return Finding(status, sentence.format(ours=failures, theirs=baseline_failures, p=p))


def _repeated(
    histories: tuple[SeedHistory, ...], baseline_failed: frozenset[int]
) -> list[tuple[int, Attempt]]:
    """The seeds that failed in every execution in the same way, where the baseline did not."""
    return [
        (h.seed, h.failures[0])
        for h in histories
        if h.seed not in baseline_failed
        and len(h.failures) >= EXECUTIONS
        and len({(a.outcome, a.signature) for a in h.executed}) == 1
    ]


def _what(attempt: Attempt) -> str:
    """The first line of a failure's message, or how it ended where it left none."""
    lines = attempt.message.strip().splitlines()
    return lines[0] if lines else attempt.outcome.value
