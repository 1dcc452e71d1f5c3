"""JUnit XML of any runner, read as data: guarded as `guarded` says.

The one module that reads JUnit. A test case becomes a row with its executions: reruns that a runner
reports (`flakyFailure`, `rerunFailure`) and cases of one name are executions of the same row.
A numeric property `metric:NAME` (or `qualify.metric.NAME`) of a case is a metric of its execution,
`margin:NAME` the smallest loss of it that matters, `owner` who looks at the row.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from junitparser import Attr, Error, Failure, JUnitXmlError, Properties, xunit2
from junitparser.junitparser import Result

from qualify.core.errors import ConfigError
from qualify.storing.casenames import clean, cut, label
from qualify.storing.guarded import REMEDY, GuardedTree, read_bytes
from qualify.storing.junitstream import PlainCase, StreamedFile

MAX_ROWS = 10_000
LARGE = 2**20
"""Files of more bytes are read as a stream."""
_MESSAGE, _LINES, _WIDTH = 2000, 20, 500

_NOT_RUN = {"notrun", "disabled", "skipped", "ignored", "pending", "suppressed"}
_FAILED = {"failed", "failure", "fail", "error", "errored"}
_EMPTY = {"", "failed", "failure", "error"}
_METRIC, _MARGIN = ("metric:", "qualify.metric."), ("margin:", "qualify.margin.")


@dataclass(frozen=True)
class Execution:
    """One execution of a test case; `tail` are the last lines of what it says."""

    outcome: Literal["passed", "failed", "skipped"]
    message: str = ""
    tail: tuple[str, ...] = ()
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A test case by its readable name; `about` is its name as the runner writes it."""

    name: str
    about: str
    owner: str
    executions: tuple[Execution, ...]
    margins: dict[str, float]


@dataclass(frozen=True)
class Report:
    """A file's rows in their order, and its digest."""

    sha256: str
    rows: tuple[Row, ...]


class _Case(xunit2.TestCase):
    """A test case with the attributes that some runners add, none of them interpreted."""

    time = Attr()
    status = Attr()
    source_line = Attr()


class _Suite(xunit2.TestSuite):
    """A suite whose counts are what the file says, not what is found."""

    testcase = _Case
    tests = Attr()
    failures = Attr()
    errors = Attr()


class _File(xunit2.JUnitXml):
    testsuite = _Suite


def read_junit(path: Path) -> Report:
    """Read a file; raises ConfigError that names the file, the line and the remedy."""
    data = read_bytes(path)
    large = len(data) > LARGE
    rows = _rows(path, _streamed(path, data) if large else _tree(path, data))
    if not rows:
        raise ConfigError(
            f"{path}: there is no test case in it, and a missing result is never green",
            "see whether the runner found its tests",
        )
    if len(rows) > MAX_ROWS:
        raise ConfigError(f"{path}: {len(rows)} rows; a grid takes {MAX_ROWS}", "export fewer")
    return Report(hashlib.sha256(data).hexdigest(), rows)


def _tree(path: Path, data: bytes) -> Any:
    """The file as junitparser reads it."""
    try:
        root: Any = GuardedTree(path).parse(data)
        return _File.fromroot(root)
    except JUnitXmlError:
        raise ConfigError(
            f"{path}: line 1: the outermost element is neither testsuites nor testsuite", REMEDY
        ) from None


def _streamed(path: Path, data: bytes) -> Any:
    """The file as it comes; what a case says is read by junitparser here, too."""
    return StreamedFile(path, _Case.fromelem).parse(data)


def _rows(path: Path, xml: Any) -> tuple[Row, ...]:
    """The rows in the order of their first case."""
    found: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for case in xml.iterchildren(_Case):
        found[_key((), case)].append(case)
    silent: list[Row] = []
    for suite in xml:
        for names, case in _cases(suite, ()):
            found[_key(names, case)].append(case)
        silent += _silent(suite)
    rows: dict[str, Row] = {}
    for key, cases in found.items():
        short = cut(label(key))
        name = short if short not in rows else cut(" > ".join(key))
        rows[name] = _row(path, name, key, cases)
    return (*rows.values(), *silent)


