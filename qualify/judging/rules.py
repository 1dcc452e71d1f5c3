"""The rules of metrics and of failures; the catalogue of all rules.

Rules of a cell are asked first, in order: one that finds something ends the matter. Then every
metric is decided by the first of its rules that finds something, and failures are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qualify.core.attempt import Attempt
from qualify.core.baseline import Replicate
from qualify.core.canary import Canary
from qualify.core.verdict import Status
from qualify.judging.evidence import Pairs
from qualify.judging.failures import DeterministicFailure, FailureRate, OverLimit, RunnerTrouble
from qualify.judging.noninferiority import PairedNonInferiority
from qualify.judging.rule import Finding, Rule


class IdenticalPredictions(Rule):
    """The first seed predicts bit for bit what the baseline predicts.

    On equal data, a candidate whose first training repeats the baseline's predictions exactly has
    not touched what the canary exercises: every quality metric passes after one training. Never
    for resource metrics, which equal predictions say nothing of.
    """

    code: ClassVar[str] = "Q001"
    messages: ClassVar[Mapping[str, str]] = {
        "passed": "{metric}: the predictions of seed {seed} are bit-identical to the baseline's"
    }

    @staticmethod
    def check(
        pairs: Pairs, canary: Canary, results: dict[int, Attempt], reference: dict[int, Replicate]
    ) -> Finding | None:
        """Compare the digests of the first seed's predictions and data."""
        seed = canary.seeds()[0]
        ours, theirs = results.get(seed), reference.get(seed)
        if pairs.judged.metric.kind != "quality" or ours is None or theirs is None:
            return None
        if ours.predictions is None or (ours.predictions, ours.data) != (
            theirs.predictions,
            theirs.data,
        ):
            return None
        sentence = IdenticalPredictions.messages["passed"]
        return Finding(Status.PASSED, sentence.format(metric=pairs.judged.name, seed=seed))


class UnusableMetric(Rule):
    """A training ended well, but a judged metric has no finite value.

    A value that is missing, not finite, or not above 0 on a relative scale cannot be paired; a
    metric that has lost one is not decided by the others.
    """

    code: ClassVar[str] = "Q003"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "{metric} has no finite value at seed {seeds}"
    }

    @staticmethod
    def check(pairs: Pairs) -> Finding | None:
        """Name the seeds without a value."""
        if not pairs.unusable:
            return None
        seeds = ", ".join(map(str, pairs.unusable))
        sentence = UnusableMetric.messages["inconclusive"]
        return Finding(Status.INCONCLUSIVE, sentence.format(metric=pairs.judged.name, seeds=seeds))


class OtherData(Rule):
    """The baseline's splits are of other data than the candidate's.

    The digests of a seed's split differ, so pairing would compare data and not packages. The
    baseline must be trained anew, or the dataset restored.
    """

    code: ClassVar[str] = "Q202"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "the baseline's splits are of other data: seed {seed} was trained on "
        "{ours:.12}, the baseline on {theirs:.12}"
    }

    @staticmethod
    def check(
        canary: Canary, results: dict[int, Attempt], reference: dict[int, Replicate]
    ) -> Finding | None:
        """Compare the digests of every seed that both have."""
        for seed in results.keys() & reference.keys() if canary.metrics else ():
            ours, theirs = results[seed].data, reference[seed].data
            if ours != theirs:
                sentence = OtherData.messages["inconclusive"]
                reason = sentence.format(seed=seed, ours=ours, theirs=theirs)
                return Finding(Status.INCONCLUSIVE, reason)
        return None


class NoBaseline(Rule):
    """There is no usable baseline replicate to compare with.

    A canary that judges metrics by stored values needs replicates of the reference build on the
    lane; without them nothing is shown, however well the candidate trains.
    """

    code: ClassVar[str] = "Q203"
    messages: ClassVar[Mapping[str, str]] = {
        "inconclusive": "no baseline replicate of {canary} is usable: record a baseline to judge it"
    }

    @staticmethod
    def check(canary: Canary, reference: dict[int, Replicate]) -> Finding | None:
        """Look for one usable replicate among the registered seeds."""
        if not canary.metrics or canary.interleaved or any(s in reference for s in canary.seeds()):
            return None
        sentence = NoBaseline.messages["inconclusive"]
        return Finding(Status.INCONCLUSIVE, sentence.format(canary=canary.name))


CELL_RULES: tuple[type[Rule], ...] = (
    OverLimit,
    DeterministicFailure,
    RunnerTrouble,
    OtherData,
    NoBaseline,
)
METRIC_RULES: tuple[type[Rule], ...] = (IdenticalPredictions, UnusableMetric, PairedNonInferiority)
RULES: tuple[type[Rule], ...] = (*METRIC_RULES, FailureRate, *CELL_RULES)
