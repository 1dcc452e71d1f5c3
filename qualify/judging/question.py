"""One metric against one reference: what the rules of metrics ask about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

from qualify.core.canary import Judged
from qualify.judging.evidence import Evidence, Reference, alike
from qualify.judging.samples import Sample, candidate_sample, paired_samples, reference_sample
from qualify.stats.identity import HARMLESS, false_pass
from qualify.stats.limits import EFFECTS
from qualify.stats.planning import calibrated
from qualify.stats.rank_sprt import Design

LEAST_CORRELATION = 0.5
"""Seeds are paired where builds that differ have been seen to be correlated at least so."""


@dataclass(frozen=True)
class Question:
    """Whether the candidate is worse by `judged` than `reference` (None: the build beside it)."""

    judged: Judged
    evidence: Evidence
    reference: Reference | None

    @property
    def against(self) -> str:
        """The reference's name."""
        return self.reference.name if self.reference else "baseline"

    @cached_property
    def identical(self) -> tuple[bool, ...]:
        """Whether each of the first seeds predicts bit for bit what the reference predicts.

        A build that is trained beside it for want of a stored one is a reference, too, unless
        seconds decide how far a search comes.
        """
        evidence, canary = self.evidence, self.evidence.canary
        if self.reference:
            return alike(evidence.results, self.reference.usable)
        if canary.interleaved or canary.budget.seconds is not None:
            return ()
        return alike(evidence.results, evidence.retrained)

    @property
    def chance(self) -> float | None:
        """The probability that identical predictions pass a build that changed them.

        None where it would take more than half of beta: then they pass nothing.
        """
        wrong = false_pass(self.reference.touched if self.reference else HARMLESS)
        return wrong if wrong <= self.evidence.levels.beta / 2.0 else None

    @cached_property
    def scale(self) -> float | None:
        """The recorded standard deviation of the reference on the judged scale."""
        spread = self.reference.spreads.get(self.judged.name) if self.reference else None
        return spread.scale if spread else None

    @property
    def design_effect(self) -> float | None:
        """The margin in standard deviations."""
        return self.judged.threshold / self.scale if self.scale else None

    @property
    def paired_seeds(self) -> bool:
        """Whether the record of the reference lets seeds be paired beside the test of ranks."""
        spread = self.reference.spreads.get(self.judged.name) if self.reference else None
        known = spread.correlation if spread else None
        return known is not None and known >= LEAST_CORRELATION

    @cached_property
    def candidate(self) -> Sample:
        """The candidate's replicates."""
        return candidate_sample(self.judged, self.evidence)

    @cached_property
    def baseline(self) -> Sample:
        """The stored replicates that candidates are ranked among."""
        if self.reference is None:
            raise LookupError("a build trained side by side has no stored replicates")
        return reference_sample(self.judged, self.reference, self.evidence.salt)

    @cached_property
    def pairs(self) -> tuple[Sample, Sample]:
        """Both arms at common seeds: trained side by side, or the stored replicates' seeds."""
        evidence = self.evidence
        if self.reference is None:
            return paired_samples(self.judged, evidence.results, evidence.retrained, evidence.salt)
        return paired_samples(self.judged, evidence.results, self.reference.usable, evidence.salt)

    @cached_property
    def design(self) -> Design | None:
        """The calibrated test of ranks, where the margin is wide enough for one."""
        effect, levels = self.design_effect, self.evidence.levels
        if effect is None or effect < EFFECTS[0]:
            return None
        share = 0.5 if self.paired_seeds else 1.0
        cap, m = self.evidence.canary.cap, len(self.baseline.seeds)
        passing = share * (levels.beta - (self.chance or 0.0))
        return calibrated(m, cap, effect, share * levels.metric, passing)

    @property
    def allowed(self) -> float:
        """What a candidate may lose before it counts: the margin beyond the design effect."""
        if self.design is None or self.scale is None:
            return 0.0
        return self.judged.threshold - self.design.delta * self.scale

    @property
    def needed(self) -> int:
        """Replicates of each build that a test of fixed size would need: 2 (z_a + z_b)^2 / d^2."""
        levels = self.evidence.levels
        effect = self.design_effect or math.inf
        z = -sum(map(NormalDist().inv_cdf, (levels.metric, levels.beta)))
        return math.ceil(2.0 * (z / effect) ** 2)
