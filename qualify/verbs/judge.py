"""Judge: the ledger in, the decision and its files out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualify.core.errors import EvidenceError
from qualify.core.event import CellFinished
from qualify.core.grid import Column, Grid
from qualify.core.overview import Overview
from qualify.core.plan import Plan
from qualify.core.summing import summed
from qualify.core.verdict import Decision, MetricEvidence, Status, Verdict
from qualify.judging.decision import decide
from qualify.judging.identity import fit
from qualify.judging.release import at_other_shares, discoveries, findings, ratchet
from qualify.ports import Clock
from qualify.rendering.junit import junit
from qualify.rendering.summary import summary
from qualify.storing.builds import BuildFolder, BuildShelf
from qualify.storing.columns import column, verdicts
from qualify.storing.files import write_text
from qualify.wiring import workbench

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
    refuse_mixed(plan, found)
    decision = whole(folder, found)
    folder.save_decision(decision)
    drawn = column(folder, decision)
    write_text(folder.path / "junit.xml", junit(drawn))
    write_text(folder.path / "summary.md", summary(drawn, _beside(folder, drawn)))
    return Judged(drawn, decide(plan, found))


def _beside(folder: BuildFolder, drawn: Column) -> Overview:
    """The build and the newest judged one before it: what is new since then."""
    target, shelf = folder.plan().target, BuildShelf(folder.path.parent)
    others = [f for f in shelf.all() if f.id != folder.id and f.earlier() and f.decision()]
    alike = [(f.candidate().provenance.time, f.id, f) for f in others if f.plan().target == target]
    before = max((one for one in alike if one[0] < drawn.time), default=None)
    decision = before[2].decision() if before else None
    columns = [drawn, *([column(before[2], decision)] if before and decision else [])]
    return summed(Grid(target, tuple(columns)))


def close(folder: BuildFolder, clock: Clock) -> None:
    """Give every cell that is still open its terminal record: nobody is going to write another."""
    for cell, verdict in verdicts(folder.ledger.events()).items():
        if verdict.status is Status.RUNNING:
            folder.ledger.append(CellFinished(clock.now(), cell, "", _LOST))


def whole(folder: BuildFolder, found: dict[str, Verdict]) -> Decision:
    """Decide on all cells of the build: one that was never selected cannot count as green."""
    plan = folder.plan()
    everything = replace(plan, selected=tuple(cell.id for cell in plan.cells))
    judged = [(cell, found[cell.id]) for cell in plan.cells if cell.canary and cell.id in found]
    matches = [(cell.name, verdict.identical) for cell, verdict in judged]
    fitted = fit(matches, workbench(folder).repeats())
    together = findings(judged, plan.levels, fitted)
    if plan.anchor:
        together += ratchet([*since_anchor(folder), against_anchor(found)], plan.levels)
    verdicts_ = {cell.id: _UNPLANNED for cell in plan.cells} | found
    return decide(everything, verdicts_, together, discoveries(judged, plan.budget.alpha))


def since_anchor(folder: BuildFolder) -> list[dict[str, MetricEvidence]]:
    """The evidence of earlier builds against the same anchor, the oldest first."""
    plan, time = folder.plan(), folder.candidate().provenance.time
    others = [f for f in BuildShelf(folder.path.parent).all() if f.earlier() and f.id != folder.id]
    alike = [f for f in others if (f.plan().target, f.plan().anchor) == (plan.target, plan.anchor)]
    dated = sorted((f.candidate().provenance.time, f.id, f) for f in alike)
    return [against_anchor(verdicts(f.ledger.events())) for at, _, f in dated if at < time]


def against_anchor(found: dict[str, Verdict]) -> dict[str, MetricEvidence]:
    """The evidence of a build against the anchor, by cell and metric."""
    return {
        f"{cell} {metric.metric}": metric
        for cell, verdict in found.items()
        for metric in verdict.metrics
        if metric.against == "anchor"
    }


def refuse_mixed(plan: Plan, found: dict[str, Verdict]) -> None:
    """Raise EvidenceError where cells were judged at other shares of the budget than the plan's."""
    judged = [(cell, found[cell.id]) for cell in plan.cells if cell.id in found]
    mixed = at_other_shares(judged, plan.levels)
    if mixed:
        raise EvidenceError(
            f"{len(mixed)} cells were judged at another share of the error budget than the plan's, "
            f"whose K is {plan.levels.tests}; {mixed[0]} is the first",
            "suites, lanes or settings have changed since: `qualify run` judges them again",
        )
