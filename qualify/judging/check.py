"""The rule of a check: a promise that holds or does not, and what the baseline says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualify.core.attempt import Arm
from qualify.core.verdict import Status, Verdict
from qualify.stats.rates import Count


@dataclass(frozen=True)
class Round:
    """One execution of a whole check; `broken` is why its promise did not hold, "" if it did.

    `details` are the telling lines of a log.
    """

    broken: str = ""
    details: tuple[str, ...] = ()


def judge_check(
    candidate: Sequence[Round],
    baseline: Sequence[Round] | None,
    turns: int,
    *,
    gate: bool = False,
) -> Verdict:
    """Judge the rounds so far; RUNNING where `next_round` has another one to ask for.

    Red is what the candidate breaks and the baseline keeps in so many `turns`. A promise that the
    baseline breaks at least every second time is no regression, unless it is a `gate`: without it
    nothing can be shown. What is broken now and then decides nothing. `baseline` is None where no
    baseline build is at hand: then what is broken twice is red.
    """
    if not candidate:
        return Verdict(Status.RUNNING, "C000", "not run yet")
    broken = next((r for r in candidate if r.broken), None)
    if broken is None:
        return Verdict(Status.PASSED, "C001", "the promise held")
    ours, theirs = _count(candidate), _count(baseline or ())
    if theirs.failed and 2 * theirs.failed >= theirs.total:
        status = Status.INCONCLUSIVE if gate else Status.FLAKY
        reason = f"the baseline breaks it, too: {broken.broken}"
        return Verdict(status, "C002", reason, details=broken.details)
    if next_round(candidate, baseline, turns):
        return Verdict(Status.RUNNING, "C000", "broken; repeated in turns with the baseline")
    if theirs.failed or ours.failed < ours.total:
        of = f", and in {theirs} of the baseline's" if theirs.failed else ""
        reason = f"broken in {ours} rounds{of}: {broken.broken}"
        return Verdict(Status.INCONCLUSIVE, "C004", reason, details=broken.details)
    return Verdict(Status.FAILED, "C003", broken.broken, details=broken.details)


def next_round(
    candidate: Sequence[Round], baseline: Sequence[Round] | None, turns: int
) -> Arm | None:
    """Which arm runs the check next, None where the rounds decide.

    The candidate; once it broke, the baseline and the candidate in turns, until one of them does
    otherwise.
    """
    if not candidate:
        return "candidate"
    if not all(r.broken for r in candidate):
        return None
    if baseline is None:
        return "candidate" if len(candidate) == 1 else None
    if any(r.broken for r in baseline):
        return None
    if len(baseline) < len(candidate):
        return "baseline" if len(baseline) < turns else None
    return "candidate"


def _count(rounds: Sequence[Round]) -> Count:
    return Count(sum(bool(r.broken) for r in rounds), len(rounds))
