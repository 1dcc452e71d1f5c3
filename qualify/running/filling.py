"""Fill a cell: keep what still holds, ask the gates, train, write the terminal record."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from qualify.core.adapter import Adapter
from qualify.core.attempt import Arm
from qualify.core.baseline import Baseline, Repeats
from qualify.core.candidate import Build
from qualify.core.data import digest
from qualify.core.errors import QualifyError
from qualify.core.event import CellFinished, CellKept, CellPlanned, CellStarted
from qualify.core.matrix import Lane
from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Status, Verdict
from qualify.ports import Clock, DatasetSource, Ledger, Trainer
from qualify.running.commons import Commons
from qualify.running.executing import Execution, known_attempts
from qualify.running.loops import CanaryLoop, CheckLoop

if TYPE_CHECKING:
    from qualify.judging.evidence import Evidence

Loop = CanaryLoop | CheckLoop


@dataclass(frozen=True)
class Workbench:
    """What filling cells of one build needs; made by the composition.

    `code` is a digest of the harness's own code that results depend on; `stored` gives the
    reviewed baselines of a lane by name, the last release's first; `adapter` is the
    target's, `earlier` are releases before the baseline. `workers` is how many cells are
    filled side by side. `fresh` trains again what could be kept.
    """

    plan: Plan
    candidate: Build
    baseline: Build | None
    ledger: Ledger
    locks: Path
    trainer: Trainer
    judge: Callable[[Evidence], Verdict]
    datasets: DatasetSource
    clock: Clock
    stored: Callable[[Lane], Mapping[str, Baseline]]
    code: str
    adapter: Adapter | None = None
    earlier: tuple[Build, ...] = ()
    workers: int = 1
    fresh: bool = False

    def slots(self) -> int:
        """How many trainings a cell may run at once: one, and those that no open cell wants."""
        open_cells: set[str] = set()
        for event in self.ledger.events():
            if isinstance(event, (CellPlanned, CellStarted)):
                open_cells.add(event.cell)
            elif isinstance(event, (CellFinished, CellKept)):
                open_cells.discard(event.cell)
        return 1 + max(0, self.workers - len(open_cells))

    def repeatable(self) -> bool:
        """Whether the build's predictions equal the baseline's about as often as its own do."""
        from qualify.judging.identity import fit

        lanes = {cell.id: cell for cell in self.plan.cells if cell.canary and cell.lane}
        finished = {
            e.cell: e.verdict.identical
            for e in self.ledger.events()
            if isinstance(e, CellFinished) and e.cell in lanes
        }
        matches = ((lanes[name].name, identical) for name, identical in finished.items())
        return fit(matches, self.repeats()).fits

    def repeats(self) -> Mapping[str, Repeats]:
        """How often the baseline repeats its own predictions, by canary, over all lanes."""
        found: dict[str, Repeats] = {}
        for lane in {cell.lane.reference for cell in self.plan.cells if cell.lane}:
            for one in (r for b in list(self.stored(lane).values())[:1] for r in b.repeats):
                before = found.get(one.canary, Repeats(one.canary, 0, 0))
                found[one.canary] = Repeats(
                    one.canary,
                    before.identical + one.identical,
                    before.compared + one.compared,
                )
        return found


class CellFiller:
    """Fills cells, each at most once, however many processes want it as a gate."""

    def __init__(self, bench: Workbench, loops: Mapping[str, Callable[[], Loop]]) -> None:
        self.bench = bench
        self.loops = loops
        self._mine: dict[str, Verdict] = {}

    def fill(self, cell: Cell) -> Verdict:
        """Return the cell's terminal verdict; records it unless the ledger's still holds."""
        if cell.id in self._mine:
            return self._mine[cell.id]
        self.bench.locks.mkdir(parents=True, exist_ok=True)
        with FileLock(self.bench.locks / f"{digest(cell.id)[:16]}.lock"):
            inputs = self._inputs(cell)
            verdict = self._kept(cell, inputs) or self._fill(cell, inputs)
        self._mine[cell.id] = verdict
        return verdict

    def _kept(self, cell: Cell, inputs: str) -> Verdict | None:
        """Return the last terminal record where its inputs are the same and it was conclusive."""
        last: CellFinished | None = None
        filled_now = False
        for event in self.bench.ledger.events():
            if getattr(event, "cell", None) == cell.id:
                filled_now = isinstance(event, (CellFinished, CellKept))
                last = event if isinstance(event, CellFinished) else last
        if last is None or last.inputs != inputs or not last.verdict.status.reusable:
            return None
        if not filled_now:
            if self.bench.fresh:
                return None
            self.bench.ledger.append(CellKept(self.bench.clock.now(), cell.id))
        return last.verdict

    def _fill(self, cell: Cell, inputs: str) -> Verdict:
        now = self.bench.clock.now
        self.bench.ledger.append(CellStarted(now(), cell.id, os.getpid()))
        verdict = self._skipped(cell) or self._gated(cell) or self._work(cell)
        reproduce = f"nox -s qualify -- {self._command()} --select {shlex.quote(cell.id)}"
        self.bench.ledger.append(CellFinished(now(), cell.id, inputs, verdict, reproduce))
        return verdict

    def _command(self) -> str:
        plan = self.bench.plan
        return f"--candidate {shlex.quote(plan.candidate)} --baseline {shlex.quote(plan.baseline)}"

    def _skipped(self, cell: Cell) -> Verdict | None:
        return Verdict(Status.SKIPPED, "S001", cell.skip) if cell.skip else None

    def _gated(self, cell: Cell) -> Verdict | None:
        """Fill the earlier stages; the first that is not green stops this cell.

        A gate that was not collected (a developer runs one file) is taken from what the build's
        record says: without an environment nothing can be trained.
        """
        for gate in self.bench.plan.gates(cell):
            if gate.id not in self.loops:
                continue
            status = self.fill(gate).status
            if not status.green:
                return Verdict(Status.GATED, "G001", f"stopped by {gate.id}: {status.value}")
        lane = str(cell.lane)
        if cell.stage not in ("build", "install") and lane not in self.bench.candidate.environments:
            return Verdict(Status.GATED, "G002", f"the candidate has no environment on {lane}")
        return None

    def _work(self, cell: Cell) -> Verdict:
        bench = self.bench
        loop = self.loops[cell.id]()
        # A check that did not end is run as a whole again: models that it saved may be gone.
        anew = bench.fresh or isinstance(loop, CheckLoop)
        known = {} if anew else known_attempts(bench.ledger, cell)
        execution = Execution(
            cell,
            self._builds(cell),
            bench.ledger,
            bench.trainer,
            bench.clock,
            known,
            Commons(bench.ledger, bench.locks, bench.fresh),
        )
        try:
            verdict = loop.fill(execution)
        except QualifyError as error:  # of this cell's data or suite: the others go on
            verdict = Verdict(Status.LOST, "L003", error.message, details=(error.remedy,))
        except Exception as error:
            verdict = Verdict(Status.LOST, "L002", f"the harness failed: {error!r}"[:500])
            now = bench.clock.now()
            bench.ledger.append(CellFinished(now, cell.id, "", verdict))
            raise
        for attempt in execution.done:
            if attempt.ok:
                bench.trainer.tidy(attempt)
        return verdict

    def _builds(self, cell: Cell) -> dict[Arm, Build]:
        builds: dict[Arm, Build] = {"candidate": self.bench.candidate}
        baseline = self.bench.baseline
        lane = cell.lane
        if baseline and (lane is None or str(lane.reference) in baseline.environments):
            builds["baseline"] = baseline
        reference = str(lane.reference) if lane else ""
        before = (b for b in self.bench.earlier if reference in b.environments)
        return {**builds, **{f"release {b.version}": b for b in before}}

    def _inputs(self, cell: Cell) -> str:
        """Digest everything that the verdict depends on."""
        bench = self.bench
        lane = str(cell.lane)
        reference = str(cell.lane.reference) if cell.lane else lane
        mine = bench.candidate.environments.get(lane)
        theirs = bench.baseline.environments.get(reference) if bench.baseline else None
        stored = bench.stored(cell.lane.reference) if cell.lane and cell.canary else {}
        name = cell.canary.name if cell.canary else ""
        replicates = [
            (
                key,
                [asdict(r) for r in baseline.of(name)],
                [asdict(s) for s in baseline.spreads if s.canary == name],
            )
            for key, baseline in stored.items()
        ]
        failure = bench.candidate.failure or bench.candidate.failures.get(lane)
        return digest(
            [
                asdict(cell),
                bench.candidate.source.identity,
                [(e.wheel_sha256, e.lock) for e in (mine, theirs) if e],
                [b.source.identity for b in bench.earlier],
                failure.reason if failure else "",
                replicates,
                asdict(bench.plan.levels),
                bench.code,
            ]
        )
