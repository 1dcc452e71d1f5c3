"""The rule that decides a metric from paired seeds, looked at again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from qualify.core.verdict import Status
from qualify.judging.evidence import Pairs
from qualify.judging.rule import Finding, Rule
from qualify.judging.wording import amount, difference, margin
from qualify.stats.group_sequential import schedule
from qualify.stats.paired import LEAST, PairedTest, paired_test, student_levels
from qualify.stats.power import further_pairs, smallest_effect


class Look(NamedTuple):
    """The evidence at one look: the test, its nominal levels, and what it says alone."""

    test: PairedTest
    alpha: float
    beta: float
    status: Status

    @property
    def lossy(self) -> bool:
        """Whether a loss is shown, however small."""
        return self.test.p_worse <= self.alpha


class PairedNonInferiority(Rule):
    """The candidate is shown no worse than the baseline by the margin or more.

    Seeds trained on equal data are paired and looked at after 3, 4, 5, 6, 8, 10, 12, 16, 20, ...
    pairs. REGRESSED: shown worse than 0 at the metric's share of alpha, not shown within the
    margin, and either worse by the margin or more on average, or at the end. PASSED: shown better
    than the margin at beta, even where a smaller loss is real. IMPROVED: also shown better than 0
    at the share of alpha. A cell that trains on for another metric keeps a pass, unless the later
    evidence shows a regression. Both errors are spent by the O'Brien-Fleming-type function; neither
    counts on the other's stopping (non-binding), so both hold whenever training stops.
    """

    code: ClassVar[str] = "Q002"
    messages: ClassVar[Mapping[str, str]] = {
        "passed": "{difference}: shown within the margin of {margin}",
        "real": "{difference}: a real loss, but shown smaller than the margin of {margin}",
        "improved": "{difference}: shown better",
        "regressed": "{difference}: shown worse; the margin is {margin}",
        "inconclusive": "{difference}: shown neither worse nor within the margin of {margin}; "
        "so many pairs show losses from {smallest}{more}",
        "more": ", about {more} more would decide",
        "running": "{difference}, undecided so far; the margin is {margin}",
        "few": "{metric} has {pairs} paired seeds, too few to judge",
        "first": "{metric} has {pairs} paired seeds so far",
    }

    @staticmethod
    def check(pairs: Pairs, alpha: float, beta: float) -> Finding:
        """Replay every look that these pairs allow; the first that decides is the finding."""
        green: Finding | None = None
        last: Look | None = None
        for last in looks(pairs, alpha, beta):
            if last.status.red:
                return _finding(pairs, last, beta)
            if last.status.green and (green is None or last.status is Status.IMPROVED):
                green = _finding(pairs, last, beta)
        return green or _undecided(pairs, last, alpha, beta)


def looks(pairs: Pairs, alpha: float, beta: float) -> Iterator[Look]:
    """The looks so far, in order; where pairs are missing, what there is at the end is the last."""
    n = len(pairs.losses)
    planned = [look for look in schedule(max(1, pairs.planned)) if LEAST <= look <= n]
    if pairs.complete and n >= LEAST and n not in planned:
        planned.append(n)
    if not planned:
        return
    alphas = _levels(tuple(planned), alpha, pairs.planned)
    betas = _levels(tuple(planned), beta, pairs.planned)
    for look, a, b in zip(planned, alphas, betas, strict=True):
        test = paired_test(pairs.losses[:look], pairs.judged.threshold, b)
        final = pairs.complete and look == n
        yield Look(test, a, b, reading(test, a, b, pairs.judged.threshold, final=final))


def _levels(looks: tuple[int, ...], error: float, most: int) -> tuple[float, ...]:
    """The nominal levels; levels never depend on later looks, so the whole schedule's are kept."""
    full = schedule(most)
    if looks == full[: len(looks)]:
        return student_levels(full, error)[: len(looks)]
    return student_levels(looks, error, most)


def reading(
    test: PairedTest, alpha: float, beta: float, threshold: float, *, final: bool
) -> Status:
    """What one look says at its nominal levels.

    A loss shown before the end, but smaller than the margin on average, is not yet a regression:
    further pairs may show it within the margin.
    """
    if test.p_margin <= beta:
        return Status.IMPROVED if test.p_better <= alpha else Status.PASSED
    if test.p_worse <= alpha and (final or test.mean >= threshold):
        return Status.REGRESSED
    return Status.INCONCLUSIVE if final else Status.RUNNING


def _finding(pairs: Pairs, look: Look, beta: float) -> Finding:
    """The finding of a look that decides."""
    key = "real" if look.status is Status.PASSED and look.lossy else look.status.value
    sentence = PairedNonInferiority.messages[key].format(
        difference=difference(pairs.judged, look.test, beta), margin=margin(pairs.judged)
    )
    return Finding(look.status, sentence, look.test)


def _undecided(pairs: Pairs, last: Look | None, alpha: float, beta: float) -> Finding:
    """The finding where no look decides: train on, or say what the evidence lacks."""
    judged, n = pairs.judged, len(pairs.losses)
    status = Status.INCONCLUSIVE if pairs.complete else Status.RUNNING
    messages = PairedNonInferiority.messages
    if n < LEAST:
        sentence = messages["few" if pairs.complete else "first"]
        return Finding(status, sentence.format(metric=judged.name, pairs=n))
    test = (
        last.test if last and last.test.n == n else paired_test(pairs.losses, judged.threshold, 0)
    )
    more = further_pairs(test, judged.threshold, alpha, beta)
    sentence = messages[status.value].format(
        difference=difference(judged, test, beta),
        margin=margin(judged),
        smallest=amount(judged, smallest_effect(test.sd, n, alpha)),
        more=messages["more"].format(more=more) if more else "",
    )
    return Finding(status, sentence, test, more)
