from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from qualify.core.attempt import Outcome, Training
from qualify.core.baseline import Baseline, Repeats, Replicate, Spread
from qualify.core.budget import ErrorBudget
from qualify.core.canary import Canary
from qualify.core.candidate import BuildFailure
from qualify.core.event import CellFinished, CellKept, CellPlanned, CellStarted
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.core.verdict import Status, Verdict
from qualify.running.against import canary_loop
from qualify.running.executing import Execution
from qualify.running.filling import CellFiller, Workbench
from qualify.stats.identity import HARMLESS
from tests.fakes import (
    LANE,
    CountingJudge,
    MemoryLedger,
    OneDataset,
    ScriptedTrainer,
    TickingClock,
    build,
    canary,
    cell,
    plan,
)

BUILD = cell("build", "build", None, suite="smoke")
INSTALL, SMOKE = cell("install", "install", suite="smoke"), cell("smoke", "smoke", suite="smoke")
WINE, IRIS = cell("wine"), cell("iris")
CELLS = (BUILD, INSTALL, SMOKE, WINE, IRIS)


@dataclass
class Says:
    """A loop that trains once, where there is a lane, and says a status."""

    status: Status = Status.PASSED

    def fill(self, execution: Execution) -> Verdict:
        """Train and say."""
        of = execution.cell
        if of.lane:
            execution(Training(of.id, "candidate", canary()))
        return Verdict(self.status, "X001", f"it is {self.status.value}", trainings=1)


class Breaks:
    """A loop with a defect."""

    def fill(self, execution: Execution) -> Verdict:
        """Break."""
        raise ZeroDivisionError(execution.cell.id)


