"""What a rule found of a metric, as evidence that is stored and shown."""

from __future__ import annotations

import numpy as np

from qualify.core.verdict import MetricEvidence, Status
from qualify.judging.question import Question
from qualify.judging.rule import Found, Rule
from qualify.judging.samples import Sample, paired_samples
from qualify.judging.testing import placed
from qualify.judging.wording import difference
from qualify.stats import effect, pair_planning, planning
from qualify.stats.ranks import Floats

_TESTS = {"Q001": "identity", "Q005": "pairs", "Q006": "spread"}


def evidence_of(rule: type[Rule], found: Found, question: Question) -> MetricEvidence:
    """Show the replicates behind a finding, with their effect and what it would take."""
    judged, levels, tested = question.judged, question.evidence.levels, found.tested
    mine, theirs = _samples(question)
    shift = _effect(question, mine, theirs)
    interval = None if shift is None else (shift.lower, shift.upper)
    return MetricEvidence(
        metric=judged.name,
        unit=judged.metric.unit,
        status=found.status,
        code=rule.code,
        reason=_reason(found, question, shift),
        against=question.against,
        test=_TESTS.get(rule.code, "dual" if question.paired_seeds else "ranks"),
        seeds=mine.seeds,
        candidate=mine.values,
        baseline=theirs.values,
        threshold=judged.threshold,
        margin=judged.margin,
        alpha=levels.spread if rule.code == "Q006" else levels.metric,
        effect=None if shift is None else shift.estimate,
        interval=interval,
        scale=question.scale,
        detectable=_detectable(question, found),
        worse=tested.worse if tested else (),
        within=tested.within if tested else (),
        reject=tested.reject if tested else None,
        accept=tested.accept if tested and tested.within else None,
        p_value=tested.p_value if tested else None,
        places=_places(question, mine),
        fresh=_fresh(question),
        ties=question.evidence.salt if _tied(mine, theirs) else "",
        more=found.more or _more(question, found),
    )


def _samples(question: Question) -> tuple[Sample, Sample]:
    """The replicates of both arms: at common seeds where they were trained side by side."""
    return question.pairs if question.reference is None else (question.candidate, question.baseline)


def _effect(question: Question, mine: Sample, theirs: Sample) -> effect.Effect | None:
    """The size of the loss with its interval, once there is a training."""
    cap = question.evidence.canary.cap
    if not mine.seeds:
        return None
    if question.reference is None:
        return effect.paired_shift(mine.losses - theirs.losses, mine.ties, cap)
    return effect.shift(mine.losses, theirs.losses, cap)


def _reason(found: Found, question: Question, shift: effect.Effect | None) -> str:
    """The rule's sentence, and the size of the loss where a test was made."""
    if shift is None or found.tested is None or not found.tested.within:
        return found.reason
    n = len(_samples(question)[0].seeds)
    trained = f"{n} {'pairs' if question.reference is None else 'seeds'}"
    size = difference(question.judged, shift.estimate, (shift.lower, shift.upper), trained)
    return f"{found.reason}; {size}"


def _detectable(question: Question, found: Found) -> float | None:
    """The loss that so many trainings show in four of five cases, once the metric is decided."""
    tested, design, scale = found.tested, question.design, question.scale
    if tested is None or found.status is Status.RUNNING:
        return None
    if question.reference is None:
        differences = _differences(question)
        size = pair_planning.detectable_pairs(len(differences), tested.reject)
        return None if size is None else size * float(np.std(differences, ddof=1))
    if design is None or scale is None:
        return None
    size = planning.detectable(design, len(question.candidate.seeds))
    return None if size is None else size * scale + question.allowed


def _more(question: Question, found: Found) -> int | None:
    """How many more trainings would decide, if they resembled those there are."""
    tested = found.tested
    if tested is None or found.status is not Status.INCONCLUSIVE:
        return None
    if question.reference is None:
        edges = tested.reject, -tested.accept
        ties = question.pairs[0].ties
        return pair_planning.further_pairs(
            _differences(question), ties, question.judged.threshold, edges
        )
    if question.design is None:
        return None
    moved = placed(question.candidate, question.baseline, question.allowed)
    return planning.further_trainings(moved, question.design) or None


def _differences(question: Question) -> Floats:
    """How much worse the candidate is in each pair."""
    mine, theirs = question.pairs
    return mine.losses - theirs.losses


def _places(question: Question, mine: Sample) -> tuple[int, ...]:
    """The places of the candidate among the stored replicates."""
    if question.reference is None:
        return ()
    return tuple(int(place) for place in placed(mine, question.baseline))


def _fresh(question: Question) -> tuple[int, ...]:
    """The places of the baseline's repeated trainings among its stored replicates."""
    retrained = question.evidence.retrained
    if question.reference is None or question.against != "baseline" or not retrained:
        return ()
    sample, _ = paired_samples(question.judged, retrained, retrained, question.evidence.salt)
    return tuple(int(place) for place in placed(sample, question.baseline))


def _tied(mine: Sample, theirs: Sample) -> bool:
    """Whether ties decided a place."""
    return bool(set(mine.losses.tolist()) & set(theirs.losses.tolist()))
