"""What the test of one metric costs and finds against a stored baseline, before any training."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualify.core.attempt import Outcome
from qualify.core.baseline import LEAST, Baseline, Repeats, Spread
from qualify.core.budget import Levels
from qualify.core.canary import Canary, Judged
from qualify.judging.evidence import Evidence, Reference
from qualify.judging.question import Question
from qualify.stats.identity import HARMLESS, false_pass, trainings
from qualify.stats.limits import BASELINES, EFFECTS, UncalibratedError
from qualify.stats.planning import calibrated, detectable, operating_at
from qualify.stats.rank_sprt import Design


@dataclass(frozen=True)
class Prospect:
    """One metric of one canary against one reference.

    `scale` is the baseline's standard deviation on the judged scale and `effect` the margin in such
    units; `level` is the calibrated one for the metric's share of alpha. `untouched`, `unchanged`
    and `worse` are mean trainings: where predictions stay identical as often as recorded, where
    they change but are no worse, and where they are worse by the margin. `power` is the probability
    to find such a loss within the cap; `detectable` the loss, on the judged scale, that is found in
    four of five cases. `trouble` says why nothing can be decided; then these are None. `needed` are
    the trainings of each build that an insensitive metric would take.
    """

    canary: str
    metric: str
    against: str
    margin: float
    m: int
    cap: int
    scale: float | None = None
    effect: float | None = None
    level: float | None = None
    untouched: float | None = None
    unchanged: float | None = None
    worse: float | None = None
    power: float | None = None
    detectable: float | None = None
    paired: bool = False
    trouble: str = ""
    needed: int | None = None


@dataclass(frozen=True)
class Stored:
    """What a reviewed baseline records of one canary: usable replicates, spreads and repeats."""

    against: str
    usable: int
    spreads: tuple[Spread, ...]
    repeats: Repeats

    @classmethod
    def of(cls, against: str, baseline: Baseline, canary: str) -> Stored:
        """Read it off a baseline."""
        usable = sum(r.outcome is Outcome.OK for r in baseline.of(canary))
        spreads = tuple(s for s in baseline.spreads if s.canary == canary)
        return cls(against, usable, spreads, baseline.repeatability(canary))

    def elsewhere(self) -> Stored:
        """The same, seen from another environment: there nothing is known to repeat."""
        return replace(self, repeats=replace(self.repeats, identical=0, compared=0))

    @property
    def identity_rate(self) -> float | None:
        """How often the baseline repeats its own predictions; None where nobody compared."""
        known = self.repeats.compared
        return self.repeats.identical / known if known else None

    @property
    def reference(self) -> Reference:
        """The same as the engine's, without the replicates."""
        rate = HARMLESS if self.repeats.touched is None else self.repeats.touched
        return Reference(self.against, (), {s.metric: s for s in self.spreads}, rate)


def prospect(canary: Canary, judged: Judged, stored: Stored, levels: Levels) -> Prospect:
    """Look ahead: what the engine would do, with the limits that it would use."""
    m = max((b for b in BASELINES if b <= stored.usable), default=0)
    blank = Prospect(canary.name, judged.name, stored.against, judged.margin, m, canary.cap)
    reference = stored.reference
    question = Question(judged, Evidence(canary, (), (), (reference,), levels), reference)
    if not m:
        return replace(blank, trouble=f"{stored.usable} usable replicates, the least is {LEAST}")
    if not question.scale or question.design_effect is None:
        return replace(blank, trouble="no spread is recorded: record the baseline anew")
    known = replace(
        blank, scale=question.scale, effect=question.design_effect, paired=question.paired_seeds
    )
    if question.design_effect < EFFECTS[0]:
        least, needed = f"less than {EFFECTS[0]:g} sd", question.needed
        about = f"insensitive: {least} takes {needed} trainings of each build"
        return replace(known, trouble=about, needed=needed)
    try:
        design = designed(question, m, question.design_effect)
        least_found = detectable(design, canary.cap)
    except UncalibratedError as error:
        return replace(known, trouble=str(error).split(":")[0])
    return _forecast(known, question, design, least_found, stored.identity_rate)


def designed(question: Question, m: int, effect: float) -> Design:
    """The test of ranks for so many replicates and a margin of so many standard deviations."""
    levels, share = question.evidence.levels, 0.5 if question.paired_seeds else 1.0
    passing = share * (levels.beta - (question.chance or 0.0))
    return calibrated(m, question.evidence.canary.cap, effect, share * levels.metric, passing)


def _forecast(
    known: Prospect,
    question: Question,
    design: Design,
    least: float | None,
    identity_rate: float | None,
) -> Prospect:
    """The means and the power.

    Where the margin is wider than the design effect, the engine allows the candidate the difference
    before a loss counts, and so do the shifts here.
    """
    scale, allowed = question.scale or 0.0, (question.design_effect or 0.0) - design.delta
    unchanged = operating_at(design, -allowed)
    worse = operating_at(design, design.delta)
    believed = 0.0 if question.chance is None else identity_rate
    return replace(
        known,
        level=design.alpha,
        untouched=_untouched(believed, unchanged.trainings),
        unchanged=unchanged.trainings,
        worse=worse.trainings,
        power=worse.regressed,
        detectable=None if least is None else (least + allowed) * scale,
    )


def reaches(effect: float, cap: int, levels: Levels, power: float) -> tuple[int | None, float]:
    """The fewest calibrated replicates that find a loss of `effect` so often, else None.

    Beside it the power of those, or of the most there are limits for. Raises UncalibratedError for
    an effect or a level below all that is calibrated.
    """
    found = 0.0
    for m in BASELINES:
        design = calibrated(m, cap, effect, levels.metric, levels.beta - false_pass(HARMLESS))
        found = operating_at(design, design.delta).regressed
        if found >= power:
            return m, found
    return None, found


def _untouched(rate: float | None, otherwise: float) -> float | None:
    return None if rate is None else min(otherwise, trainings(rate, otherwise))
