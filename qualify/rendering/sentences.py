"""A cell's status in one sentence that a manager understands: plain words first, numbers after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qualify.core.grid import Column, Square
from qualify.core.verdict import MetricEvidence, Status
from qualify.rendering.losses import difference, in_noise, noise, seen, spoken
from qualify.rendering.palette import MEANING
from qualify.rendering.text import margin, one_line, p_value

_LIMIT = 900
_REASON = 300


@dataclass(frozen=True)
class _Case:
    """A square with the names that its sentence needs."""

    column: Column
    square: Square

    @property
    def who(self) -> str:
        """The candidate: `flaml 2.3.0`."""
        return f"{self.column.build.target} {self.column.build.version}"

    @property
    def reference(self) -> str:
        """The build that it is judged by."""
        name = self.column.baseline.replace("==", " ")
        bare = name and " " not in name
        return f"{self.column.build.target} {name}" if bare else name or "the baseline"

    @property
    def name(self) -> str:
        """What was trained or checked."""
        return self.square.cell.name

    @property
    def promise(self) -> str:
        """What the cell stands for, as its author wrote it."""
        return f"“{self.square.cell.about.rstrip('.') or self.name}”"

    @property
    def reason(self) -> str:
        """The rule's own words, but for those that the sentence says itself."""
        verdict = self.square.verdict
        words = verdict.reason.removeprefix("the baseline breaks it, too: ")
        for one in verdict.metrics:
            words = words.removeprefix(f"{one.metric}: ")
        return one_line(words, _REASON) or MEANING[verdict.status]

    @property
    def judged(self) -> bool:
        """Whether the cell trains a canary whose metrics gate."""
        return bool(self.square.cell.tests)

    def other(self, one: MetricEvidence) -> str:
        """What a metric was compared with."""
        return self.reference if one.against == "baseline" else f"the {one.against}"

    def metric(self, status: Status) -> MetricEvidence | None:
        """The metric that speaks the most clearly for a status."""
        found = [one for one in self.square.verdict.metrics if one.status is status]
        return min(found, key=lambda one: one.p_value or 1.0, default=None)


def sentence(column: Column, square: Square) -> str:
    """Say what the evidence shows of a cell, in words that need no statistics to be read."""
    return one_line(_WORDS[square.verdict.status](_Case(column, square)), _LIMIT)


def _regressed(case: _Case) -> str:
    one = case.metric(Status.REGRESSED)
    if one is None:
        return f"{case.who} is worse than {case.reference} on {case.name}: {case.reason}"
    chance = "" if one.p_value is None else f", and this is not chance: p ≤ {p_value(one.p_value)}"
    if one.test == "spread":
        words = f"{spoken(one.metric)} scatters more widely from training to training"
        return f"{case.who} is more erratic than {case.other(one)} on {case.name}: {words}{chance}"
    return f"{difference(one, case.who, case.name, case.other(one))} ({noise(one)}){chance}"


def _improved(case: _Case) -> str:
    one = case.metric(Status.IMPROVED)
    if one is None:
        return f"{case.who} is better than {case.reference} on {case.name}: {case.reason}"
    gain = difference(one, case.who, case.name, case.other(one))
    return f"{gain}{in_noise(one, ' ({})')}, and is shown to be better"


def _passed(case: _Case) -> str:
    if not case.judged:
        return f"{case.who} keeps its promise {case.promise}"
    equal = f"{case.who} is as good as {case.reference} on {case.name}"
    tested = [m for m in case.square.verdict.metrics if m.test not in ("identity", "spread")]
    if not tested:
        return f"{equal}: {case.reason}"
    one = tested[0]
    shown = f"the loss in {spoken(one.metric)} is shown to be below the tolerated {margin(one)}"
    found = "" if one.effect is None else f" (seen: {seen(one)})"
    rest = f", and so for {len(tested) - 1} more" if len(tested) > 1 else ""
    return f"{equal}: {shown}{found}{rest}"


def _failed(case: _Case) -> str:
    if case.square.cell.ingested:
        return f"{case.name} fails with {case.who}: {case.reason}"
    if case.judged:
        return f"{case.who} fails on {case.name}, where {case.reference} does not: {case.reason}"
    kept = f", which {case.reference} keeps" if case.column.baseline else ""
    return f"{case.who} breaks the promise {case.promise}{kept}: {case.reason}"


def _flaky(case: _Case) -> str:
    if case.square.cell.ingested or case.judged:
        often = f"no more often than {case.reference}: {case.reason}"
        return f"{case.who} fails now and then on {case.name}, {often}"
    both = f"but {case.reference} breaks it, too, so nothing got worse"
    return f"{case.who} breaks the promise {case.promise}, {both}: {case.reason}"


def _inconclusive(case: _Case) -> str:
    one = case.metric(Status.INCONCLUSIVE)
    more = case.square.verdict.more
    hope = f"; about {more} more trainings are expected to decide" if more is not None else ""
    if one is None or one.effect is None or one.interval is None:
        open_ = f"It is not known whether {case.who} is fit on {case.name}"
        return f"{open_}: {case.reason}{hope}"
    doubt = f"It is not known whether {case.who} is as good as {case.other(one)} on {case.name}"
    found = f"{spoken(one.metric)} is seen to change by {seen(one)}"
    return f"{doubt}: {found}, and a loss of at most {margin(one)} would be tolerated{hope}"


_WORDS: Mapping[Status, Callable[[_Case], str]] = {
    Status.PASSED: _passed,
    Status.IMPROVED: _improved,
    Status.REGRESSED: _regressed,
    Status.FAILED: _failed,
    Status.FLAKY: _flaky,
    Status.INCONCLUSIVE: _inconclusive,
    Status.INFRA: lambda case: (
        f"The machine failed, not {case.who}, so nothing is known of {case.name}: {case.reason}"
    ),
    Status.TIMEOUT: lambda case: (
        f"{case.who} does not finish {case.name} within its time limit: {case.reason}"
    ),
    Status.RUNNING: lambda case: f"{case.name} is not decided yet: {case.reason}",
    Status.GATED: lambda case: (
        f"{case.name} was not tried, for an earlier stage stopped it: {case.reason}"
    ),
    Status.SKIPPED: lambda case: f"{case.name} was left out: {case.reason}",
    Status.NOT_SCHEDULED: lambda case: f"This build did not plan {case.name}: {case.reason}",
    Status.LOST: lambda case: (
        f"{case.name} was planned, but left no record of its end: {case.reason}"
    ),
}
