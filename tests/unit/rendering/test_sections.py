import dataclasses
import json

from qualify.core.candidate import BuildFailure
from qualify.core.verdict import Status
from qualify.rendering.build_section import build_section
from qualify.rendering.cell_section import cell_section
from tests.factories import CELLS, grid

REGRESSED, FAILED, UNPLANNED = CELLS[3], CELLS[7], CELLS[8]


def section(cell, build=0):
    whole = grid()
    return cell_section(whole, whole.columns[build], cell)


def of_kind(shown, kind):
    return [block for block in shown["blocks"] if block["kind"] == kind]


def titled(shown, start):
    return next(b for b in shown["blocks"] if b["title"].startswith(start))


def test_a_cell_says_its_status_and_reason_first():
    """The head of a section has the status and its reason in one sentence."""
    shown = section(REGRESSED)
    assert (shown["status"], shown["title"]) == ("regressed", REGRESSED.id)
    assert shown["lead"].startswith("log_loss is worse")


def test_a_cell_names_its_owner_and_how_to_see_it_again():
    """Owner, subject and trainings spent are facts; the reproduction is a command."""
    shown = section(REGRESSED)
    facts = {row[0]: row[1] for row in shown["blocks"][0]["rows"]}
    assert facts["owner"] == "@quality-team"
    assert facts["trainings spent"] == "8"
    assert of_kind(shown, "command")[0]["text"].startswith("qualify reproduce")


def test_an_undecided_cell_says_how_many_trainings_would_decide():
    """What an inconclusive cell needs is told."""
    facts = {row[0]: row[1] for row in section(CELLS[4])["blocks"][0]["rows"]}
    assert facts["would decide"] == "about 6 more trainings"


def test_metric_evidence_is_a_row_and_a_plot():
    """Each metric has its numbers in a table and its replicates in a figure."""
    shown = section(REGRESSED)
    row = titled(shown, "Evidence")["rows"][0]
    assert row[0] == "log_loss"
    assert row[2:6] == ["8", "+0.058", "+0.049 … +0.067", "0.02 nat"]
    assert of_kind(shown, "plot")[0]["figure"]["data"]


def test_every_attempt_is_listed():
    """Attempts that failed stand beside those that did not."""
    rows = titled(section(CELLS[6]), "Attempts")["rows"]
    assert [row[3] for row in rows] == ["crashed"]
    assert len(titled(section(REGRESSED), "Attempts")["rows"]) == 8


def test_the_environment_is_compared_with_the_last_build_that_passed():
    """Dependencies that came, went or changed since the last green build are told."""
    rows = titled(section(REGRESSED), "What changed since B0001")["rows"]
    assert ["changed", "lightgbm", "4.5.0", "4.6.0"] in rows
    assert ["removed", "dill", "0.3.8", "–"] in rows
    assert ["added", "xgboost", "–", "3.0"] in rows


def test_a_cell_that_never_passed_says_so():
    """Where no earlier build was green there is nothing to compare with, and that is said."""
    assert "No earlier build" in titled(section(REGRESSED, build=2), "What changed")["text"]


def test_failed_attempts_show_the_end_of_their_logs():
    """The log tail of a failed attempt is part of the section."""
    assert "Traceback" in of_kind(section(FAILED), "log")[0]["text"]


def test_an_unplanned_cell_has_a_section_too():
    """A square that is not scheduled opens and says what that means."""
    shown = section(UNPLANNED, build=1)
    assert shown["status"] == Status.NOT_SCHEDULED.value
    assert shown["blocks"] == []


def test_a_build_lists_what_is_not_green():
    """The build's section links to each cell that is not green, with its reason."""
    shown = build_section(grid().columns[0])
    rows = titled(shown, "Cells that are not green")["rows"]
    assert [row[0]["status"] for row in rows] == ["regressed", "inconclusive", "failed", "timeout"]
    assert rows[0][1]["href"].startswith("#cell=quality/breast_cancer%40")


def test_a_build_tells_where_it_comes_from():
    """Provenance and the lock of each lane are part of the build's section."""
    shown = build_section(grid().columns[0])
    facts = dict(titled(shown, "Provenance")["rows"])
    assert facts["source"] == "flaml==2.3.5"
    assert "lightgbm==4.6.0" in titled(shown, "Lock of py311-cpu-locked")["text"]


def test_a_build_that_failed_shows_the_telling_lines():
    """Why a wheel or an environment could not be made is shown with the log's lines."""
    column = grid().columns[1]
    failure = BuildFailure("no compiler", ("error: gcc not found",), "build.log")
    broken = dataclasses.replace(column.build, failure=failure, wheel=None)
    shown = build_section(dataclasses.replace(column, build=broken))
    assert "no compiler" in titled(shown, "The wheel could not be built")["text"]
    assert "gcc not found" in json.dumps(of_kind(shown, "log"))
    assert titled(shown, "The environment of py311-cpu-locked could not be made")
