"""Progress, read off the ledger while other processes write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from qualify.core.event import AttemptFinished, CellFinished, CellKept, Event
from qualify.core.verdict import Status, Verdict
from qualify.rendering.text import amount
from qualify.storing.builds import BuildFolder

POLL_S = 0.3


@dataclass
class Tally:
    """What has happened since the run began.

    `open` maps undecided cells to their trainings; `gates` are the reasons given of gated cells.
    """

    total: int
    open: dict[str, int]
    begin: float = field(default_factory=time.monotonic)
    trainings: int = 0
    gates: set[str] = field(default_factory=set)

    def told(self, verdict: Verdict) -> bool:
        """Whether it was said before what stops this cell: a broken import stops hundreds."""
        if verdict.status is not Status.GATED:
            return False
        known = verdict.reason in self.gates
        self.gates.add(verdict.reason)
        return known

    @property
    def done(self) -> int:
        """How many cells are decided."""
        return self.total - len(self.open)

    def so_far(self) -> str:
        """The trainings so far and the time left, in a few words."""
        count = amount(self.trainings, "training")
        words = (f"{count} so far" if self.trainings else "", self.left())
        return ", ".join(word for word in words if word)

    def left(self) -> str:
        """The time left, as the trainings so far tell it."""
        if self.trainings < 3 or not self.open:  # noqa: PLR2004
            return ""
        pace = (time.monotonic() - self.begin) / self.trainings
        minutes = pace * sum(self.open.values()) / 60
        return f"about {minutes:.0f} min left" if minutes >= 1 else "under a minute left"


@dataclass
class Watcher:
    """Shows cells as they are decided: a bar on a terminal, plain lines elsewhere."""

    console: Console

    def __call__(self, folder: BuildFolder, alive: Callable[[], bool]) -> None:
        """Follow a build's ledger until the processes that write it have ended."""
        cells = {cell.id: cell.expected for cell in folder.plan().chosen()}
        tally = Tally(len(cells), dict(cells))
        with self._bar() as bar:
            task = bar.add_task("training", total=tally.total, left="")
            for event in _follow(folder, alive):
                line = _line(tally, event)
                if line:
                    bar.console.print(line, highlight=False, markup=False, soft_wrap=True)
                what = amount(tally.trainings, "training")
                bar.update(task, completed=tally.done, description=what, left=tally.left())

    def _bar(self) -> Progress:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        rest = (TimeElapsedColumn(), TextColumn("{task.fields[left]}"))
        return Progress(*columns, *rest, console=self.console, disable=not self.console.is_terminal)


def _follow(folder: BuildFolder, alive: Callable[[], bool]) -> Iterator[Event]:
    """Every event that is written from now on; those of this run's plan are already there."""
    ledger = folder.ledger
    seen = len(ledger.events())
    running = True
    while running:
        running = alive()
        events = ledger.events()
        yield from events[seen:]
        seen = len(events)
        if running:
            time.sleep(POLL_S)


def _line(tally: Tally, event: Event) -> str:
    if isinstance(event, AttemptFinished):
        tally.trainings += 1
        return ""
    if isinstance(event, (CellKept, CellFinished)):
        tally.open.pop(event.cell, None)
    if isinstance(event, CellKept):
        return f"[{tally.done}/{tally.total}] kept      {event.cell}"
    if isinstance(event, CellFinished) and not tally.told(event.verdict):
        return f"[{tally.done}/{tally.total}] {said(event.cell, event.verdict, tally.so_far())}"
    return ""


def said(cell: str, verdict: Verdict, so_far: str = "") -> str:
    """One decided cell in a line, and why it is not green in another."""
    text = f"{verdict.status.glyph} {verdict.status.value:<12} {cell}"
    text += f"  ({amount(verdict.trainings, 'training')})" if verdict.trainings else ""
    text += f"  · {so_far}" if so_far else ""
    return text if verdict.status.green else f"{text}\n    {verdict.reason.splitlines()[0]}"
