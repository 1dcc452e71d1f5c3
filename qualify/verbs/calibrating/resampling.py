"""Simulated A/A releases: real replicates of one build, dealt out as baseline and as candidate.

Of a canary's n committed replicates, m are dealt to the baseline and up to `cap` others to the
candidate, at random and without replacement. Both arms are then exchangeable draws of the same real
noise, so that whatever is called worse is called so falsely. Nothing is drawn twice: a bootstrap
would put equal values into both arms, and ties are not what a new training gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from qualify.core.attempt import Arm, Attempt, Outcome
from qualify.core.baseline import LEAST, Replicate, spreads
from qualify.core.budget import Levels
from qualify.core.canary import CAPS, Canary
from qualify.core.plan import Cell
from qualify.core.verdict import Ask, MetricEvidence, Status, Verdict
from qualify.judging.cell import judge
from qualify.judging.confirmation import Confirmation
from qualify.judging.evidence import Evidence, Reference
from qualify.judging.noninferiority import Erratic, RankNonInferiority
from qualify.judging.rules import Insensitive
from qualify.stats.limits import BASELINES, largest

DATA = "resampled"
"""The digest of every split: seeds are only numbers here, and belong to no split."""
FEWEST = LEAST + CAPS[0]
"""Replicates that a canary needs for both arms."""
_TESTS = tuple(rule.code for rule in (RankNonInferiority, Confirmation, Erratic))


@dataclass(frozen=True)
class Subject:
    """A cell with real replicates of its reference build: `m` for the baseline, the rest to draw.

    `canary` is the cell's, its cap no larger than what is left to draw.
    """

    cell: Cell
    canary: Canary
    replicates: tuple[Replicate, ...]
    m: int


def subject(cell: Cell, canary: Canary, replicates: Sequence[Replicate]) -> Subject | None:
    """Split the numbers; None for fewer than `FEWEST` trainings that the runner let finish."""
    told = tuple(r for r in replicates if r.outcome is not Outcome.INFRA)
    if len(told) < FEWEST:
        return None
    m = int(largest(len(told) - CAPS[0], BASELINES, "a number of replicates"))
    cap = int(largest(min(canary.cap, len(told) - m), CAPS, "a cap"))
    return Subject(cell, replace(canary, cap=cap), told, m)


class Deal(NamedTuple):
    """The two arms of one cell in one simulated release, by seed."""

    baseline: tuple[Replicate, ...]
    candidate: tuple[Replicate, ...]


def deal(of: Subject, rng: np.random.Generator) -> Deal:
    """Deal the replicates out. The baseline's usable ones have its first seeds."""
    drawn = [of.replicates[i] for i in rng.permutation(len(of.replicates))]
    baseline = sorted(drawn[: of.m], key=lambda r: r.outcome is not Outcome.OK)
    candidate = drawn[of.m : of.m + of.canary.cap]
    return Deal(_numbered(baseline), _numbered(candidate))


def release(
    subjects: Sequence[Subject], levels: Levels, rng: np.random.Generator, name: str
) -> dict[str, Verdict]:
    """One simulated release: every cell's verdict, by the judge of real cells."""
    return {of.cell.id: fill(of, deal(of, rng), levels, name) for of in subjects}


def fill(
    of: Subject, dealt: Deal, levels: Levels, name: str, *, one_by_one: bool = False
) -> Verdict:
    """Train what the verdict asks for, from what was dealt, and judge again, as a run does.

    The verdicts of trainings that cannot decide are not asked for, unless `one_by_one`.
    """
    recorded = {s.metric: s for s in spreads(of.canary.name, dealt.baseline)}
    reference = Reference("baseline", dealt.baseline, recorded)
    salt = f"{name}|{of.cell.id}"
    evidence = Evidence(of.canary, (), (), (reference,), levels, salt)
    first = 0 if one_by_one else _undecided(evidence, dealt)
    evidence = _trained(evidence, dealt, [Ask("candidate", seed) for seed in range(first)])
    while (verdict := judge(evidence)).status is Status.RUNNING:
        evidence = _trained(evidence, dealt, verdict.asks)
    return verdict


def _undecided(evidence: Evidence, dealt: Deal) -> int:
    """So many trainings cannot end the cell: no test reaches a limit before the next one.

    The evidence after each training is the same whatever follows it, so it is read off the verdict
    on all trainings. Where anything else may end the cell, failures or unusable values, it is 0.
    """
    cap = evidence.canary.cap
    everything = [Ask("candidate", seed) for seed in range(cap)]
    found = judge(_trained(evidence, dealt, everything)).metrics
    tested = [m for m in found if m.worse]
    if not tested or any(m.code not in (*_TESTS, Insensitive.code) for m in found):
        return 0
    return min(_first(m, cap) for m in tested) - 1


def _first(of: MetricEvidence, cap: int) -> int:
    """The training at which a test reaches a limit; the cap where it never does."""
    reject = math.inf if of.reject is None else of.reject
    accept = -math.inf if of.accept is None else of.accept
    above = [i for i, one in enumerate(of.worse, start=1) if one >= reject]
    below = [i for i, one in enumerate(of.within, start=1) if one <= accept]
    return min([*above, *below, cap])


def _trained(evidence: Evidence, dealt: Deal, asks: Sequence[Ask]) -> Evidence:
    """Answer what is asked for; the baseline, trained again, repeats what was stored."""
    ours = [_attempt("candidate", dealt.candidate[a.seed], a) for a in asks if _ours(a)]
    theirs = [_attempt("baseline", dealt.baseline[a.seed], a) for a in asks if not _ours(a)]
    return replace(evidence, attempts=(*evidence.attempts, *ours), fresh=(*evidence.fresh, *theirs))


def _ours(ask: Ask) -> bool:
    return ask.arm == "candidate"


def _numbered(replicates: Sequence[Replicate]) -> tuple[Replicate, ...]:
    return tuple(replace(r, seed=i, data=DATA) for i, r in enumerate(replicates))


def _attempt(arm: Arm, of: Replicate, ask: Ask) -> Attempt:
    """What training would have given. A failure never repeats: at its own seed, both arms fail."""
    return Attempt(
        cell=of.canary,
        arm=arm,
        seed=ask.seed,
        number=ask.number,
        training=f"{arm}-{ask.seed}-{ask.number}",
        outcome=of.outcome,
        data=of.data,
        predictions=of.predictions,
        metrics=of.metrics,
        message="" if of.outcome is Outcome.OK else f"a recorded {of.outcome.value}",
        signature=f"{ask.seed}-{ask.number}",
    )
