"""Forecast: what a run is going to cost and can find; nothing is fetched, built or trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from qualify.building.specs import parse
from qualify.core.baseline import Baseline
from qualify.core.budget import Levels
from qualify.core.canary import Canary
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.verbs.planning.intended import baseline_version, baselines, intended, judges
from qualify.verbs.planning.plan import Selection
from qualify.verbs.planning.prospects import Prospect, Stored, prospect
from qualify.verbs.seen import Seen, seen
from qualify.wiring import Context

How = Literal["stored", "side by side", "check", "skipped"]
Origin = Literal["baseline", "earlier builds", "at most"]


@dataclass(frozen=True)
class CellForecast:
    """One cell: mean trainings of both arms, by what the build did to it.

    `origin` says where they are from: the recorded spreads of the baseline, earlier builds, or
    nothing better than the most there can be. `seconds` are those of one training, None if no
    earlier one is known.
    """

    cell: str
    how: How
    origin: Origin
    untouched: float
    unchanged: float
    worse: float
    seconds: float | None
    prospects: tuple[Prospect, ...] = ()
    note: str = ""

    def expected(self, share: float) -> float:
        """The mean where it is untouched with this probability, and otherwise no worse."""
        return share * self.untouched + (1.0 - share) * self.unchanged


@dataclass(frozen=True)
class Total:
    """Trainings of all cells and their machine time in seconds; None where one is not known."""

    trainings: float
    seconds: float | None


@dataclass(frozen=True)
class Forecast:
    """What lies before a run. `share` of its cells are untouched, by the record or as given."""

    levels: Levels
    baseline: str | None
    anchor: str
    builds: int
    share: float | None
    cells: tuple[CellForecast, ...]

    def total(self, share: float) -> Total:
        """All cells together, where this share of them is untouched."""
        trainings = [(c, c.expected(share)) for c in self.cells]
        known = all(c.seconds is not None for c, expected in trainings if expected)
        seconds = sum((c.seconds or 0.0) * expected for c, expected in trainings)
        return Total(sum(t for _, t in trainings), seconds if known else None)


def forecast(
    context: Context,
    selection: Selection,
    seconds: float | None = None,
    share: float | None = None,
) -> Forecast:
    """Look ahead; `seconds` of a training and the untouched `share` stand in for the record.

    Raises SuiteError, ConfigError, CandidateError, BaselineError.
    """
    plan = intended(context, selection)
    parse(plan.candidate)
    version, past = baseline_version(context), seen(context)

    @cache
    def stored(lane: Lane) -> Mapping[str, Baseline]:
        return baselines(context, version, lane)

    cells = tuple(
        _cell(cell, stored(cell.lane.reference) if cell.lane else {}, plan.levels, past, seconds)
        for cell in plan.chosen()
    )
    known = past.untouched if share is None else share
    return Forecast(plan.levels, version, plan.anchor, past.builds, known, cells)


def _cell(
    cell: Cell,
    stored: Mapping[str, Baseline],
    levels: Levels,
    past: Seen,
    seconds: float | None,
) -> CellForecast:
    """What one cell is going to take."""
    pace = past.seconds_of(cell.id) if seconds is None else seconds
    if cell.skip:
        return CellForecast(cell.id, "skipped", "baseline", 0.0, 0.0, 0.0, None, note=cell.skip)
    canary = cell.canary
    references = judges(canary, stored) if canary is not None else {}
    if canary is not None and references:
        return _by_record(cell, canary, references, levels, pace)
    how: How = "side by side" if canary is not None and canary.metrics else "check"
    most = float(2 * canary.cap if canary and how == "side by side" else cell.expected)
    known = past.trainings.get(cell.id)
    origin: Origin = "at most" if known is None else "earlier builds"
    took = most if known is None else known
    return CellForecast(cell.id, how, origin, took, took, took, pace)


def _by_record(
    cell: Cell,
    canary: Canary,
    stored: Mapping[str, Baseline],
    levels: Levels,
    pace: float | None,
) -> CellForecast:
    """A canary trains until its slowest metric is decided, against every reference."""
    records = [Stored.of(name, baseline, canary.name) for name, baseline in stored.items()]
    if cell.lane and cell.lane != cell.lane.reference:
        records = [record.elsewhere() for record in records]
    found = tuple(
        prospect(canary, judged, record, levels) for record in records for judged in canary.metrics
    )
    unchanged = max((p.unchanged or 0.0 for p in found), default=0.0)
    untouched = max((p.unchanged if p.untouched is None else p.untouched) or 0.0 for p in found)
    worse = max(p.worse or 0.0 for p in found)
    note = "; ".join(dict.fromkeys(f"{p.metric}: {p.trouble}" for p in found if p.trouble))
    return CellForecast(
        cell.id, "stored", "baseline", untouched, unchanged, worse, pace, found, note
    )
