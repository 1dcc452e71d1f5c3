"""The evidence of a cell's metrics: replicates, the path to the limits, and every number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.evidence import evidence_path
from dashboards.strip import strip
from qualify.core.verdict import MetricEvidence
from qualify.rendering import blocks, evidence
from qualify.rendering.blocks import Block, Value

_NOTHING = {"–", "– … –"}


def evidence_blocks(metrics: Sequence[MetricEvidence]) -> Iterator[Block]:
    """Pictures first, then the numbers that they show; what is said of the cell is not repeated."""
    yield from _plots(metrics)
    if metrics:
        yield blocks.comparison("Evidence", list(_numbers(metrics)))
    if len(metrics) > 1:
        reasons = ((evidence.name(one), f"{one.reason} ({one.code})") for one in metrics)
        yield blocks.facts("", reasons)


def _numbers(metrics: Sequence[MetricEvidence]) -> Iterator[tuple[str, Sequence[Value]]]:
    """Every number that any of the metrics has."""
    yield "metric", [one.metric for one in metrics]
    yield "status", [blocks.chip(one.status) for one in metrics]
    for label, shown in evidence.NUMBERS.items():
        values = [shown(one) for one in metrics]
        if set(values) - _NOTHING:
            yield label, values


def _plots(metrics: Sequence[MetricEvidence]) -> Iterator[Block]:
    """The replicates and the evidence of each metric; the same replicates are drawn once."""
    drawn: set[tuple[str, str]] = set()
    for one in metrics:
        shown = (one.candidate or one.baseline) and (one.metric, one.against) not in drawn
        if shown:
            drawn.add((one.metric, one.against))
            yield blocks.plot(evidence.brief(one), strip(one))
        if one.worse or one.within:
            yield blocks.plot(evidence.full(one), evidence_path(one), beside=bool(shown))
