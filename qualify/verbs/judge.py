"""Judge: the ledger in, the decision and its files out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualify.core.event import CellFinished
from qualify.core.grid import Column
from qualify.core.plan import Plan
from qualify.core.verdict import Decision, Status, Verdict
from qualify.judging.decision import decide
from qualify.ports import Clock
from qualify.rendering.junit import junit
from qualify.rendering.summary import summary
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.storing.files import write_text

_UNPLANNED = Verdict(Status.NOT_SCHEDULED, "N001", "no run of this build has planned it yet")

_LOST = Verdict(Status.LOST, "L001", "planned, but its process left no terminal record")


@dataclass(frozen=True)
class Judged:
    """A build's column, and what the cells that this run selected say by themselves."""

    column: Column
    selected: Decision

    @property
    def partial(self) -> bool:
        """Whether the run selected a part of the build's cells only."""
        return self.selected != self.column.decision


def judge(folder: BuildFolder, clock: Clock) -> Judged:
    """Decide on a build whose run is over, and write decision.json, junit.xml and summary.md."""
    close(folder, clock)
    plan = folder.plan()
    found = verdicts(folder.ledger.events())
    decision = whole(plan, found)
    folder.save_decision(decision)
    drawn = column(folder, decision)
    write_text(folder.path / "junit.xml", junit(drawn))
    write_text(folder.path / "summary.md", summary(drawn))
    return Judged(drawn, decide(plan, found))


def close(folder: BuildFolder, clock: Clock) -> None:
    """Give every cell that is still open its terminal record: nobody is going to write another."""
    for cell, verdict in verdicts(folder.ledger.events()).items():
        if verdict.status is Status.RUNNING:
            folder.ledger.append(CellFinished(clock.now(), cell, "", _LOST))


def whole(plan: Plan, found: dict[str, Verdict]) -> Decision:
    """Decide on all cells of the build: one that was never selected cannot count as green."""
    everything = replace(plan, selected=tuple(cell.id for cell in plan.cells))
    return decide(everything, {cell.id: _UNPLANNED for cell in plan.cells} | found)
