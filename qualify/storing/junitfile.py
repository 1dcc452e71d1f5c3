"""JUnit XML of any runner, read as data: guarded as `guarded` says.

A test case becomes a row with its executions: reruns that a runner reports (`flakyFailure`,
`rerunFailure`) and cases of one name are executions of the same row. A numeric property
`metric:NAME` (or `qualify.metric.NAME`) of a case is a metric of its execution, `margin:NAME` the
smallest loss of it that matters, `owner` who looks at the row.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from junitparser import Attr, Error, Failure, JUnitXmlError, xunit2

from qualify.core.errors import ConfigError
from qualify.storing.casenames import clean, cut, label
from qualify.storing.guarded import REMEDY, GuardedTree, read_bytes
from qualify.storing.junitcase import Execution, executions, named, number, properties_of
from qualify.storing.junitstream import PlainCase, StreamedFile

MAX_ROWS = 10_000
LARGE = 2**20
"""Files of more bytes are read as a stream."""
_MARGIN = ("margin:", "qualify.margin.")


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
        return Row(name, about, "", tuple(chain.from_iterable(map(executions, cases))), {})
    margins: dict[str, float] = {}
    owner = ""
    for case in cases:
        properties = properties_of(case)
        margins |= _margins(f"{path}: line {case.source_line}", properties)
        owner = properties.get("owner", owner)
    done = tuple(chain.from_iterable(map(executions, cases)))
    return Row(name, about, clean(owner), done, margins)


def _margins(where: str, properties: dict[str, str]) -> dict[str, float]:
    """The margins of a case's metrics; raises ConfigError for one that is no number above 0."""
    margins = {name: number(text) for name, text in named(properties, _MARGIN).items()}
    wrong = [name for name, value in margins.items() if value is None or value <= 0]
    if wrong:
        remedy = "write the smallest loss that matters, such as 0.02"
        raise ConfigError(f"{where}: the margin of {wrong[0]} is not a number above 0", remedy)
    return {name: value for name, value in margins.items() if value is not None}


def _count(text: str | None) -> int:
    return int(number(text) or 0)


def _silent(suite: Any) -> Iterator[Row]:
    """A row for what a suite without inner ones counts and no case of it names."""
    inner = list(suite.testsuites())
    if inner:
        yield from chain.from_iterable(map(_silent, inner))
        return
    cases = list(suite.iterchildren(_Case))
    failed = sum(e.outcome == "failed" for case in cases for e in executions(case))
    elements = sum(isinstance(r, Failure | Error) for case in cases for r in case.result)
    told, counted = max(failed, elements), _count(suite.failures) + _count(suite.errors)
    why = ""
    if counted > told:
        why = f"the suite counts {counted} failures and errors, and its cases show {told}"
    elif _count(suite.tests) and not cases:
        why = f"the suite counts {_count(suite.tests)} tests and names none"
    if why:
        name = clean(suite.name) or "unnamed"
        yield Row(cut(f"{name} (suite)"), name, "", (Execution("failed", why),), {})
