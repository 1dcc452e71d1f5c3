"""Workflow commands that a CI service shows as annotations of a job, within its limits.

A step shows ten errors and ten warnings, a job fifty annotations of all its steps; what comes
beyond is dropped without a word. So the last of each ten says how many more there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from qualify.core.grid import Column, Square
from qualify.core.verdict import Status
from qualify.rendering import evidence
from qualify.rendering.text import one_line

SHOWN = 10
_LONGEST = 1000  # letters of a message
_UNDECIDED = (Status.INCONCLUSIVE, Status.INFRA, Status.LOST, Status.RUNNING)


def workflow_commands(column: Column) -> str:
    """An error for what holds the release, a warning for what leaves it undecided, and a notice."""
    squares = column.squares.values()
    findings = column.decision.findings
    red = [_finding("error", f.title, evidence.finding(f)) for f in findings if f.weight == "hold"]
    red += [_cell("error", square) for square in squares if square.verdict.status.red]
    doubt = [
        _finding("warning", f.title, evidence.finding(f))
        for f in findings
        if f.weight == "undecided"
    ]
    doubt += [_cell("warning", s) for s in squares if s.verdict.status in _UNDECIDED]
    decision = f"{column.build.target} {column.build.version} {column.decision.answer}"
    notice = _command("notice", {"title": decision}, column.decision.sentence)
    return "\n".join((notice, *_summed("error", red), *_summed("warning", doubt))) + "\n"


def _summed(kind: str, commands: Sequence[str]) -> list[str]:
    """As many as are shown, the last of them for all that are not."""
    if len(commands) <= SHOWN:
        return list(commands)
    rest = len(commands) - SHOWN + 1
    told = f"{rest} more: see the step's summary and the grid"
    return [*commands[: SHOWN - 1], _command(kind, {"title": f"{rest} more"}, told)]


def _cell(kind: str, square: Square) -> str:
    verdict, cell = square.verdict, square.cell
    title = f"{cell.id}: {verdict.status.value}"
    file = cell.node.partition("::")[0]
    again = f" – see it again: {square.reproduce}" if square.reproduce else ""
    where = {"file": file, "line": "1"} if file else {}
    return _command(kind, {**where, "title": title}, f"{verdict.reason} ({verdict.code}){again}")


def _finding(kind: str, title: str, words: str) -> str:
    return _command(kind, {"title": title}, words)


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    """One line: what could end the command or a property is spelled in per cent."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(one_line(message, _LONGEST))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text, 200)).replace(":", "%3A").replace(",", "%2C")
