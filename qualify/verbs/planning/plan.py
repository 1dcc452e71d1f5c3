"""Plan: fetch the candidate, give it a column, list the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qualify.core.candidate import Source
from qualify.core.data import digest
from qualify.core.errors import ConfigError
from qualify.core.matrix import Lane, matches
from qualify.core.plan import Cell, Plan
from qualify.judging.release import at_other_shares
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import verdicts
from qualify.verbs.cells import collect
from qualify.wiring import Context, files_digest


@dataclass(frozen=True)
class Selection:
    """What of the plan a run fills: globs over cell identifiers, and lanes (empty: all)."""

    patterns: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()

    def takes(self, cell: Cell) -> bool:
        """Whether a cell is wanted for its own sake."""
        lane = cell.lane
        if lane is not None and self.pythons and lane.python not in self.pythons:
            return False
        if lane is not None and self.runners and lane.runner not in self.runners:
            return False
        return matches(cell.id, self.patterns)


def plan(context: Context, selection: Selection) -> tuple[BuildFolder, Source, Source]:
    """Write the plan of a run; raises CandidateError, SuiteError, ConfigError."""
    target = context.config.target
    adapter = context.adapter
    cells = collect(context, lanes(context, selection))
    selected = select(cells, selection)
    source = context.fetcher().fetch(target.candidate)
    baseline = context.fetcher().fetch(target.baseline)
    folder = context.shelf.take(digest([target.name, source.identity, baseline.identity]))
    folder.save_plan(
        Plan(
            build=folder.id,
            target=target.name,
            adapter=str(adapter.path),
            baselines=str(context.baselines.root),
            candidate=target.candidate,
            baseline=target.baseline,
            code=files_digest(f for folder in context.suites for f in folder.rglob("*.py")),
            cells=cells,
            selected=selected,
            anchor=target.anchor,
            earlier=target.earlier,
            budget=context.config.errors.budget(),
        )
    )
    _judge_again(context, folder)
    (context.work / "current").write_text(folder.id)
    return folder, source, baseline


def _judge_again(context: Context, folder: BuildFolder) -> None:
    """Select the cells, too, whose share of the error budget this plan has changed."""
    merged = folder.plan()
    found = verdicts(folder.ledger.events())
    judged = [(cell, found[cell.id]) for cell in merged.cells if cell.id in found]
    stale = set(at_other_shares(judged, merged.levels)) - set(merged.selected)
    if stale:
        context.report(
            f"{len(stale)} cells of earlier runs are judged again: the grid has now "
            f"{merged.levels.tests} tests of metrics"
        )
        names = stale | set(merged.selected)
        folder.save_plan(
            replace(merged, selected=tuple(c.id for c in merged.cells if c.id in names))
        )


def lanes(context: Context, selection: Selection) -> tuple[Lane, ...]:
    """The configured lanes and those that the command line asks for beside them."""
    wanted = context.config.lanes
    table = wanted.model_copy(
        update={
            "pythons": tuple(dict.fromkeys((*wanted.pythons, *selection.pythons))),
            "runners": tuple(dict.fromkeys((*wanted.runners, *selection.runners))),
        }
    )
    return tuple(dict.fromkeys(table.all()))


def select(cells: Sequence[Cell], selection: Selection) -> tuple[str, ...]:
    """The wanted cells and every earlier stage that gates one of them; raises ConfigError."""
    wanted = [cell for cell in cells if selection.takes(cell)]
    if not wanted:
        asked = " ".join((*selection.patterns, *selection.pythons, *selection.runners))
        raise ConfigError(f"no cell fits {asked!r}", "`qualify cells` lists what there is")
    gates = {g.id for g in cells if any(cell.gated_by(g) for cell in wanted)}
    names = gates | {cell.id for cell in wanted}
    return tuple(cell.id for cell in cells if cell.id in names)
