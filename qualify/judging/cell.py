"""The judge of a cell: asks the rules in order and puts their findings together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from qualify.core.attempt import Attempt
from qualify.core.baseline import Replicate
from qualify.core.canary import Canary, Judged
from qualify.core.verdict import MetricEvidence, Status, Verdict
from qualify.judging.evidence import Evidence, Pairs, pair
from qualify.judging.failures import FailureRate
from qualify.judging.rule import Finding, Rule, apply
from qualify.judging.rules import CELL_RULES, METRIC_RULES

WORST_FIRST = (
    Status.FAILED,
    Status.TIMEOUT,
    Status.REGRESSED,
    Status.RUNNING,
    Status.INFRA,
    Status.INCONCLUSIVE,
    Status.FLAKY,
    Status.IMPROVED,
    Status.PASSED,
)
"""A cell is what the worst of its metrics and failures is; only red is worse than undecided."""

Part = tuple[Status, str, str]


class SimpleJudge:
    """Judges a cell by stored or interleaved replicates; implements `ports.CellJudge`.

    For an interleaved canary, `baseline` holds what the baseline arm has trained so far, and the
    baseline arm of a seed is trained before the cell is judged.
    """

    def judge(
        self,
        canary: Canary,
        attempts: Sequence[Attempt],
        baseline: Sequence[Replicate],
        alpha: float,
        beta: float,
    ) -> Verdict:
        """Say what `attempts` show; RUNNING only where `next_training` has one to train."""
        evidence = Evidence(canary, tuple(attempts), tuple(baseline), alpha, beta)
        verdict = _verdict(evidence)
        both = len(attempts) + (len(baseline) if canary.interleaved else 0)
        return dataclasses.replace(verdict, trainings=both)


def _verdict(evidence: Evidence) -> Verdict:
    """The verdict of the first rule of cells that finds something, else that of all parts."""
    if not evidence.histories:
        return Verdict(Status.RUNNING, "Q000", "nothing is trained yet")
    for rule in CELL_RULES:
        finding = apply(rule, evidence)
        if finding is not None:
            return Verdict(finding.status, rule.code, finding.reason)
    metrics = tuple(_metric(judged, evidence) for judged in evidence.canary.metrics)
    return _together(metrics, _others(evidence))


def _others(evidence: Evidence) -> list[Part]:
    """What else the cell shows: failures that did not repeat, and whether anything trained."""
    parts: list[Part] = []
    failures = apply(FailureRate, evidence)
    if failures is not None:
        parts.append((failures.status, FailureRate.code, failures.reason))
    if not evidence.canary.metrics:
        parts.append(_trained(evidence))
    return parts


def _trained(evidence: Evidence) -> Part:
    """A canary without metrics promises that it trains."""
    if evidence.results:
        return Status.PASSED, "Q004", "the canary trains and its result is valid"
    status = Status.INCONCLUSIVE if evidence.exhausted else Status.RUNNING
    return status, "Q004", "no training of the canary has succeeded"


def _together(metrics: tuple[MetricEvidence, ...], others: Sequence[Part]) -> Verdict:
    """The worst part names the status; all parts that are as bad give the reason."""
    parts = [*((m.status, m.code, m.reason) for m in metrics), *others]
    status = min((part[0] for part in parts), key=WORST_FIRST.index)
    worst = [part for part in parts if part[0] is status]
    more = [m.more for m in metrics if m.more is not None and m.status is status]
    if status is not Status.RUNNING:
        metrics = tuple(_stopped(m) for m in metrics)
    reason = "; ".join(part[2] for part in worst)
    return Verdict(status, worst[0][1], reason, metrics, more=max(more, default=None))


def _stopped(metric: MetricEvidence) -> MetricEvidence:
    """No metric of a cell that is decided still runs."""
    if metric.status is not Status.RUNNING:
        return metric
    return dataclasses.replace(metric, status=Status.INCONCLUSIVE)


def _metric(judged: Judged, evidence: Evidence) -> MetricEvidence:
    """The evidence of a metric: what the first rule that has something to say finds."""
    pairs = pair(judged, evidence)
    source = _MetricInputs(pairs)
    for rule in METRIC_RULES:
        finding = apply(rule, source, evidence)
        if finding is not None:
            return _evidence(rule, finding, pairs, evidence)
    raise LookupError(f"no rule decides {judged.name}")


@dataclasses.dataclass(frozen=True)
class _MetricInputs:
    """What the rules of metrics may ask for beside the evidence of the cell."""

    pairs: Pairs


def _evidence(
    rule: type[Rule], finding: Finding, pairs: Pairs, evidence: Evidence
) -> MetricEvidence:
    """Show the pairs behind a finding: those of the look that decided, or all there are."""
    test, judged = finding.test, pairs.judged
    n = test.n if test else len(pairs.seeds)
    same = rule.code == "Q001"
    return MetricEvidence(
        metric=judged.name,
        unit=judged.metric.unit,
        status=finding.status,
        code=rule.code,
        reason=finding.reason,
        seeds=pairs.seeds[:n],
        candidate=pairs.candidate[:n],
        baseline=pairs.baseline[:n],
        threshold=judged.threshold,
        margin=judged.margin,
        alpha=evidence.alpha,
        effect=test.mean if test else 0.0 if same else None,
        interval=test.interval if test else (0.0, 0.0) if same else None,
        more=finding.more,
    )
