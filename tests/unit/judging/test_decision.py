"""The decision on a build."""

from __future__ import annotations

import dataclasses

import pytest

from qualify.core.errors import ExitCode
from qualify.core.matrix import Lane
from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Decision, Finding, Status, Verdict
from qualify.judging.decision import WEIGHTS, decide

LANE = Lane("3.11")


def cell(name: str, stage: str = "main", skip: str = "") -> Cell:
    return Cell("quality", name, LANE, f"suites/quality.py::{name}", stage, skip=skip)


def plan(*cells: Cell) -> Plan:
    texts = {f.name: "x" for f in dataclasses.fields(Plan) if f.default is dataclasses.MISSING}
    return Plan(**{**texts, "cells": cells, "selected": tuple(c.id for c in cells)})


def finding(weight: str = "hold", title: str = "a loss spread over the cells") -> Finding:
    return Finding("R001", title, "the candidates lie above", weight, 0.001, 0.0025)


def decided(
    *statuses: Status, stage: str = "main", findings: tuple[Finding, ...] = (), **views: object
) -> Decision:
    """The decision on cells a, b, c ... with these statuses."""
    cells = [cell(chr(ord("a") + i), stage) for i in range(len(statuses))]
    verdicts = {
        c.id: Verdict(s, "Q002", f"because {s.value}", trainings=3)
        for c, s in zip(cells, statuses, strict=True)
    }
    return decide(plan(*cells), verdicts, findings, **views)


def test_all_green_ships() -> None:
    """Green cells, flaky ones among them, ship a build."""
    decision = decided(Status.PASSED, Status.IMPROVED, Status.FLAKY)
    assert (decision.answer, decision.exit_code) == ("ship", ExitCode.SHIP)
    assert decision.sentence == "SHIP: all 3 cells are green"
    assert decision.trainings == 9
    assert decision.counts == {"passed": 1, "improved": 1, "flaky": 1}


@pytest.mark.parametrize("red", [s for s in Status if s.red])
def test_one_red_cell_holds(red: Status) -> None:
    """A red cell outweighs everything else and is named first."""
    decision = decided(Status.PASSED, Status.LOST, red)
    assert (decision.answer, decision.exit_code) == ("hold", ExitCode.HOLD)
    name = f"quality/c@py311-cpu-locked ({red.value})"
    assert decision.sentence == f"HOLD: 1 of 3 cells is red: {name}"
    assert decision.reasons[0] == f"{name}: because {red.value}"


@pytest.mark.parametrize("status", [s for s in Status if s in WEIGHTS and not s.red])
def test_what_is_not_green_never_ships(status: Status) -> None:
    """Every status that is neither green nor red nor skipped leaves the build undecided."""
    decision = decided(Status.PASSED, status)
    assert decision.answer == "inconclusive"
    assert decision.sentence.startswith("INCONCLUSIVE: 1 of 2 cells is undecided: quality/b@")


def test_every_status_is_weighed() -> None:
    """A status is green, skipped or speaks against shipping."""
    assert {s for s in Status if not s.green} - {Status.SKIPPED} == set(WEIGHTS)


def test_a_planned_cell_without_a_verdict_is_lost() -> None:
    """A missing result is never green."""
    decision = decide(plan(cell("a")), {})
    assert decision.answer == "inconclusive"
    assert decision.counts == {"lost": 1}


def test_a_skipped_cell_needs_no_verdict() -> None:
    """Cells that the plan skips count neither way, and the sentence tells how many they are."""
    cells = cell("a"), cell("b", skip="no GPU on this machine")
    decision = decide(plan(*cells), {cells[0].id: Verdict(Status.PASSED, "Q001", "same")})
    assert decision.sentence == "SHIP: all 1 cells are green (1 skipped)"


def test_a_red_verdict_of_a_skipped_cell_counts() -> None:
    """Evidence outweighs what was planned."""
    skipped = cell("a", skip="no GPU on this machine")
    verdicts = {skipped.id: Verdict(Status.FAILED, "Q101", "crash")}
    assert decide(plan(skipped), verdicts).answer == "hold"


@pytest.mark.parametrize("statuses", [(), (Status.SKIPPED,)])
def test_nothing_trained_is_not_shipped(statuses: tuple[Status, ...]) -> None:
    """A build of which nothing was trained is undecided."""
    assert decided(*statuses).answer == "inconclusive"