@dataclass
class Desk:
    """A build's folder over several runs."""

    folder: Path
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    trainer: ScriptedTrainer = field(default_factory=ScriptedTrainer)
    loops: dict[str, object] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)

    def filler(self, *cells: Cell) -> CellFiller:
        """What a new process would make."""
        bench = Workbench(
            plan=plan(*CELLS),
            candidate=build("new"),
            baseline=build("old"),
            ledger=self.ledger,
            locks=self.folder / "locks",
            trainer=self.trainer,
            judge=CountingJudge(),
            datasets=OneDataset(),
            clock=TickingClock(),
            stored=lambda _: {},
            code="1",
        )
        loops = {c.id: lambda c=c: self.loops.get(c.name, Says()) for c in cells or CELLS}
        return CellFiller(replace(bench, **self.changes), loops)

    def run(self, of: Cell = WINE) -> Verdict:
        """Plan and fill a cell in a new process."""
        for each in CELLS:
            self.ledger.append(CellPlanned("2025-01-01T00:00:00+00:00", each.id))
        return self.filler().fill(of)

    def finished(self) -> list[str]:
        """The cells with a terminal record."""
        return [e.cell for e in self.ledger.written if e.event == "cell_finished"]

    def kept(self) -> list[str]:
        """The cells that were kept."""
        return [e.cell for e in self.ledger.written if e.event == "cell_kept"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_gates_come_first(desk):
    """A cell fills every earlier stage of its lane, the earliest first, and itself last."""
    assert desk.run().status is Status.PASSED
    assert desk.finished() == [BUILD.id, INSTALL.id, SMOKE.id, WINE.id]


def test_a_gate_is_filled_once(desk):
    """Cells behind the same gate share its verdict."""
    filler = desk.filler()
    filler.fill(WINE)
    filler.fill(IRIS)
    assert desk.finished().count(SMOKE.id) == 1


def test_a_red_gate_stops_what_comes_after(desk):
    """The cell is gated by name and nothing of it is trained; stages between are gated, too."""
    desk.loops["install"] = Says(Status.FAILED)
    verdict = desk.run()
    assert (verdict.status, verdict.code) == (Status.GATED, "G001")
    assert INSTALL.id in verdict.reason
    assert {t.cell for t in desk.trainer.asked} == {INSTALL.id}


@pytest.mark.parametrize("status", [s for s in Status if not s.green])
def test_only_green_opens_a_gate(desk, status):
    """Whatever is not green stops what comes after."""
    desk.loops["smoke"] = Says(status)
    assert desk.run().status is Status.GATED


def test_a_gate_that_was_not_collected_is_the_builds_record(desk):
    """One file run alone trains where the build has the lane's environment, and only there."""
    assert desk.filler(WINE).fill(WINE).status is Status.PASSED
    desk.changes["candidate"] = build("new", environments={})
    verdict = desk.filler(IRIS).fill(IRIS)
    assert (verdict.status, verdict.code) == (Status.GATED, "G002")


def test_a_cell_that_cannot_run_here_is_skipped(desk):
    """The plan's reason is the verdict's."""
    verdict = desk.run(replace(WINE, skip="no GPU"))
    assert (verdict.status, verdict.reason) == (Status.SKIPPED, "no GPU")
    assert desk.trainer.asked == []


def test_a_second_run_keeps(desk):
    """Where nothing changed the record is kept, and that is all the ledger gets."""
    first = desk.run()
    before = len(desk.ledger.written) + len(CELLS)
    assert desk.run() == first
    assert [e.event for e in desk.ledger.written[before:]] == ["cell_kept"]


@pytest.mark.parametrize("status", [Status.INFRA, Status.LOST, Status.GATED, Status.SKIPPED])
def test_what_says_nothing_of_the_candidate_is_filled_again(desk, status):
    """A machine's failure, a gate or a skip is no result to keep."""
    desk.loops["wine"] = Says(status)
    desk.run()
    desk.loops["wine"] = Says()
    assert desk.run().status is Status.PASSED
    assert WINE.id not in desk.kept()


@pytest.mark.parametrize("status", [Status.REGRESSED, Status.FAILED, Status.INCONCLUSIVE])
def test_bad_news_is_kept(desk, status):
    """A red or undecided cell is not tried again until it is green."""
    desk.loops["wine"] = Says(status)
    desk.run()
    desk.loops["wine"] = Says()
    assert desk.run().status is status
    assert WINE.id in desk.kept()


def baseline(loss: float = 0.3, *, canary: str = "wine", **more: object) -> Baseline:
    """A reviewed baseline with one replicate of the canary, on the data of today."""
    today = OneDataset().split("wine", 0).digest
    row = Replicate(canary, 0, today, Outcome.OK, "p", {"log_loss": loss})
    return Baseline("tinyml", "1.0", str(LANE), build().provenance, (), (row,), **more)


def stored(**baselines: Baseline):
    """The reviewed baselines of every lane, by name."""
    return lambda _: baselines


SPREAD = Spread("wine", "log_loss", "nat", "lower", 50, 0.01)


CHANGES = {
    "the harness": {"code": "2"},
    "the error budget": {"plan": plan(*CELLS, budget=ErrorBudget(alpha=0.01))},
    "the number of tests": {"plan": plan(*CELLS, cell("more"))},
    "the candidate": {"candidate": build("newer")},
    "the baseline": {"baseline": build("older")},
    "no baseline": {"baseline": None},
    "stored values": {"stored": stored(baseline=baseline())},
    "an anchor": {"stored": stored(baseline=baseline(), anchor=baseline())},
    "a recorded spread": {"stored": stored(baseline=baseline(spreads=(SPREAD,)))},
    "a failed install": {
        "candidate": build("new", failures={str(LANE): BuildFailure("no room on the index")})
    },
}


@pytest.mark.parametrize("what", CHANGES)
def test_changed_inputs_are_judged_anew(desk, what):
    """A record holds only while everything that it depends on is the same."""
    desk.run()
    desk.changes = CHANGES[what]
    desk.run()
    assert desk.finished().count(WINE.id) == 2


def test_a_changed_canary_is_judged_anew(desk):
    """The cell's own declaration is among its inputs."""
    desk.run()
    desk.run(replace(WINE, canary=canary(cap=60)))
    assert desk.finished().count(WINE.id) == 2
    assert desk.finished().count(SMOKE.id) == 1


def test_fresh_trains_what_could_be_kept(desk):
    """A fresh run fills every cell again, its attempts included, but each gate only once."""
    desk.run()
    trained = len(desk.trainer.asked)
    desk.changes["fresh"] = True
    desk.run()
    assert desk.kept() == []
    assert len(desk.trainer.asked) == 2 * trained


def test_a_fresh_run_of_many_processes_fills_a_gate_once(desk):
    """What another process of the same run has just filled is taken from it."""
    desk.changes["fresh"] = True
    desk.run(WINE)
    desk.filler().fill(IRIS)
    assert desk.finished().count(SMOKE.id) == 1


def test_a_defect_of_the_harness_is_a_lost_cell(desk):
    """The cell ends with a terminal record that says so, and the defect is raised."""
    desk.loops["wine"] = Breaks()
    with pytest.raises(ZeroDivisionError):
        desk.run()
    last = desk.ledger.written[-1]
    assert (last.cell, last.verdict.status) == (WINE.id, Status.LOST)
    desk.loops["wine"] = Says()
    assert desk.run().status is Status.PASSED


def test_a_cell_ends_with_a_command_that_shows_it_again(desk):
    """The record names the candidate, the baseline and the cell, as a shell reads them."""
    desk.run()
    words = shlex.split(desk.ledger.written[-1].reproduce)
    given = dict(zip(words[4::2], words[5::2], strict=True))
    assert given == {"--candidate": "./new", "--baseline": "./old", "--select": WINE.id}


def test_models_of_good_trainings_are_dropped(desk):
    """A training that succeeded is tidied once its cell is decided, a failed one is left."""
    desk.run()
    assert [a.cell for a in desk.trainer.tidied] == [INSTALL.id, SMOKE.id, WINE.id]
    desk.trainer.script = lambda _: Outcome.CRASHED
    desk.run(IRIS)
    assert len(desk.trainer.tidied) == 3


def test_values_of_another_canary_change_nothing(desk):
    """A record does not depend on what is stored of other canaries."""
    desk.changes["stored"] = stored(baseline=baseline(canary="iris"))
    desk.run()
    desk.changes["stored"] = stored(baseline=baseline(0.4, canary="iris"))
    desk.run()
    assert desk.finished().count(WINE.id) == 1


NOW = "2025-01-01T00:00:00+00:00"


def bench(desk: Desk, **changes: object) -> Workbench:
    """The workbench of a process of this run."""
    return replace(desk.filler().bench, **changes)


@pytest.mark.parametrize(
    ("workers", "events", "slots"),
    [
        (4, [], 5),
        (1, [CellPlanned(NOW, "a")], 1),
        (4, [CellPlanned(NOW, "a")], 4),
        (4, [CellPlanned(NOW, c) for c in "abc"], 2),
        (4, [CellPlanned(NOW, c) for c in "abcdef"], 1),
        (2, [CellPlanned(NOW, "a"), CellKept(NOW, "a"), CellStarted(NOW, "b", 1)], 2),
    ],
)
def test_idle_slots_are_counted_from_the_ledger(desk, workers, events, slots):
    """A cell may train on its own slot, and on those that no open cell wants."""
    desk.ledger.written += events
    assert bench(desk, workers=workers).slots() == slots


def test_a_finished_cell_frees_its_slot(desk):
    """What ended wants no slot any more."""
    desk.run()
    others = len(CELLS) - len(desk.finished())
    assert bench(desk, workers=8).slots() == 1 + 8 - others


def matched(*identical: bool) -> CellFinished:
    """The record of a cell whose first predictions matched so."""
    found = Verdict(Status.PASSED, "Q001", "same", identical=identical)
    return CellFinished(NOW, WINE.id, "inputs", found)


def test_identity_is_believed_while_the_build_repeats_the_baseline(desk):
    """Many single matches of cells that should repeat themselves speak against all."""
    always = baseline(repeats=(Repeats("wine", 30, 30), Repeats("iris", 30, 30)))
    lanes = [Lane(f"3.{minor}") for minor in range(10, 20)]
    cells = [cell("wine", lane=lane) for lane in lanes]
    of = bench(desk, plan=plan(*cells), stored=stored(baseline=always))
    assert of.repeatable()
    for one in cells:
        desk.ledger.append(replace(matched(True, False, False), cell=one.id))
    assert not of.repeatable()
    for one in cells:  # the latest record of a cell counts
        desk.ledger.append(replace(matched(True, True, True), cell=one.id))
    assert of.repeatable()


def test_repeats_of_all_lanes_add_up(desk):
    """How often the last release repeats itself is known by canary, over all lanes."""
    lanes = cell("wine"), cell("wine", lane=Lane("3.12"))
    mine, other = baseline(repeats=(Repeats("wine", 2, 3),)), baseline(repeats=())
    of = bench(desk, plan=plan(*lanes), stored=stored(baseline=mine, anchor=other))
    assert of.repeats() == {"wine": Repeats("wine", 4, 6)}


def references(desk: Desk, of: Canary | None = None, **baselines: Baseline) -> list[str]:
    """The names of what a canary is judged against."""
    loop = canary_loop(bench(desk, stored=stored(**baselines)), of or canary(), LANE)
    return [one.name for one in loop.references]


def test_a_canary_is_judged_against_what_is_stored(desk):
    """The last release first, then the anchor; where nothing is stored, side by side."""
    both = {"baseline": baseline(), "anchor": baseline()}
    assert references(desk, **both) == ["baseline", "anchor"]
    assert references(desk) == []
    assert references(desk, canary(name="iris"), **both) == []


def test_replicates_of_other_data_are_not_used(desk):
    """A dataset that changed since makes the cell train side by side."""
    other = replace(baseline(), replicates=(replace(baseline().replicates[0], data="old"),))
    assert references(desk, baseline=other, anchor=baseline()) == []
    assert references(desk, baseline=baseline(), anchor=other) == ["baseline"]


def test_an_anchor_alone_does_not_stand_in_for_the_last_release(desk):
    """Without replicates of the last release its build is trained beside the candidate."""
    assert references(desk, anchor=baseline()) == []


def test_how_often_changed_builds_match_comes_with_the_loop(desk):
    """A recorded rate is used, and a harmless one is taken for granted where there is none."""
    for touched, rate in ((0.2, 0.2), (None, HARMLESS)):
        more = baseline(repeats=(Repeats("wine", 3, 3, touched),))
        loop = canary_loop(bench(desk, stored=stored(baseline=more)), canary(), LANE)
        assert loop.references[0].touched == rate


def test_spreads_and_salt_come_with_the_loop(desk):
    """A reference knows its metrics' spreads; ties are broken by the candidate's identity."""
    more = baseline(spreads=(SPREAD, replace(SPREAD, canary="iris")))
    loop = canary_loop(bench(desk, stored=stored(baseline=more)), canary(), LANE)
    assert loop.references[0].spreads == {"log_loss": SPREAD}
    assert loop.salt == f"identity-new|wine|{LANE}"
    assert loop.levels == plan(*CELLS).levels
