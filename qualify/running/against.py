"""What a canary is judged against on a lane: reviewed baselines, or the build trained beside it."""

from __future__ import annotations

from collections.abc import Mapping

from qualify.core.baseline import Baseline
from qualify.core.canary import Canary
from qualify.core.matrix import Lane
from qualify.judging.evidence import Reference
from qualify.running.filling import Workbench
from qualify.running.loops import CanaryLoop
from qualify.stats.identity import HARMLESS


def canary_loop(bench: Workbench, canary: Canary, lane: Lane) -> CanaryLoop:
    """Make the loop of a canary on a lane."""
    stored = bench.stored(lane.reference)
    return CanaryLoop(
        canary,
        bench.judge,
        _references(bench, canary, stored),
        bench.plan.levels,
        salt=f"{bench.candidate.source.identity}|{canary.name}|{lane.reference}",
        repeatable=bench.repeatable,
        slots=bench.slots,
    )


def _references(
    bench: Workbench, canary: Canary, stored: Mapping[str, Baseline]
) -> tuple[Reference, ...]:
    """Give the reviewed replicates, or none where the last release has none on today's data."""
    found = []
    for name, baseline in stored.items():
        replicates = baseline.of(canary.name)
        spreads = {s.metric: s for s in baseline.spreads if s.canary == canary.name}
        today = (bench.datasets.split(canary.dataset, r.seed).digest for r in replicates[:1])
        if [r.data for r in replicates[:1]] == list(today) and replicates:
            known = baseline.repeatability(canary.name).touched
            rate = HARMLESS if known is None else known
            found.append(Reference(name, replicates, spreads, rate))
    last_release = bool(found) and found[0].name == "baseline"
    return tuple(found) if last_release else ()
