"""Whether a loss against stored replicates is the candidate's, or the environment's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from qualify.core.attempt import Attempt
from qualify.core.canary import PAIRS, Canary
from qualify.core.verdict import Ask, Status
from qualify.judging.evidence import Evidence
from qualify.judging.history import TROUBLES
from qualify.judging.question import Question
from qualify.judging.rule import Found, Rule
from qualify.judging.samples import paired_samples
from qualify.judging.testing import Tested, pair_test
from qualify.judging.wording import margin
from qualify.stats.identity import COMPARED, ENOUGH

LEVEL, PASSING = 0.0025, 0.01
"""The errors of the confirming test. The stored replicates have spoken at the grid's level already;
this one stops what a common offset of the environment let through, a dozen cells at worst, and must
not pass what they have shown."""


class Confirmation(Rule):
    """A loss against the stored baseline is confirmed on the same runner, in the same run.

    Replicates of another day or machine may be offset from all of today's trainings. So the
    baseline is trained again at the first three seeds: where two predict bit for bit what was
    stored, the environment is the same, and the loss is the candidate's: REGRESSED. Otherwise both
    builds are trained side by side at fresh seeds, and the pairs decide: REGRESSED where they show
    the loss again, PASSED where they show it within the margin, else INCONCLUSIVE.
    """

    code: ClassVar[str] = "Q007"
    messages: ClassVar[Mapping[str, str]] = {
        "regressed": "{metric}: shown worse; the margin is {margin}; the baseline, trained again, "
        "repeats {same} of {of} stored predictions",
        "pairs": "{metric}: shown worse, and again in {pairs} pairs trained side by side; the "
        "margin is {margin}",
        "passed": "{metric}: worse than the stored {against}, but within the margin of {margin} of "
        "the baseline trained side by side: the environment has changed",
        "inconclusive": "{metric}: worse than the stored {against}, which {pairs} pairs trained "
        "side by side do not confirm",
        "elsewhere": "{metric}: worse than the stored {against}, but the environment has changed "
        "since: record the {against} anew",
        "running": "{metric}: looks worse than the stored {against}; the baseline is trained again",
    }

    @staticmethod
    def check(question: Question, canary: Canary, tested: Tested) -> Found:
        """Ask for baseline trainings, then for pairs, until the loss is confirmed or not."""
        evidence = question.evidence
        same, of = sum(evidence.unchanged_environment), len(evidence.unchanged_environment)
        if same >= ENOUGH:
            return _found(question, Status.REGRESSED, tested, same=same, of=of)
        asks = _first_seeds(evidence)
        if asks:
            return replace(_found(question, Status.RUNNING, tested), asks=asks)
        if question.against != "baseline":  # its build is not at hand to be trained again
            return _found(question, Status.INCONCLUSIVE, tested, key="elsewhere")
        return _pairs(question, canary, tested)


def _pairs(question: Question, canary: Canary, tested: Tested) -> Found:
    """Judge the fresh pairs, or ask for the next."""
    evidence = question.evidence
    seeds = canary.confirmations()
    ours = {a.seed: a for a in evidence.attempts if a.seed in seeds and a.ok}
    theirs = {a.seed: a for a in evidence.fresh if a.seed in seeds and a.ok}
    mine, other = paired_samples(question.judged, ours, theirs, evidence.salt)
    again = pair_test(mine, other, question.judged.threshold, (LEVEL, PASSING), PAIRS)
    pairs = len(mine.seeds)
    if again.status is Status.REGRESSED:
        return _found(question, Status.REGRESSED, tested, key="pairs", pairs=pairs)
    if again.status is not Status.RUNNING:
        return _found(question, Status.PASSED, tested)
    begun = {a.seed for a in (*evidence.attempts, *evidence.fresh)}
    fresh = next((seed for seed in seeds if seed not in begun), None)
    if fresh is None:
        return _found(question, Status.INCONCLUSIVE, tested, pairs=pairs)
    asks = (Ask("candidate", fresh), Ask("baseline", fresh))
    return replace(_found(question, Status.RUNNING, tested), asks=asks)


def _first_seeds(evidence: Evidence) -> tuple[Ask, ...]:
    """The next of the first three seeds at which the baseline is to be trained again.

    A training that the runner spoiled is asked for again, as often as any other.
    """
    for seed in evidence.canary.seeds()[:COMPARED]:
        mine = [a for a in evidence.fresh if a.seed == seed]
        if not mine or (_spoiled(mine) and len(mine) <= TROUBLES):
            return (Ask("baseline", seed, len(mine) + 1),)
    return ()


def _spoiled(attempts: list[Attempt]) -> bool:
    return all(a.outcome.value == "infra" for a in attempts)


def _found(
    question: Question, status: Status, tested: Tested, key: str = "", **numbers: int
) -> Found:
    sentence = Confirmation.messages[key or status.value].format(
        metric=question.judged.name,
        margin=margin(question.judged),
        against=question.against,
        **numbers,
    )
    return Found(status, sentence, tested)
