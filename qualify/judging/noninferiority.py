"""The rules of a metric's replicates, looked at after each training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from qualify.core.budget import Levels
from qualify.core.canary import Canary
from qualify.core.verdict import Status
from qualify.judging.confirmation import Confirmation
from qualify.judging.question import Question
from qualify.judging.rule import Found, Rule
from qualify.judging.testing import Tested, pair_test, rank_test, spread_test
from qualify.judging.wording import margin
from qualify.stats.identity import COMPARED

_MESSAGES = {
    "passed": "{metric}: shown within the margin of {margin}",
    "real": "{metric}: a real loss, but shown smaller than the margin of {margin}",
    "improved": "{metric}: shown better",
    "regressed": "{metric}: shown worse; the margin is {margin}",
    "inconclusive": "{metric}: shown neither worse nor within the margin of {margin}",
    "running": "{metric}: undecided so far; the margin is {margin}",
}


class RankNonInferiority(Rule):
    """The candidate is shown no worse than the stored baseline by the margin or more.

    The candidate's losses are ranked among the baseline's replicates, and the normal scores of the
    ranks enter a sequential likelihood ratio that is looked at after each training. REGRESSED:
    shown worse, at the metric's share of alpha over all looks, whatever the noise. PASSED: shown
    better than the margin at beta. IMPROVED: also shown better than the baseline. A pass does not
    bind: a cell that trains on for another metric may still show a loss. Where builds have been
    seen to be correlated over seeds, a test of paired seeds decides beside it, each at half of
    both errors. A regression is confirmed against the environment before it counts.
    """

    code: ClassVar[str] = "Q002"
    messages: ClassVar[Mapping[str, str]] = _MESSAGES

    @staticmethod
    def check(question: Question, canary: Canary, levels: Levels, exhausted: bool) -> Found:
        """Rank the candidate's replicates; confirm what looks like a regression."""
        dual = question.paired_seeds
        tested = _dual(question, canary, levels) if dual else _ranks(question)
        if tested.status is Status.REGRESSED:
            return Confirmation.check(question, canary, tested)
        return _found(question, tested, exhausted)


class PairedNonInferiority(Rule):
    """The candidate is shown no worse than the baseline that was trained beside it.

    Both builds train each seed one after the other, in the order A B B A, and the signs and ranks
    of the differences are looked at after each pair. No recorded spread is trusted: under the null
    hypothesis a difference is as likely to be d as -d, and the scale comes from the ranks. PASSED:
    the same test of margin - difference at beta.
    """

    code: ClassVar[str] = "Q005"
    messages: ClassVar[Mapping[str, str]] = _MESSAGES

    @staticmethod
    def check(question: Question, canary: Canary, levels: Levels, exhausted: bool) -> Found:
        """Compare the pairs so far."""
        shares = levels.metric, levels.beta
        tested = pair_test(*question.pairs, question.judged.threshold, shares, canary.cap)
        return _found(question, tested, exhausted)


class Erratic(Rule):
    """The candidate's replicates spread more widely than the baseline's.

    A sequential rank test of spread over the same replicates, at its own share of alpha: a
    candidate that is as good on average, but more erratic, is REGRESSED.
    """

    code: ClassVar[str] = "Q006"
    messages: ClassVar[Mapping[str, str]] = {
        "regressed": "{metric} is more erratic than the baseline's",
        "passed": "{metric} is not shown more erratic than the baseline's",
    }

    @staticmethod
    def check(question: Question, canary: Canary, levels: Levels) -> Found | None:
        """Compare the spreads, once there are three replicates; never for identical predictions."""
        same = question.identical
        if len(question.candidate.seeds) <= COMPARED or (same and all(same)):
            return None
        tested = spread_test(question.candidate, question.baseline, levels.spread, canary.cap)
        sentence = Erratic.messages[tested.status.value]
        return Found(tested.status, sentence.format(metric=question.judged.name), tested)


def _ranks(question: Question) -> Tested:
    """The test of ranks, with its share of both errors."""
    if question.design is None or question.scale is None:
        raise LookupError(f"{question.against} has no recorded spread of {question.judged.name}")
    threshold = question.judged.threshold
    return rank_test(
        question.candidate, question.baseline, threshold, question.scale, question.design
    )


def _dual(question: Question, canary: Canary, levels: Levels) -> Tested:
    """Ranks or paired seeds, each at half of both errors: whichever decides, red first."""
    half = levels.metric / 2.0, levels.beta / 2.0
    ranks = _ranks(question)
    pairs = pair_test(*question.pairs, question.judged.threshold, half, canary.cap)
    for status in (Status.REGRESSED, Status.IMPROVED, Status.PASSED):
        if status in {ranks.status, pairs.status}:
            return replace(ranks, status=status, lossy=ranks.lossy or pairs.lossy)
    return ranks


def _found(question: Question, tested: Tested, exhausted: bool) -> Found:
    """Say what a test says, at the cap for good."""
    status = tested.status
    if status is Status.RUNNING and exhausted:
        status = Status.INCONCLUSIVE
    key = "real" if status is Status.PASSED and tested.lossy else status.value
    sentence = _MESSAGES[key].format(metric=question.judged.name, margin=margin(question.judged))
    return Found(status, sentence, tested)
