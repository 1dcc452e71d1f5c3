import dataclasses
import json

from qualify.core.changes import FirstBad
from qualify.core.grid import Grid
from qualify.core.verdict import Status
from qualify.rendering.cell_section import cell_section
from qualify.rendering.sentences import sentence
from tests.atlases import atlas
from tests.factories import CELLS, grid

REGRESSED, FAILED, UNPLANNED = CELLS[3], CELLS[7], CELLS[8]


def section(cell, build=0):
    whole = atlas()
    return cell_section(whole, whole.columns[build], cell)


def of_kind(shown, kind):
    return [block for block in shown["blocks"] if block["kind"] == kind]


def titled(shown, start):
    return next(b for b in shown["blocks"] if b["title"].startswith(start))


def about(shown):
    return dict(titled(shown, "About")["rows"])


def test_a_cell_says_its_status_in_a_sentence_first():
    """The head of a section has the status and the sentence that every other place says."""
    column = grid().columns[0]
    shown = section(REGRESSED)
    assert (shown["status"], shown["title"]) == ("regressed", REGRESSED.id)
    assert shown["lead"] == sentence(column, column.squares[REGRESSED.id])


def test_how_to_see_it_again_comes_first():
    """The command that repeats a cell stands before everything else."""
    command = section(REGRESSED)["blocks"][0]
    assert command["kind"] == "command"
    assert command["text"].startswith("qualify reproduce")


def test_a_cell_names_its_owner_and_what_the_rule_said():
    """Owner, trainings spent and the rule's own words are facts."""
    facts = about(section(REGRESSED))
    assert facts["owner"] == "@quality-team"
    assert facts["trainings spent"] == "8"
    assert facts["the rule's words"].endswith("(rule-regressed)")


def test_a_cell_says_which_practices_it_is_evidence_for():
    """The tests of the ML Test Score are named with their titles."""
    whole = grid()
    square = whole.columns[0].squares[REGRESSED.id]
    stands = dataclasses.replace(square.cell, practice=("Infra 1",))
    whole.columns[0].squares[REGRESSED.id] = dataclasses.replace(square, cell=stands)
    facts = about(cell_section(atlas(whole), whole.columns[0], REGRESSED))
    assert facts["evidence for"] == "Infra 1: Training is reproducible"


def test_an_undecided_cell_says_how_many_trainings_would_decide():
    """What an inconclusive cell needs is told."""
    assert about(section(CELLS[4]))["would decide"] == "about 6 more trainings"


def test_metric_evidence_is_two_plots_and_a_column():
    """Each metric has its replicates and its evidence in figures, its numbers in a table."""
    shown = section(REGRESSED)
    rows = dict(titled(shown, "Evidence")["rows"])
    assert rows["metric"] == "log_loss"
    assert rows["n candidate / baseline"] == "8 / 50"
    assert rows["95 % interval"] == "+0.0409 … +0.0751"
    assert rows["margin"] == "0.02 nat"
    strip, path, _ = of_kind(shown, "plot")
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
    shown = cell_section(atlas(Grid("x", (column,))), column, REGRESSED)
    titles = [p["figure"]["layout"]["title"]["text"] for p in of_kind(shown, "plot")]
    assert [title.split(":")[0] for title in titles] == [
        "log_loss [nat], lower is better",
        "log_loss",
        "log_loss · spread",
        "log_loss [nat], lower is better",
        "log_loss [nat], lower is better",
    ]


def test_failures_and_identical_predictions_are_facts():
    """How often both arms failed and how many predictions are identical is told."""
    facts = about(section(REGRESSED))
    assert facts["failures"] == (
        "0 of 8 trainings, 0 of 50 of the baseline's; a rate of 31.2 % is ruled out; "
        "share of α 0.000833"
    )
    assert facts["predictions"] == "0 of 3 bit-identical"


def test_every_attempt_is_listed_with_its_runner():
    """Attempts that failed stand beside those that did not, under the machine's name."""
    rows = titled(section(CELLS[6]), "Attempts")["rows"]
    assert [row[3] for row in rows] == ["crashed"]
    attempts = titled(section(REGRESSED), "Attempts")
    assert attempts["title"] == "Attempts (8) on cpu, AMD EPYC 7763, 2 cores"
    assert len(attempts["rows"]) == 8


def test_the_log_of_an_attempt_folds_out_of_its_message():
    """The end of a failed attempt's log stands behind its message, in the attempt's own row."""
    told = titled(section(FAILED), "Attempts")["rows"][0][-1]
    assert told["text"] == "ValueError: Input contains NaN."
    assert "Traceback" in told["log"]


def test_the_environment_is_compared_with_the_last_build_that_passed():
    """Dependencies that came, went or changed since the last passing build are told first."""
    rows = titled(section(REGRESSED), "What changed since B0001")["rows"]
    assert rows[:3] == [
        ["dependency removed", "dill", "0.3.8", "–"],
        ["dependency changed", "lightgbm", "4.5.0", "4.6.0"],
        ["dependency added", "xgboost", "–", "3.0"],
    ]
    assert {row[0] for row in rows[3:]} == {"source changed"}


def test_a_build_without_details_is_compared_with_all_the_same():
    """The environment of the last passing build comes from its record, not from its column."""
    whole = atlas()
    light = dataclasses.replace(whole, columns=whole.columns[:1])
    shown = cell_section(light, whole.columns[0], REGRESSED)
    assert titled(shown, "What changed since B0001")["rows"]
    bare = dataclasses.replace(light, builds={})
    words = titled(cell_section(bare, whole.columns[0], REGRESSED), "What changed since B0001")
    assert words["text"] == "Its record is not in this grid."


def test_a_cell_that_never_passed_says_so():
    """Where no earlier build was green there is nothing to compare with, and that is said."""
    assert "No earlier build" in titled(section(REGRESSED, build=2), "What changed")["text"]


def test_the_history_says_since_when_a_cell_is_red():
    """The first bad build, the steps and the way to the whole row are part of a cell's history."""
    whole = dataclasses.replace(
        atlas(), bad={REGRESSED.id: FirstBad(REGRESSED.id, "B0001", "B0003", ("B0002",))}
    )
    shown = cell_section(whole, whole.columns[0], REGRESSED)
    facts = dict(titled(shown, "History")["rows"])
    assert facts["first bad build"].startswith("red since B0003; came after B0001")
    assert facts["all builds"]["href"] == "#row=quality/breast_cancer%40py311-cpu-locked"


def test_the_history_of_a_cell_without_metrics_is_its_statuses():
    """A check has a ribbon of statuses where a canary has a figure."""
    (ribbon,) = of_kind(section(FAILED), "ribbon")
    assert [mark["status"] for mark, _, _ in ribbon["rows"]] == [
        "failed",
        "not scheduled",
        "passed",
    ]
    assert not of_kind(section(REGRESSED), "ribbon")


def test_an_unplanned_cell_has_a_section_too():
    """A square that is not scheduled opens and says what that means."""
    shown = section(UNPLANNED, build=1)
    assert shown["status"] == Status.NOT_SCHEDULED.value
    assert shown["blocks"] == []


def test_a_section_is_json():
    """Nothing in the section of any square keeps it from being written as strict JSON."""
    whole = atlas()
    for column in whole.columns:
        for square in column.squares.values():
            assert json.dumps(cell_section(whole, column, square.cell), allow_nan=False)
