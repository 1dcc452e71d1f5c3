"""The rules of rows that another runner filled: its executions in, a status out.

J001 to J006 say what failed and how often, J007 and J008 what the metrics show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from qualify.core.attempt import Attempt
from qualify.core.metric import Metric, find
from qualify.core.verdict import MetricEvidence, Status, Verdict
from qualify.stats.bernoulli import MARGIN
from qualify.stats.rates import Count, p_higher, upper_bound

_SENTENCES = {
    Status.PASSED: "{name} has not lost more than its margin against {usual} usual values",
    Status.INCONCLUSIVE: "{name} has lost more than its margin against {usual} usual values, "
    "which chance may have arranged: more executions will tell",
    Status.REGRESSED: "{name} has lost more than its margin, and is worse than each of "
    "{usual} usual values",
}


@dataclass(frozen=True)
class Reference:
    """What other builds show of a row: the executions of the baseline, else of earlier builds."""

    whose: str = "earlier builds'"
    attempts: tuple[Attempt, ...] = ()

    @property
    def count(self) -> Count:
        """How many executions failed."""
        return Count(sum(not a.ok for a in self.attempts), len(self.attempts))


def judge_row(
    attempts: Sequence[Attempt],
    margins: Mapping[str, float],
    reference: Reference,
    alpha: float,
    skipped: str = "",
) -> Verdict:
    """Say what a row's executions show; without any it is SKIPPED, for the reason given.

    Failures: passed again, or as often as the baseline's: FLAKY; more often: FAILED. Metrics: a
    loss beyond the margin is REGRESSED only where every value is worse than every usual one and
    chance arranges them so at most at `alpha`; else it is INCONCLUSIVE.
    """
    if not attempts:
        return Verdict(Status.SKIPPED, "J001", skipped)
    passed = [a for a in attempts if a.ok]
    metrics = tuple(_metrics(passed, margins, reference, alpha))
    verdict = _outcome(attempts, reference, alpha)
    worse = [m for m in metrics if not m.status.green]
    if verdict.status.green and worse:
        first = min(worse, key=lambda m: m.status is not Status.REGRESSED)
        verdict = Verdict(first.status, first.code, first.reason)
    return replace(verdict, metrics=metrics)


def _outcome(attempts: Sequence[Attempt], reference: Reference, alpha: float) -> Verdict:
    failed = [a for a in attempts if not a.ok]
    ours, theirs = Count(len(failed), len(attempts)), reference.count
    if not failed:
        return Verdict(Status.PASSED, "J002", _times("passed", len(attempts)))
    why = failed[-1].message.partition("\n")[0]
    if ours.failed < ours.total:
        reason = f"{ours} executions failed, and it passed on another: {why}"
        return Verdict(Status.FLAKY, "J003", reason)
    counts = f"{ours} executions failed, and {theirs} of {reference.whose}"
    details = failed[-1].log_tail
    if not theirs.failed or p_higher(ours, theirs) <= alpha:
        before = counts if theirs.total else _times("failed", ours.total)
        reason = why if (ours.total, theirs.total) == (1, 0) else f"{before}: {why}"
        return Verdict(Status.FAILED, "J005", reason, details=details)
    if upper_bound(ours) <= theirs.failed / theirs.total + MARGIN:
        return Verdict(Status.FLAKY, "J004", f"{counts}: no more often: {why}")
    reason = f"{counts}, which does not decide whether it fails more often: {why}"
    return Verdict(Status.INCONCLUSIVE, "J006", reason, details=details)


def _times(what: str, times: int) -> str:
    return what if times == 1 else f"{what} in {times} executions of {times}"


def _metrics(
    passed: Sequence[Attempt], margins: Mapping[str, float], reference: Reference, alpha: float
) -> Iterator[MetricEvidence]:
    """The evidence of every metric; one without a margin or a direction is only recorded."""
    for name in dict.fromkeys(name for a in passed for name in a.metrics):
        metric = find(name)
        here = tuple(a.metrics[name] for a in passed if name in a.metrics)
        usual = tuple(a.metrics[name] for a in reference.attempts if a.ok and name in a.metrics)
        recorded = MetricEvidence(
            name,
            metric.unit if metric else "",
            Status.PASSED,
            "J007",
            f"{name} is recorded, and nothing is asked of it",
            test="separation",
            candidate=here,
            baseline=usual,
        )
        if metric is None or not usual or not _placeable(metric, here + usual):
            yield recorded
        else:
            yield _compared(recorded, metric, margins.get(name), alpha)


def _placeable(metric: Metric, values: Sequence[float]) -> bool:
    """Whether every value has a place: relative losses are defined above 0 only."""
    return metric.scale == "raw" or min(values) > 0


def _compared(
    recorded: MetricEvidence, metric: Metric, margin: float | None, alpha: float
) -> MetricEvidence:
    """Compare with the usual values: exact where the two are wholly apart, silent elsewhere.

    Of all arrangements of n values and m usual ones, equally likely where nothing has changed, one
    in binomial(n + m, m) has every value beyond every usual one.
    """
    here = [metric.position(value) for value in recorded.candidate]
    usual = [metric.position(value) for value in recorded.baseline]
    effect = median(here) - median(usual)
    if margin is None:
        return replace(recorded, effect=effect)
    apart = min(here) > max(usual)
    chance = 1.0 / math.comb(len(here) + len(usual), len(usual))
    status = Status.PASSED
    if effect > metric.threshold(margin):
        status = Status.REGRESSED if apart and chance <= alpha else Status.INCONCLUSIVE
    return replace(
        recorded,
        status=status,
        code="J008",
        reason=_SENTENCES[status].format(name=recorded.metric, usual=len(usual)),
        margin=margin,
        threshold=metric.threshold(margin),
        effect=effect,
        p_value=chance if apart else None,
        alpha=alpha,
    )
