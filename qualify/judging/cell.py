"""The judge of a cell: asks the rules in order and puts their findings together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from qualify.core.verdict import Ask, FailureEvidence, MetricEvidence, Status, Verdict
from qualify.judging.evidence import Evidence
from qualify.judging.failures import FailureRate
from qualify.judging.findings import evidence_of
from qualify.judging.noninferiority import Erratic
from qualify.judging.question import Question
from qualify.judging.rule import apply
from qualify.judging.rules import CELL_RULES, PAIRED_RULES, STORED_RULES
from qualify.stats.bernoulli import detectable

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


def judge(evidence: Evidence) -> Verdict:
    """Say what the evidence shows; RUNNING asks for the trainings that come next."""
    verdict = _verdict(evidence)
    if verdict.status is Status.RUNNING and not verdict.asks:
        verdict = dataclasses.replace(verdict, asks=_next(evidence))
    return dataclasses.replace(
        verdict,
        trainings=len(evidence.attempts) + len(evidence.fresh),
        failures=_failures(evidence),
        identical=evidence.identical,
    )


def _verdict(evidence: Evidence) -> Verdict:
    """The verdict of the first rule of cells that finds something, else that of all parts."""
    for rule in CELL_RULES:
        found = apply(rule, evidence, _Itself(evidence))
        if found is not None:
            return Verdict(found.status, rule.code, found.reason, asks=found.asks)
    metrics = [one for question in questions(evidence) for one in _metric(question)]
    return _together([one for one, _ in metrics], _others(evidence), [a for _, a in metrics])


def questions(evidence: Evidence) -> list[Question]:
    """Every metric against every reference, or against the build trained beside."""
    references = [None] if evidence.side_by_side else list(evidence.references)
    return [
        Question(judged, evidence, reference)
        for reference in references
        for judged in evidence.canary.metrics
    ]


def _metric(question: Question) -> list[tuple[MetricEvidence, tuple[Ask, ...]]]:
    """The evidence of a metric: what its first rule that has something to say finds; its spread."""
    evidence = question.evidence
    inputs = (_Asked(question), evidence, _Itself(evidence))
    for rule in PAIRED_RULES if question.reference is None else STORED_RULES:
        found = apply(rule, *inputs)
        if found is not None:
            break
    else:
        raise LookupError(f"no rule decides {question.judged.name}")
    parts = [(evidence_of(rule, found, question), found.asks)]
    if question.reference is not None and question.against == "baseline":
        erratic = apply(Erratic, *inputs)
        if erratic is not None and rule.code not in {"Q003", "Q204"}:
            parts.append((evidence_of(Erratic, erratic, question), ()))
    return parts


def _others(evidence: Evidence) -> list[Part]:
    """What else the cell shows: failures that did not repeat, and whether anything trained."""
    parts: list[Part] = []
    failures = FailureRate.check(evidence)
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


def _together(
    metrics: list[MetricEvidence], others: Sequence[Part], asks: Sequence[tuple[Ask, ...]]
) -> Verdict:
    """The worst part names the status; all parts that are as bad give the reason.

    A metric whose loss awaits confirmation asks first: red would end the cell.
    """
    told = [m for m in metrics if m.test != "spread" or m.status.red]
    parts = [*((m.status, m.code, m.reason) for m in told), *others]
    status = min((part[0] for part in parts), key=WORST_FIRST.index)
    worst = [part for part in parts if part[0] is status]
    more = [m.more for m in metrics if m.more is not None and m.status is status]
    if status is not Status.RUNNING:
        metrics = [_stopped(m) for m in metrics]
    return Verdict(
        status,
        worst[0][1],
        "; ".join(part[2] for part in worst),
        tuple(metrics),
        more=max(more, default=None),
        asks=next((ask for ask in asks if ask), ()) if status is Status.RUNNING else (),
    )


def _stopped(metric: MetricEvidence) -> MetricEvidence:
    """No metric of a cell that is decided still runs."""
    if metric.status is not Status.RUNNING:
        return metric
    return dataclasses.replace(metric, status=Status.INCONCLUSIVE)


def _next(evidence: Evidence) -> tuple[Ask, ...]:
    """The next registered seed, on both arms where they are trained side by side."""
    begun = len(evidence.histories)
    seed = evidence.canary.seeds()[begun]
    candidate = Ask("candidate", seed)
    return (candidate, Ask("baseline", seed)) if evidence.side_by_side else (candidate,)


def _failures(evidence: Evidence) -> FailureEvidence | None:
    """How often both arms failed, where anything is counted."""
    ours, theirs, levels = evidence.failures, evidence.baseline_failures, evidence.levels
    if not ours.total:
        return None
    excluded = detectable(ours.total, levels.beta) if not ours.failed else 1.0
    return FailureEvidence(
        ours.failed,
        ours.total,
        theirs.failed,
        theirs.total,
        levels.failure,
        excluded,
        early=evidence.early_failures,
        troubles=evidence.troubles,
    )


@dataclasses.dataclass(frozen=True)
class _Itself:
    """Lets a rule ask for all evidence at once."""

    evidence: Evidence


@dataclasses.dataclass(frozen=True)
class _Asked:
    """What the rules of metrics may ask for beside the evidence of the cell."""

    question: Question
