"""SARIF 2.1.0 of one build: a result for every cell that is red or undecided, and every finding.

What holds a release is an error, what leaves it undecided a warning. Fingerprints stay the same
from build to build, so that a code scanning service follows an alert over time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from qualify.core.grid import Column, Square
from qualify.core.verdict import Finding, Status
from qualify.rendering import evidence
from qualify.rendering.rule_words import rule_explanation, rule_title
from qualify.rendering.text import one_line, printable

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LIMIT = 5_000  # results of a run that a code scanning service takes
_OPEN = {Status.INCONCLUSIVE, Status.INFRA, Status.LOST, Status.RUNNING}
_FINDING = {"hold": "error", "undecided": "warning", "note": "note"}

Json = Mapping[str, object]


def sarif(column: Column) -> str:
    """Write a build's open cells and findings; beyond the limit, the red ones come first."""
    squares = [s for s in column.squares.values() if s.verdict.status.red]
    squares += [s for s in column.squares.values() if s.verdict.status in _OPEN]
    results = [_finding(one) for one in column.decision.findings]
    results += [_result(square) for square in squares]
    titles = {one.code: one.title for one in column.decision.findings}
    codes = {square.verdict.code: rule_title(square.verdict.code) for square in squares}
    build = column.build
    run = {
        "tool": {"driver": _driver(build.provenance.harness, titles | codes)},
        "automationDetails": {"id": printable(f"qualify/{build.target}/")},
        "columnKind": "utf16CodeUnits",
        "properties": {
            "build": printable(build.id),
            "version": printable(build.version),
            "baseline": printable(column.baseline),
            "decision": column.decision.answer,
            "leftOut": max(0, len(results) - LIMIT),
        },
        "results": results[:LIMIT],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(harness: str, rules: Mapping[str, str]) -> Json:
    """The tool, with the rules of the results."""
    return {
        "name": "qualify",
        "semanticVersion": printable(harness) or "0",
        "rules": [_rule(code, title) for code, title in sorted(rules.items())],
    }


def _rule(code: str, title: str) -> Json:
    words = one_line(title) or printable(code)
    full = rule_explanation(code)
    return {
        "id": printable(code),
        "shortDescription": {"text": words},
        **({"fullDescription": {"text": full}} if full else {}),
    }


def _result(square: Square) -> Json:
    """An open cell: where its declaration is, why it is open, how to see it again."""
    cell, verdict = square.cell, square.verdict
    told = [f"{cell.id}: {verdict.status.value}: {verdict.reason}"]
    told += [evidence.full(one) for one in verdict.metrics if not one.status.green]
    told += [f"See it again: {square.reproduce}"] if square.reproduce else []
    file = cell.node.partition("::")[0]
    return {
        "ruleId": printable(verdict.code),
        "level": "error" if verdict.status.red else "warning",
        "kind": "fail",
        "message": {"text": _lines(told)},
        "locations": [_location(cell.id, file)],
        "partialFingerprints": {"cell/v1": _digest(cell.id, verdict.code)},
        "properties": {
            "status": verdict.status.value,
            "suite": printable(cell.suite),
            "owner": printable(cell.owner),
            "trainings": verdict.trainings,
        },
    }


def _finding(one: Finding) -> Json:
    return {
        "ruleId": printable(one.code),
        "level": _FINDING[one.weight],
        "kind": "fail",
        "message": {"text": _lines([evidence.finding(one)])},
        "locations": [_location("all cells together", "")],
        "partialFingerprints": {"cell/v1": _digest("", one.code)},
        "properties": {"weight": one.weight},
    }


def _location(name: str, file: str) -> Json:
    """The cell by its name, and the file of its declaration: services show results by file."""
    physical = {
        "artifactLocation": {"uri": quote(printable(file) or "qualify.toml", safe="/")},
        "region": {"startLine": 1},
    }
    logical = [{"fullyQualifiedName": printable(name), "kind": "member"}]
    return {"physicalLocation": physical, "logicalLocations": logical}


def _lines(told: Iterable[str]) -> str:
    return "\n".join(map(one_line, told)).strip() or "no words"


def _digest(*parts: str) -> str:
    words = "\n".join(printable(part) for part in parts)
    return hashlib.sha256(words.encode()).hexdigest()[:32]
