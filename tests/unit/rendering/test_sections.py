import dataclasses
import json

from qualify.core.candidate import BuildFailure
from qualify.core.grid import Grid
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


def test_a_cell_says_which_practices_it_is_evidence_for():
    """The tests of the ML Test Score are named with their titles."""
    whole = grid()
    square = whole.columns[0].squares[REGRESSED.id]
    stands = dataclasses.replace(square.cell, practice=("Infra 1",))
    whole.columns[0].squares[REGRESSED.id] = dataclasses.replace(square, cell=stands)
    facts = dict(cell_section(whole, whole.columns[0], REGRESSED)["blocks"][0]["rows"])
    assert facts["evidence for"] == "Infra 1: Training is reproducible"


def test_an_undecided_cell_says_how_many_trainings_would_decide():
    """What an inconclusive cell needs is told."""
    facts = {row[0]: row[1] for row in section(CELLS[4])["blocks"][0]["rows"]}
    assert facts["would decide"] == "about 6 more trainings"


def test_metric_evidence_is_a_column_and_two_plots():
    """Each metric has its numbers in a table, its replicates and its evidence in figures."""
    shown = section(REGRESSED)
    rows = dict(titled(shown, "Evidence")["rows"])
    assert rows["metric"] == "log_loss"
    assert rows["n candidate / baseline"] == "8 / 50"
    assert rows["95 % interval"] == "+0.0409 … +0.0751"
    assert rows["margin"] == "0.02 nat"
    strip, path = of_kind(shown, "plot")
    assert (len(strip["figure"]["data"]), len(path["figure"]["data"])) == (2, 2)
    assert (strip["beside"], path["beside"]) == (False, True)


def test_the_same_replicates_are_drawn_once():
    """A metric's spread has its evidence drawn, but not the replicates once more."""
    whole = grid()
    one = whole.columns[0].squares[REGRESSED.id]
    metric = one.verdict.metrics[0]
    spread = dataclasses.replace(metric, test="spread")
    anchor = dataclasses.replace(metric, against="anchor", worse=(), within=())
    verdict = dataclasses.replace(one.verdict, metrics=(metric, spread, anchor))
    column = dataclasses.replace(
        whole.columns[0], squares={REGRESSED.id: dataclasses.replace(one, verdict=verdict)}
    )
    shown = cell_section(Grid("x", (column,)), column, REGRESSED)
    titles = [p["figure"]["layout"]["title"]["text"] for p in of_kind(shown, "plot")]
    assert [title.split(":")[0] for title in titles] == [
        "log_loss [nat], lower is better",
        "log_loss",
        "log_loss · spread",
        "log_loss [nat], lower is better",
    ]


def test_failures_and_identical_predictions_are_facts():
    """How often both arms failed and how many predictions are identical is told."""
    facts = dict(section(REGRESSED)["blocks"][0]["rows"])
    assert facts["failures"] == (
        "0 of 8 trainings, 0 of 50 of the baseline's; a rate of 31.2 % is ruled out; "
        "share of α 0.000833"
    )
    assert facts["predictions"] == "0 of 3 bit-identical"


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


def test_a_build_shows_what_its_cells_show_together():
    """Findings have what they mean, their p-value and their share; reasons are told once."""
    column = grid().columns[0]
    shown = build_section(column)
    rows = titled(shown, "What the cells show together")["rows"]
    assert [row[1]["weight"] for row in rows] == ["hold", "undecided", "note"]
    assert rows[0][2:4] == ["0.000183", "0.0025"]
    assert "R001" in rows[0][4]
    assert json.dumps(shown).count(column.decision.findings[0].reason) == 1


def test_a_reason_that_no_table_tells_is_told():
    """What is neither a cell's nor a finding's reason stands under the decision."""
    column = grid().columns[0]
    decision = dataclasses.replace(column.decision, reasons=("nothing was trained",))
    shown = build_section(dataclasses.replace(column, decision=decision))
    assert titled(shown, "Why")["rows"] == [["nothing was trained"]]


def test_secondary_views_name_cells():
    """The cells that views of the false discovery rate name are links, view beside view."""
    column = grid().columns[0]
    table = titled(build_section(column), "Second opinion")
    assert table["head"] == ["cell", "Benjamini-Hochberg", "e-BH"]
    assert table["rows"][0][0]["text"] == REGRESSED.id
    none = dataclasses.replace(column.decision, discoveries={"e-BH": ()})
    shown = build_section(dataclasses.replace(column, decision=none))
    assert titled(shown, "Second opinion")["text"] == "No cell is named by e-BH."


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
