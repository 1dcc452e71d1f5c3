"""The rule of a check: a promise that holds or does not, and what the baseline says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualify.core.attempt import Arm
from qualify.core.verdict import Status, Verdict


@dataclass(frozen=True)
class Round:
    """One execution of a whole check; `broken` is why its promise did not hold, "" if it did.

    `details` are the telling lines of a log.
    """

    broken: str = ""
    details: tuple[str, ...] = ()


def judge_check(
    candidate: Sequence[Round], baseline: Sequence[Round] | None, *, gate: bool = False
) -> Verdict:
    """Judge the rounds so far; RUNNING where `next_round` has another one to ask for.

    `baseline` is None where no baseline build is at hand. A promise that the baseline breaks as
    well is no regression, unless it is a `gate`: without it nothing can be shown. One that is
    broken once in two rounds decides nothing.
    """
    if not candidate:
        return Verdict(Status.RUNNING, "C000", "not run yet")
    broken = next((r for r in candidate if r.broken), None)
    if broken is None:
        return Verdict(Status.PASSED, "C001", "the promise held")
    if baseline and baseline[0].broken:
        status = Status.INCONCLUSIVE if gate else Status.FLAKY
        reason = f"the baseline breaks it, too: {broken.broken}"
        return Verdict(status, "C002", reason, details=broken.details)
    if next_round(candidate, baseline):
        return Verdict(Status.RUNNING, "C000", "broken once; repeated beside the baseline")
    if all(r.broken for r in candidate):
        return Verdict(Status.FAILED, "C003", broken.broken, details=broken.details)
    reason = f"broken in one of {len(candidate)} rounds: {broken.broken}"
    return Verdict(Status.INCONCLUSIVE, "C004", reason, details=broken.details)


def next_round(candidate: Sequence[Round], baseline: Sequence[Round] | None) -> Arm | None:
    """Which arm runs the check next: the candidate; once it broke, the baseline; then again."""
    if not candidate:
        return "candidate"
    if not candidate[0].broken:
        return None
    if baseline is not None and not baseline:
        return "baseline"
    if baseline and baseline[0].broken:
        return None
    return "candidate" if len(candidate) == 1 else None
