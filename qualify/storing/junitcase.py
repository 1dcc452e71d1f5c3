"""One case of JUnit XML: its executions, and what its properties say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from junitparser import Error, Failure, Properties, xunit2
from junitparser.junitparser import Result

from qualify.storing.casenames import clean
from qualify.storing.junitstream import PlainCase

_MESSAGE, _LINES, _WIDTH = 2000, 20, 500

_NOT_RUN = {"notrun", "disabled", "skipped", "ignored", "pending", "suppressed"}
_FAILED = {"failed", "failure", "fail", "error", "errored"}
_EMPTY = {"", "failed", "failure", "error"}
_METRIC = ("metric:", "qualify.metric.")


class Execution(NamedTuple):
    """One execution of a test case; `tail` are the last lines of what it says."""

    outcome: Literal["passed", "failed", "skipped"]
    message: str = ""
    tail: tuple[str, ...] = ()
    seconds: float = 0.0
    metrics: Mapping[str, float] = MappingProxyType({})


def executions(case: Any) -> tuple[Execution, ...]:
    """The executions of a case: those that a rerun followed or preceded, and its own."""
    if isinstance(case, PlainCase) and not case.status:
        return (Execution("passed", seconds=_seconds(case.time)),)
    measured = {k: number(v) for k, v in named(properties_of(case), _METRIC).items()}
    metrics = {name: value for name, value in measured.items() if value is not None}
    own = _own(case)._replace(seconds=_seconds(case.time), metrics=metrics)
    lost = [name for name, value in measured.items() if value is None]
    if lost and own.outcome == "passed":
        own = own._replace(outcome="failed", message=f"{lost[0]} is not a finite number")
    return (*map(_failed, case.interim_result), own)


def _seconds(text: str | None) -> float:
    if not text:
        return 0.0
    return max(0.0, number(text.replace(",", "") if "," in text else text) or 0.0)


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


def properties_of(case: Any) -> dict[str, str]:
    """What was said of a case under a name."""
    found = case.child(Properties)
    return {p.name: p.value or "" for p in found or () if p.name}


def named(properties: dict[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    """The properties of a kind, without its prefix."""
    return {
        clean(key.removeprefix(prefix)): text
        for prefix in prefixes
        for key, text in properties.items()
        if key.startswith(prefix)
    }


def number(text: str | None) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
