"""The rules of trainings that failed: by the candidate, by its limits, by the runner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qualify.core.attempt import Attempt, Outcome
from qualify.core.budget import Levels
from qualify.core.canary import Canary
from qualify.core.verdict import Ask, Status
from qualify.judging.evidence import Evidence
from qualify.judging.history import EXECUTIONS, SeedHistory
from qualify.judging.rule import Found, Rule
from qualify.judging.wording import what_failed
from qualify.stats import bernoulli
from qualify.stats.rates import Count, p_higher, upper_bound

HOPELESS = 3
"""So many seeds at which both builds fail end a cell."""
_STATUSES: Mapping[bernoulli.Reading, Status] = {
    "failed": Status.FAILED,
    "passed": Status.PASSED,
    "flaky": Status.FLAKY,
    "open": Status.RUNNING,
}


class NothingTrains(Rule):
    """Candidate and baseline, trained side by side, fail at each of the first three seeds.

    Nine executions without one result: what neither build can train will not tell one from the
    other at the seeds that are left. INCONCLUSIVE, for nothing of the candidate was seen.
    """

    code: ClassVar[str] = "Q104"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "neither build trains at any of the first {seeds} seeds, so there is "
        "nothing to compare: {message}"
    }

    @staticmethod
    def check(
        histories: tuple[SeedHistory, ...], baseline_failed: frozenset[int], side_by_side: bool
    ) -> Found | None:
        """Look at the first seeds, once each is settled."""
        first = histories[:HOPELESS] if side_by_side else ()
        failed = [h for h in first if len(h.failures) >= EXECUTIONS and h.seed in baseline_failed]
        if len(failed) < HOPELESS:
            return None
        sentence = NothingTrains.messages["inconclusive"]
        reason = sentence.format(seeds=HOPELESS, message=what_failed(failed[0].failures[0]))
        return Found(Status.INCONCLUSIVE, reason)


class RunnerTrouble(Rule):
    """The machine failed, not the candidate.

    Disk full, a process that could not be started: the seed is executed again, at most twice, and
    the baseline beside it, so that the grid can tell a poor machine from a candidate that makes it
    poor. Then the cell is INFRA, which is neither green nor red.
    """

    code: ClassVar[str] = "Q201"
    messages: ClassVar[Mapping[str, str]] = {
        "infra": "the runner failed at seed {seed} in {times} executions: {message}",
        "running": "the runner failed at seed {seed}, which is executed again: {message}",
    }

    @staticmethod
    def check(histories: tuple[SeedHistory, ...], fresh: tuple[Attempt, ...]) -> Found | None:
        """Find a seed that the runner has not let finish."""
        beside = {(a.seed, a.number) for a in fresh}
        for history in histories:
            if history.settled:
                continue
            trouble = [a for a in history.attempts if a.outcome is Outcome.INFRA]
            status = Status.INFRA if history.given_up else Status.RUNNING
            reason = RunnerTrouble.messages[status.value].format(
                seed=history.seed, times=len(trouble), message=what_failed(trouble[-1])
            )
            control = Ask("baseline", history.seed, history.attempts[-1].number)
            known = (control.seed, control.number) in beside
            again = Ask("candidate", history.seed, history.next_number)
            asks = () if status is Status.INFRA else (again,) if known else (control, again)
            return Found(status, reason, asks=asks)
        return None


class FailureRate(Rule):
    """Some trainings failed without repeating: beyond the baseline's flakiness, or within it.

    A sequential test of two Bernoulli rates, exact over the rate that nobody knows. FAILED: more
    often than the baseline. FLAKY: shown to fail less than 30 points more often than a baseline
    that fails, too. PASSED: shown so beside a baseline that never failed. Where the baseline is
    trained side by side there is no recorded rate: Fisher's exact test at doubling numbers of
    trainings, each with an equal part of the level.
    """

    code: ClassVar[str] = "Q103"
    messages: ClassVar[Mapping[str, str]] = {
        "failed": "{ours} trainings failed, and {theirs} of the baseline's: more often",
        "flaky": "{ours} trainings failed, and {theirs} of the baseline's: no more often",
        "passed": "{ours} trainings failed, and {theirs} of the baseline's: not 30 points more",
        "running": "{ours} trainings failed, and {theirs} of the baseline's: more will tell",
        "inconclusive": "{ours} trainings failed, and {theirs} of the baseline's, "
        "which does not decide whether it fails more often",
    }

    @staticmethod
    def check(evidence: Evidence) -> Found | None:
        """Compare the rates."""
        canary, levels = evidence.canary, evidence.levels
        failures, baseline_failures = evidence.failures, evidence.baseline_failures
        if not failures.failed:
            return None
        more = None
        if evidence.side_by_side:
            status = _fisher(canary, failures, baseline_failures, levels.failure)
        else:
            table = failure_limits(canary, baseline_failures, levels)
            counts = failures.failed, failures.total, baseline_failures.failed
            status = _STATUSES[table.reading(*counts)]
            more = table.further(*counts)
        if status is Status.RUNNING and evidence.exhausted:
            status = Status.INCONCLUSIVE
        sentence = FailureRate.messages[status.value]
        reason = sentence.format(ours=failures, theirs=baseline_failures)
        return Found(status, reason, more=more or None)


def failure_limits(canary: Canary, baseline: Count, levels: Levels) -> bernoulli.Limits:
    """The test of a cell's failures against its stored baseline's."""
    return bernoulli.limits(baseline.total, canary.cap, levels.failure, levels.beta)


def _fisher(canary: Canary, ours: Count, theirs: Count, alpha: float) -> Status:
    """Red where Fisher's test is, at doubling looks.

    Flaky where the baseline fails, too, and the upper bound of the candidate's rate (Clopper &
    Pearson 1934) lies within 30 points of the baseline's.
    """
    looks = [3 * 2**k for k in range(canary.cap) if 3 * 2**k < canary.cap] + [canary.cap]
    if ours.total in looks and p_higher(ours, theirs) <= alpha / len(looks):
        return Status.FAILED
    within = theirs.failed and upper_bound(ours) <= theirs.failed / theirs.total + bernoulli.MARGIN
    return Status.FLAKY if within else Status.RUNNING
