"""JUnit XML of one build: a testsuite per suite, a testcase per cell.

A missing result is never green: lost and running cells are errors, undecided ones are failures.
No retry hides: every attempt is told in `system-out`, and those of the candidate that failed are
elements as Maven Surefire has them. In a cell that passed or is flaky they are `flakyFailure` (the
promise was not kept) or `flakyError` (the process died), in a red or undecided one `rerunFailure`
or `rerunError`.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult
from junitparser.xunit2 import FlakyError, FlakyFailure, InterimResult, RerunError, RerunFailure

from qualify.core.attempt import Attempt, Outcome
from qualify.core.grid import Column, Square
from qualify.core.verdict import FailureEvidence, Finding, MetricEvidence, Status
from qualify.rendering import evidence
from qualify.rendering.text import printable

_RESULTS: dict[Status, type[FinalResult]] = {
    Status.REGRESSED: Failure,
    Status.FAILED: Failure,
    Status.TIMEOUT: Failure,
    Status.INCONCLUSIVE: Failure,
    Status.INFRA: Error,
    Status.LOST: Error,
    Status.RUNNING: Error,
    Status.GATED: Skipped,
    Status.SKIPPED: Skipped,
    Status.NOT_SCHEDULED: Skipped,
}


_UNDECIDED = {Status.INCONCLUSIVE, Status.INFRA, Status.LOST, Status.RUNNING}
_DIED = {Outcome.CRASHED, Outcome.TIMEOUT, Outcome.MEMORY, Outcome.INFRA}
_FLAKY = (FlakyFailure, FlakyError)
_RERUN = (RerunFailure, RerunError)


def junit(column: Column) -> str:
    """Write a build's cells as JUnit XML."""
    xml = JUnitXml(printable(f"{column.build.target} {column.build.id}"))
    squares = column.squares.values()
    for suite in dict.fromkeys(square.cell.suite for square in squares):
        mine = (square for square in squares if square.cell.suite == suite)
        xml.add_testsuite(_suite(suite, column, mine))
    if column.decision.findings:
        xml.add_testsuite(_together(column))
    xml.update_statistics()
    return str(xml.tostring().decode("utf-8"))


def _suite(name: str, column: Column, squares: Iterable[Square]) -> TestSuite:
    suite = TestSuite(printable(name))
    for key, value in _provenance(column):
        suite.add_property(key, printable(value))
    suite.add_testcases([_case(square) for square in squares])
    return suite


def _together(column: Column) -> TestSuite:
    """What the cells show together: a case per finding, so that no reader of XML misses one."""
    suite = TestSuite("findings")
    for key, value in _provenance(column):
        suite.add_property(key, printable(value))
    seen: Counter[str] = Counter()
    for one in column.decision.findings:
        seen[one.code] += 1
        suite.add_testcase(_finding(one, seen[one.code]))
    return suite


def _finding(one: Finding, count: int) -> TestCase:
    """A case whose name is the same in every build: readers follow it over time."""
    name = f"{one.code} {one.title}" + (f" ({count})" if count > 1 else "")
    case = TestCase(printable(name), "findings")
    properties = Properties()
    properties.add_property(Property("weight", one.weight))
    for key, value in (("p_value", one.p_value), ("alpha", one.alpha)):
        if value is not None:
            properties.add_property(Property(key, json.dumps(value)))
    case.append(properties)
    if one.weight != "note":
        case.result = [Failure(message=printable(evidence.finding(one)), type_=one.weight)]
    return case


def _provenance(column: Column) -> Iterator[tuple[str, str]]:
    build = column.build
    yield "build", build.id
    yield "version", build.version
    yield "baseline", column.baseline
    yield "decision", column.decision.answer
    yield "sha256", build.provenance.sha256 or ""


def _case(square: Square) -> TestCase:
    case = TestCase(
        printable(square.cell.id),
        printable(square.cell.suite),
        round(sum(one.wall_s for one in square.attempts), 3),
    )
    case.append(_properties(square))
    result = _result(square)
    if result is not None:
        case.result = [result]
    for one in reruns(square):
        case.append(_interim(square, one))
    lines = [_attempt(one) for one in square.attempts]
    if lines:
        case.system_out = printable("\n".join(lines))
    return case


def reruns(square: Square) -> list[Attempt]:
    """The candidate's failed attempts that are no result of their own.

    Of a passed cell those that were tried again: where a promise is that something is refused, an
    attempt that ends in an error is what was asked for.
    """
    status = square.verdict.status
    failed = [one for one in square.attempts if one.arm == "candidate" and not one.ok]
    if status is Status.FLAKY or status.red or status in _UNDECIDED:
        return failed
    again = {(one.seed, one.number) for one in square.attempts if one.arm == "candidate"}
    return [one for one in failed if any(s == one.seed and n > one.number for s, n in again)]


def _interim(square: Square, one: Attempt) -> InterimResult:
    """An attempt as an element: its message, its outcome, the end of its log."""
    kinds = _FLAKY if square.verdict.status.green else _RERUN
    made = kinds[one.outcome in _DIED](
        message=printable(f"seed {one.seed} attempt {one.number}: {one.message}"),
        type_=one.outcome.value,
    )
    made.stack_trace = printable("\n".join(one.log_tail))
    return made


def _result(square: Square) -> FinalResult | None:
    verdict = square.verdict
    kind = _RESULTS.get(verdict.status)
    if kind is None:
        return None
    message = printable(f"{verdict.status.value}: {verdict.reason}")
    result = kind(message=message, type_=verdict.status.value)
    if kind is not Skipped and square.reproduce:
        result.text = printable(f"{verdict.reason}\n\nsee it again: {square.reproduce}")
    return result


def _properties(square: Square) -> Properties:
    properties = Properties()
    for name, value in _facts(square):
        properties.add_property(Property(printable(name), printable(value)))
    return properties


def _facts(square: Square) -> Iterator[tuple[str, str]]:
    verdict = square.verdict
    yield "status", verdict.status.value
    yield "code", verdict.code
    yield "trainings", str(verdict.trainings)
    yield "owner", square.cell.owner
    if square.cell.practice:
        yield "practice", ", ".join(square.cell.practice)
    if verdict.more is not None:
        yield "more", str(verdict.more)
    if verdict.identical:
        yield "identical", f"{sum(verdict.identical)} of {len(verdict.identical)}"
    if verdict.failures is not None:
        yield from _failures(verdict.failures)
    for one in verdict.metrics:
        yield from _metric(one)


def _failures(one: FailureEvidence) -> Iterator[tuple[str, str]]:
    for key, value in dataclasses.asdict(one).items():
        yield f"failures.{key}", json.dumps(value)


def _metric(one: MetricEvidence) -> Iterator[tuple[str, str]]:
    """Every number of a metric; against the anchor, or of the spread, under a name of its own."""
    prefix = ".".join(("metric", *evidence.key(one)))
    yield f"{prefix}.status", one.status.value
    for label, value in evidence.exact(one):
        yield f"{prefix}.{label}", value


def _attempt(one: Attempt) -> str:
    head = f"{one.arm} seed {one.seed} attempt {one.number}: {one.outcome.value}"
    if one.ok:
        return f"{head} in {one.wall_s:.1f} s"
    return "\n".join((f"{head}: {one.message}", *(f"    {line}" for line in one.log_tail)))
