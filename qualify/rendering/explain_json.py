"""Why a cell of a build is as it is, as plain values for JSON."""

from __future__ import annotations

from typing import Any

from qualify.core.atlas import Atlas
from qualify.core.attempt import Attempt
from qualify.core.grid import Column, Square
from qualify.core.verdict import MetricEvidence
from qualify.rendering import evidence
from qualify.rendering.compare_json import plain
from qualify.rendering.sentences import sentence
from qualify.rendering.since import last_green


def explain_json(atlas: Atlas, column: Column, square: Square) -> dict[str, Any]:
    """The panel's sentence, reasons and numbers: as stored, and as they are shown."""
    cell, verdict = square.cell, square.verdict
    green = last_green(atlas.overview, cell.id, column.build.id)
    return {
        "build": column.build.id,
        "version": column.build.version,
        "baseline": column.baseline,
        "cell": cell.id,
        "status": verdict.status.value,
        "code": verdict.code,
        "sentence": sentence(column, square),
        "reason": verdict.reason,
        "about": cell.about,
        "owner": cell.owner,
        "practice": list(cell.practice),
        "trainings": verdict.trainings,
        "more": verdict.more,
        "metrics": [_metric(one) for one in verdict.metrics],
        "failures": plain(verdict.failures),
        "identical": list(verdict.identical),
        "details": list(verdict.details),
        "attempts": [_attempt(one) for one in square.attempts],
        "last_green": green.id if green else None,
        "first_bad": plain(atlas.bad.get(cell.id)),
        "changes": plain(atlas.changes.get(cell.id, ())),
        "reproduce": square.reproduce,
    }


def _metric(one: MetricEvidence) -> dict[str, Any]:
    shown = {label: of(one) for label, of in evidence.NUMBERS.items()}
    return {**plain(one), "shown": shown}


def _attempt(one: Attempt) -> dict[str, Any]:
    left_out = {"cell", "training", "observations"}
    return {name: value for name, value in plain(one).items() if name not in left_out}