def test_smoke_alone_is_not_shipped() -> None:
    """At least one cell of the main stage must be green."""
    decision = decided(Status.PASSED, stage="smoke")
    assert decision.sentence == "INCONCLUSIVE: no cell of the main stage was trained"


def test_cells_that_were_not_selected_do_not_count() -> None:
    """A run of one cell is decided by that cell."""
    whole = plan(cell("a"), cell("b"))
    one = dataclasses.replace(whole, selected=(whole.cells[0].id,))
    verdicts = {whole.cells[0].id: Verdict(Status.PASSED, "Q001", "same")}
    assert decide(one, verdicts).answer == "ship"


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((Status.PASSED, Status.INFRA), ExitCode.INFRASTRUCTURE),
        ((Status.INFRA, Status.GATED), ExitCode.INFRASTRUCTURE),
        ((Status.INFRA, Status.INCONCLUSIVE), ExitCode.INCONCLUSIVE),
        ((Status.GATED, Status.PASSED), ExitCode.INCONCLUSIVE),
        ((Status.INFRA, Status.REGRESSED), ExitCode.HOLD),
    ],
)
def test_only_machines_are_blamed_for_infrastructure(
    statuses: tuple[Status, ...], code: ExitCode
) -> None:
    """Where nothing but machines, and what they gated, is undecided, the exit code says so."""
    assert decided(*statuses).exit_code is code


def test_the_sentence_names_three_and_counts_the_rest() -> None:
    """A long list is cut, the heaviest first; the reasons are complete."""
    decision = decided(*[Status.REGRESSED] * 4, Status.FAILED)
    assert decision.sentence.startswith("HOLD: 5 of 5 cells are red: quality/e@")
    assert decision.sentence.endswith(" and 2 more")
    assert len(decision.reasons) == 5


def test_a_finding_of_all_cells_holds_a_green_build() -> None:
    """What no cell shows alone holds a release, and the sentence says what it is."""
    decision = decided(Status.PASSED, Status.PASSED, findings=(finding(),))
    assert (decision.answer, decision.exit_code) == ("hold", ExitCode.HOLD)
    assert decision.sentence == "HOLD: all cells together show a loss spread over the cells"
    assert decision.reasons == ("a loss spread over the cells: the candidates lie above",)
    assert decision.findings == (finding(),)


def test_an_undecided_finding_never_ships() -> None:
    """Cells that may be green by chance leave the build inconclusive, not to the machines."""
    odd = finding("undecided", "identical predictions")
    decision = decided(Status.PASSED, findings=(odd,))
    assert (decision.answer, decision.exit_code) == ("inconclusive", ExitCode.INCONCLUSIVE)
    assert decision.sentence == "INCONCLUSIVE: identical predictions"
    assert decided(Status.PASSED, Status.INFRA, findings=(odd,)).exit_code is ExitCode.INCONCLUSIVE


def test_a_note_changes_nothing() -> None:
    """A remark is kept and weighs nothing."""
    decision = decided(Status.PASSED, findings=(finding("note"),))
    assert (decision.answer, decision.reasons) == ("ship", ())
    assert decision.findings == (finding("note"),)


def test_findings_and_red_cells_are_told_in_one_sentence() -> None:
    """Cells are named first, then what all show together; findings lead the reasons."""
    undecided = finding("undecided", "identical predictions")
    decision = decided(Status.REGRESSED, Status.PASSED, findings=(undecided, finding()))
    assert decision.sentence == (
        "HOLD: 1 of 2 cells is red: quality/a@py311-cpu-locked (regressed); "
        "all together: a loss spread over the cells, identical predictions"
    )
    assert [reason.split(":")[0] for reason in decision.reasons] == [
        "a loss spread over the cells",
        "identical predictions",
        "quality/a@py311-cpu-locked (regressed)",
    ]


def test_views_of_false_discoveries_are_only_views() -> None:
    """A cell that they name does not hold a release that passed."""
    views = {"e-BH": ("quality/a@py311-cpu-locked",)}
    decision = decided(Status.PASSED, discoveries=views)
    assert (decision.answer, decision.discoveries) == ("ship", views)