def _cases(suite: Any, outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    names = (*outer, clean(suite.name))
    yield from ((names, case) for case in suite.iterchildren(_Case))
    for inner in suite.testsuites():
        yield from _cases(inner, names)


def _key(suites: tuple[str, ...], case: Any) -> tuple[str, ...]:
    """What tells a case from all others: its suites, its class and its name."""
    return (*suites, clean(case.classname), clean(case.name) or "unnamed")


def _row(path: Path, name: str, key: tuple[str, ...], cases: Sequence[Any]) -> Row:
    about = "::".join(dict.fromkeys(filter(None, key[-2:])))
    if all(isinstance(case, PlainCase) for case in cases):  # no properties to look for
        return Row(name, about, "", tuple(chain.from_iterable(map(_executions, cases))), {})
    margins: dict[str, float] = {}
    owner = ""
    for case in cases:
        properties = _properties(case)
        margins |= _margins(f"{path}: line {case.source_line}", properties)
        owner = properties.get("owner", owner)
    executions = tuple(chain.from_iterable(_executions(case) for case in cases))
    return Row(name, about, clean(owner), executions, margins)


def _properties(case: Any) -> dict[str, str]:
    found = case.child(Properties)
    return {p.name: p.value or "" for p in found or () if p.name}


def _named(properties: dict[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    """The properties of a kind, without its prefix."""
    return {
        clean(key.removeprefix(prefix)): text
        for prefix in prefixes
        for key, text in properties.items()
        if key.startswith(prefix)
    }


def _margins(where: str, properties: dict[str, str]) -> dict[str, float]:
    """The margins of a case's metrics; raises ConfigError for one that is no number above 0."""
    margins = {name: _number(text) for name, text in _named(properties, _MARGIN).items()}
    wrong = [name for name, value in margins.items() if value is None or value <= 0]
    if wrong:
        remedy = "write the smallest loss that matters, such as 0.02"
        raise ConfigError(f"{where}: the margin of {wrong[0]} is not a number above 0", remedy)
    return {name: value for name, value in margins.items() if value is not None}


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _count(text: str | None) -> int:
    return int(_number(text) or 0)


def _executions(case: Any) -> Iterator[Execution]:
    """The executions of a case: those that a rerun followed or preceded, and its own."""
    if isinstance(case, PlainCase) and not case.status:
        yield Execution("passed", seconds=_seconds(case.time))
        return
    for interim in case.interim_result:
        yield _failed(interim)
    measured = {k: _number(v) for k, v in _named(_properties(case), _METRIC).items()}
    metrics = {name: value for name, value in measured.items() if value is not None}
    own = replace(_own(case), seconds=_seconds(case.time), metrics=metrics)
    lost = [name for name, value in measured.items() if value is None]
    if lost and own.outcome == "passed":
        own = replace(own, outcome="failed", message=f"{lost[0]} is not a finite number")
    yield own


def _seconds(text: str | None) -> float:
    return max(0.0, _number((text or "").replace(",", "")) or 0.0)


def _own(case: Any) -> Execution:
    """What a case itself says, by its elements first: some runners write a status only."""
    results = case.result
    status = (case.status or "").lower()
    broken = [r for r in results if isinstance(r, Failure | Error)]
    if broken:
        return _failed(broken[0])
    if status in _FAILED:
        return Execution("failed", f"its status is {status}")
    if status in _NOT_RUN or results:
        said = next(map(_said, results), "")
        return Execution("skipped", said or "the runner skipped it and gives no reason")
    return Execution("passed")


def _failed(result: Result) -> Execution:
    stack = result.stack_trace if isinstance(result, xunit2.InterimResult) else None
    lines = [line[:_WIDTH] for line in (stack or result.text or "").strip().splitlines()]
    message = _said(result) or "the runner gives no message"
    return Execution("failed", message, tuple(lines[-_LINES:]))


def _said(result: Result) -> str:
    """The message with its kind before it; the first line of the text where it says no more."""
    message, text = (result.message or "").strip(), (result.text or "").strip()
    if message.lower() in _EMPTY and text:
        message = text.partition("\n")[0]
    kind = (result.type or "").strip()
    told = message if not kind or kind in message else f"{kind}: {message}".rstrip(": ")
    return str(told[:_MESSAGE])


def _silent(suite: Any) -> Iterator[Row]:
    """A row for what a suite without inner ones counts and no case of it names."""
    inner = list(suite.testsuites())
    if inner:
        yield from chain.from_iterable(map(_silent, inner))
        return
    cases = list(suite.iterchildren(_Case))
    executions = sum(e.outcome == "failed" for case in cases for e in _executions(case))
    elements = sum(isinstance(r, Failure | Error) for case in cases for r in case.result)
    told, counted = max(executions, elements), _count(suite.failures) + _count(suite.errors)
    why = ""
    if counted > told:
        why = f"the suite counts {counted} failures and errors, and its cases show {told}"
    elif _count(suite.tests) and not cases:
        why = f"the suite counts {_count(suite.tests)} tests and names none"
    if why:
        name = clean(suite.name) or "unnamed"
        yield Row(cut(f"{name} (suite)"), name, "", (Execution("failed", why),), {})
