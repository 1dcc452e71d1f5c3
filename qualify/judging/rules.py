"""The rules of metrics, and the catalogue of all rules.

Rules of a cell are asked first, in order: one that finds something ends the matter. Then every
metric is decided by the first of its rules that finds something, against each reference, and
failures are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qualify.core.canary import Canary
from qualify.core.verdict import Status
from qualify.judging.confirmation import Confirmation
from qualify.judging.evidence import Evidence, Reference
from qualify.judging.failures import FailureRate, NothingTrains, RunnerTrouble
from qualify.judging.noninferiority import Erratic, PairedNonInferiority, RankNonInferiority
from qualify.judging.question import Question
from qualify.judging.repeated import DeterministicFailure, OverLimit
from qualify.judging.rule import Found, Rule
from qualify.judging.samples import unusable
from qualify.stats.identity import ENOUGH
from qualify.stats.limits import BASELINES, EFFECTS


class IdenticalPredictions(Rule):
    """Two of the first three seeds predict bit for bit what the reference predicts.

    With equal seeds, data and environment, a candidate that repeats the reference's predictions
    exactly has not touched what the canary exercises: every quality metric passes at once. A build
    that changes predictions may still match some; where the record says so often that it would pass
    wrongly with more than half of beta, identical predictions pass nothing. They are believed only
    while the build as a whole repeats the baseline about as often as the baseline repeats itself.
    Never for resource metrics, which equal predictions say nothing of.
    """

    code: ClassVar[str] = "Q001"
    messages: ClassVar[Mapping[str, str]] = {
        "passed": "{metric}: the predictions of {same} of {of} seeds are bit-identical to the "
        "{against}'s (by chance, in a build that changed them, with probability {chance:.1%})"
    }

    @staticmethod
    def check(question: Question, repeatable: bool) -> Found | None:
        """Compare the digests of the first three seeds' predictions and data."""
        same, of = sum(question.identical), len(question.identical)
        believed = repeatable and question.chance is not None
        if question.judged.metric.kind != "quality" or same < ENOUGH or not believed:
            return None
        sentence = IdenticalPredictions.messages["passed"].format(
            metric=question.judged.name,
            same=same,
            of=of,
            against=question.against,
            chance=question.chance,
        )
        return Found(Status.PASSED, sentence)


class UnusableMetric(Rule):
    """A training ended well, but a judged metric has no finite value.

    A value that is missing, not finite, or not above 0 on a relative scale cannot be compared; a
    metric that has lost one is not decided by the others.
    """

    code: ClassVar[str] = "Q003"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "{metric} has no finite value at seed {seeds}"
    }

    @staticmethod
    def check(question: Question) -> Found | None:
        """Name the seeds without a value."""
        lost = unusable(question.judged, question.evidence)
        if not lost:
            return None
        sentence = UnusableMetric.messages["inconclusive"]
        seeds = ", ".join(map(str, lost))
        return Found(Status.INCONCLUSIVE, sentence.format(metric=question.judged.name, seeds=seeds))


class Insensitive(Rule):
    """The margin is too small a part of the baseline's spread for any decision.

    Below half of a standard deviation, losses as large as the margin drown in noise whatever is
    trained: nothing is, until the margin is wider, or the canary less noisy (`qualify diagnose`).
    """

    code: ClassVar[str] = "Q204"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "{metric} is insensitive: its margin is {ratio:.2f} of the {against}'s "
        "standard deviation, and less than {least} takes {needed} trainings of each build; widen "
        "the margin, or find the noise with `qualify diagnose`"
    }

    @staticmethod
    def check(question: Question) -> Found | None:
        """Compare the margin with the recorded scale."""
        ratio = question.design_effect
        if ratio is None or ratio >= EFFECTS[0]:
            return None
        sentence = Insensitive.messages["inconclusive"].format(
            metric=question.judged.name,
            ratio=ratio,
            against=question.against,
            least=EFFECTS[0],
            needed=question.needed,
        )
        return Found(Status.INCONCLUSIVE, sentence)


class OtherData(Rule):
    """The baseline's splits are of other data than the candidate's.

    The digests of a seed's split differ, so the comparison would be of data and not of packages.
    The baseline must be trained anew, or the dataset restored.
    """

    code: ClassVar[str] = "Q202"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "the {against}'s splits are of other data: seed {seed} was trained on "
        "{ours:.12}, the {against} on {theirs:.12}"
    }

    @staticmethod
    def check(evidence: Evidence) -> Found | None:
        """Compare the digests of every seed that both have."""
        for reference in evidence.references if not evidence.side_by_side else ():
            for seed, result in evidence.results.items():
                theirs = reference.usable.get(seed)
                if theirs is not None and theirs.data != result.data:
                    reason = OtherData.messages["inconclusive"].format(
                        seed=seed, ours=result.data, theirs=theirs.data, against=reference.name
                    )
                    return Found(Status.INCONCLUSIVE, reason)
        return None


class TooFewReplicates(Rule):
    """A stored reference has too few usable replicates to rank a candidate among.

    Ranks among fewer than twenty replicates cannot decide at the grid's levels.
    """

    code: ClassVar[str] = "Q203"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "the {against} has {n} usable replicates of {canary}, and {least} is the "
        "least: record it anew with `qualify baseline record`"
    }

    @staticmethod
    def check(
        canary: Canary, references: tuple[Reference, ...], side_by_side: bool
    ) -> Found | None:
        """Count the usable replicates of every reference."""
        for reference in references if canary.metrics and not side_by_side else ():
            if len(reference.usable) < BASELINES[0]:
                reason = TooFewReplicates.messages["inconclusive"].format(
                    against=reference.name,
                    n=len(reference.usable),
                    canary=canary.name,
                    least=BASELINES[0],
                )
                return Found(Status.INCONCLUSIVE, reason)
        return None


CELL_RULES: tuple[type[Rule], ...] = (
    TooFewReplicates,
    OverLimit,
    DeterministicFailure,
    NothingTrains,
    RunnerTrouble,
    OtherData,
)
STORED_RULES: tuple[type[Rule], ...] = (
    UnusableMetric,
    Insensitive,
    IdenticalPredictions,
    RankNonInferiority,
)
PAIRED_RULES: tuple[type[Rule], ...] = (
    UnusableMetric,
    IdenticalPredictions,
    PairedNonInferiority,
)
RULES: tuple[type[Rule], ...] = (
    *STORED_RULES,
    PairedNonInferiority,
    Confirmation,
    Erratic,
    FailureRate,
    *CELL_RULES,
)
