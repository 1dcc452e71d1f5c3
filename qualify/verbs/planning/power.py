"""Power: what a reviewed baseline can detect, and how many replicates a wish needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qualify.core.baseline import Baseline
from qualify.core.budget import Levels
from qualify.core.canary import CAPS, Canary, Judged
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.stats.limits import UncalibratedError
from qualify.verbs.cells import collect
from qualify.verbs.planning.intended import baseline_version, sketch
from qualify.verbs.planning.plan import Selection, lanes
from qualify.verbs.planning.prospects import Prospect, Stored, prospect, reaches
from qualify.wiring import Context


@dataclass(frozen=True)
class Wish:
    """A loss that is to be found: in standard deviations of the baseline, or as a margin.

    A margin is in the metric's unit, relative where the metric is. `power` is the probability with
    which it is to be found; None: 1 - beta.
    """

    effect: float | None = None
    margin: float | None = None
    power: float | None = None

    def of(self, judged: Judged, scale: float) -> float:
        """The loss in standard deviations."""
        if self.effect is not None:
            return self.effect
        margin = judged.margin if self.margin is None else self.margin
        return judged.metric.threshold(margin) / scale


@dataclass(frozen=True)
class Needed:
    """What a wish takes: `m` replicates, None where no calibrated number reaches `wanted`.

    Within `cap` trainings: the canary's, or the next larger cap that lets it be reached. `power` is
    that of `m`, or of the most replicates and trainings there are limits for; `effect` is in
    standard deviations. `trouble` says why the wish is beyond the tests.
    """

    effect: float
    wanted: float
    cap: int
    m: int | None = None
    power: float | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Row:
    """One metric of one canary, with `m` replicates as committed or as supposed."""

    prospect: Prospect
    needed: Needed | None = None


@dataclass(frozen=True)
class Power:
    """What the baseline of a lane can do; `supposed` are the numbers of replicates asked about."""

    target: str
    version: str
    lane: str
    levels: Levels
    supposed: tuple[int, ...]
    rows: tuple[Row, ...]


def power(
    context: Context,
    lane: Lane,
    selection: Selection,
    supposed: Sequence[int] = (),
    wish: Wish | None = None,
) -> Power:
    """Read the committed baseline of a lane; raises BaselineError, SuiteError, ConfigError."""
    baseline = committed(context, lane)
    cells, levels = declared(context, lane, selection)
    rows = []
    for canary in judged_canaries(cells):
        stored = Stored.of("baseline", baseline, canary.name)
        for usable in supposed or (stored.usable,):
            record = replace(stored, usable=usable)
            found = [prospect(canary, judged, record, levels) for judged in canary.metrics]
            rows += [Row(one, _needed(one, wish, levels)) for one in found]
    return Power(baseline.target, baseline.version, str(lane), levels, tuple(supposed), tuple(rows))


def committed(context: Context, lane: Lane) -> Baseline:
    """The reviewed baseline of the configured release on a lane; raises BaselineError."""
    target, version = context.config.target, baseline_version(context)
    if version is None:
        raise BaselineError(
            f"the version of {target.baseline} is not known before it is built",
            "give --baseline NAME==VERSION",
        )
    found = context.baselines.read(target.name, version, lane)
    if found is None:
        path = context.baselines.path(target.name, version, lane)
        raise BaselineError(
            f"there is no baseline {path}",
            f"record one: `qualify baseline record --baseline {target.baseline} --lane {lane}`",
        )
    return found


def declared(context: Context, lane: Lane, selection: Selection) -> tuple[tuple[Cell, ...], Levels]:
    """The selected cells of a lane, and the levels that all cells of the grid leave them."""
    grid = lanes(context, selection)
    cells = collect(context, tuple(dict.fromkeys((*grid, lane))))
    counted = tuple(c for c in cells if c.lane is None or c.lane in grid)
    mine = tuple(c for c in cells if c.lane == lane and selection.takes(c))
    return mine, sketch(context, counted).levels


def judged_canaries(cells: Sequence[Cell]) -> list[Canary]:
    """The canaries that are judged by stored replicates."""
    found = [cell.canary for cell in cells if cell.canary is not None]
    return [canary for canary in found if canary.metrics and not canary.interleaved]


def _needed(of: Prospect, wish: Wish | None, levels: Levels) -> Needed | None:
    """How many replicates a wish takes."""
    if wish is None or not of.scale:
        return None
    wanted = 1.0 - levels.beta if wish.power is None else wish.power
    effect = wish.of(Judged(of.metric, of.margin), of.scale)
    needed = Needed(effect, wanted, of.cap)
    try:
        for cap in (c for c in CAPS if c >= of.cap):
            m, reached = reaches(effect, cap, levels, wanted)
            needed = Needed(effect, wanted, cap, m, reached)
            if m is not None:
                break
    except UncalibratedError as error:
        return replace(needed, trouble=str(error).split(":")[0])
    return needed
