"""What a run intends: which cells, gated by which, with which share of the error budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from qualify.core.budget import ErrorBudget, Levels
from qualify.core.canary import Canary
from qualify.core.matrix import Lane, cell_id

STAGES = ("build", "install", "import", "smoke", "main")


@dataclass(frozen=True)
class Cell:
    """A square of the grid, before anything happened.

    `node` is the pytest node id. `skip` says why it will not run on this machine. `needs` are the
    promises of the target without which it makes no sense; `practice` names tests of the ML Test
    Score that it gives evidence for; `earlier` says that it asks releases before the baseline, too.
    """

    suite: str
    name: str
    lane: Lane | None
    node: str
    stage: str = "main"
    canary: Canary | None = None
    owner: str = ""
    about: str = ""
    skip: str = ""
    needs: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    earlier: bool = False

    @property
    def id(self) -> str:
        """The readable identifier by which people select it."""
        return cell_id(self.suite, self.name, self.lane)

    @property
    def ingested(self) -> bool:
        """Whether another runner filled it: pytest knows no node of that name."""
        return not self.node

    @property
    def tests(self) -> int:
        """How many metrics of a canary gate."""
        return len(self.canary.metrics) if self.canary else 0

    @property
    def expected(self) -> int:
        """Roughly how many trainings it takes: side by side to the cap, else a few."""
        if self.canary is None:
            return 1
        return self.canary.cap if self.canary.interleaved else 3

    def gated_by(self, other: Cell) -> bool:
        """Whether `other` must be green first: an earlier stage of the same lane or of none."""
        earlier = STAGES.index(other.stage) < STAGES.index(self.stage)
        return earlier and other.lane in (None, self.lane)


@dataclass(frozen=True)
class Plan:
    """The cells of one run of one build, in order of their stages.

    `cells` are all cells of the suites on every lane and `selected` the identifiers of those that
    this run fills: one cell run alone is judged as in the grid. `adapter` and `baselines` are
    paths; `anchor` is the version that a candidate is held to beside the baseline, "" for none;
    `earlier` are releases before the baseline whose saved models must still load;
    `code` is a digest of the suites.
    """

    build: str
    target: str
    adapter: str
    baselines: str
    candidate: str
    baseline: str
    code: str
    cells: tuple[Cell, ...]
    selected: tuple[str, ...]
    anchor: str = ""
    earlier: tuple[str, ...] = ()
    budget: ErrorBudget = field(default_factory=ErrorBudget)

    @property
    def levels(self) -> Levels:
        """The level of every test; all cells count, whichever are selected."""
        tests = sum(cell.tests for cell in self.cells)
        references = 2 if self.anchor else 1
        canaries = sum(cell.tests > 0 for cell in self.cells)
        checks = len(self.cells) - canaries
        return self.budget.levels(tests * references, canaries, checks)

    def chosen(self) -> tuple[Cell, ...]:
        """The selected cells, in order."""
        wanted = set(self.selected)
        return tuple(cell for cell in self.cells if cell.id in wanted)

    def cell(self, identifier: str) -> Cell:
        """The cell of that name; raises KeyError."""
        return {cell.id: cell for cell in self.cells}[identifier]

    def gates(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells that must be green before this one may run, the earliest first."""
        return tuple(other for other in self.cells if cell.gated_by(other))
