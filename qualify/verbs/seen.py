"""What earlier builds of a work folder show of cells: trainings, seconds, identical predictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from statistics import fmean, median

from qualify.core.event import AttemptFinished, CellFinished, Event
from qualify.core.verdict import Verdict
from qualify.stats.identity import ENOUGH
from qualify.storing.builds import BuildFolder
from qualify.storing.ledger import JsonlLedger
from qualify.wiring import Context


@dataclass(frozen=True)
class Seen:
    """What ledgers hold, by the cell's identifier.

    `trainings` is the mean of both arms until the verdict, over builds; `seconds` the median
    wall-clock time of a training that ended well; `touched` how many cells had predictions that
    changed, `compared` of how many that were compared with a reviewed baseline on its own lane.
    """

    builds: int
    trainings: Mapping[str, float]
    seconds: Mapping[str, float]
    touched: int
    compared: int

    @property
    def untouched(self) -> float | None:
        """The share of compared cells whose predictions were the baseline's; None without any."""
        return 1.0 - self.touched / self.compared if self.compared else None

    def seconds_of(self, cell: str) -> float | None:
        """Of a training of this cell; of its canary on other lanes; of any; None without one."""
        name = cell.partition("@")[0]
        alike = [s for other, s in self.seconds.items() if other.partition("@")[0] == name]
        return self.seconds.get(cell) or median_of(alike) or median_of(self.seconds.values())


def seen(context: Context) -> Seen:
    """Read every build of the target, and every recording of one of its baselines."""
    folders = builds(context)
    recordings = sorted(
        context.work.glob(f"recordings/{context.config.target.name}-*/ledger.jsonl")
    )
    verdicts = [last_verdicts(folder.ledger.events()) for folder in folders]
    ledgers = [f.ledger for f in folders] + [JsonlLedger(path) for path in recordings]
    seconds = _seconds(chain.from_iterable(ledger.events() for ledger in ledgers))
    compared = [v for found in verdicts for cell, v in found.items() if _comparable(cell, v)]
    trainings: dict[str, list[int]] = defaultdict(list)
    for cell, verdict in chain.from_iterable(found.items() for found in verdicts):
        if verdict.trainings:
            trainings[cell].append(verdict.trainings)
    return Seen(
        builds=len(folders),
        trainings={cell: fmean(counts) for cell, counts in trainings.items()},
        seconds={cell: median(taken) for cell, taken in seconds.items()},
        touched=sum(sum(v.identical) < ENOUGH for v in compared),
        compared=len(compared),
    )


def builds(context: Context) -> list[BuildFolder]:
    """The folders of the target's builds, the newest first."""
    made = ((folder, folder.earlier()) for folder in context.shelf.all())
    return [folder for folder, of in made if of and of.target == context.config.target.name]


def last_verdicts(events: Iterable[Event]) -> dict[str, Verdict]:
    """The last verdict of every cell that has one."""
    return {e.cell: e.verdict for e in events if isinstance(e, CellFinished)}


def median_of(values: Iterable[float]) -> float | None:
    """The median, None of nothing."""
    known = list(values)
    return median(known) if known else None


def _seconds(events: Iterable[Event]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = defaultdict(list)
    for event in events:
        if isinstance(event, AttemptFinished) and event.attempt.ok and event.attempt.wall_s:
            taken[event.attempt.cell].append(event.attempt.wall_s)
    return taken


def _comparable(cell: str, verdict: Verdict) -> bool:
    """Whether predictions could have been the baseline's: not in another environment."""
    return len(verdict.identical) >= ENOUGH and not cell.endswith("-free")
