from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualify.config import Config
from qualify.core.errors import CandidateError, ConfigError
from qualify.core.event import AttemptFinished, CellFinished, CellPlanned
from qualify.core.verdict import Status, Verdict
from qualify.rendering.junit import junit
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column
from qualify.storing.junitfile import read_junit
from qualify.verbs.ingesting.ingest import Ingested, column_of, ingest
from qualify.verbs.publishing.grid import grid
from qualify.wiring import Context
from tests.fakes import build, cell, plan

ONE, TWO, THREE = (f"acme=={n}.0" for n in (1, 2, 3))
PASSED, FAILED = '<testcase name="t"/>', '<testcase name="t"><failure message="broke"/></testcase>'
SKIPPED = '<testcase name="t"><skipped message="no GPU"/></testcase>'


class Acme:
    """A target of another language: a work folder, and files of results."""

    def __init__(self, root: Path) -> None:
        target = {"name": "acme", "candidate": TWO, "baseline": ONE}
        self.context = Context(Config.model_validate({"target": target}), root, print)
        self.files = 0

    def file(self, *cases: str) -> Path:
        """Another file of results, which no other equals."""
        self.files += 1
        path = self.context.root / f"{self.files}.xml"
        path.write_text(f'<testsuite name="s" id="{self.files}">{"".join(cases)}</testsuite>')
        return path

    def take(self, label: str, *files: Path) -> Ingested:
        """Ingest into the column of a candidate."""
        return ingest(self.context, column_of(self.context, label), files, "java")

    def status(self, label: str, *cases: str) -> Status:
        """Ingest a file of one test."""
        return self.take(label, self.file(*cases)).rows["java/s.t"]


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    return Acme(tmp_path)


def bytes_of(folder: BuildFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.iterdir()}


def test_rows_decide_and_are_drawn(acme):
    """Ingested rows are in the decision, the grid and the JUnit of the build."""
    done = acme.take(ONE, acme.file(PASSED, '<testcase name="u"><error>gone</error></testcase>'))
    assert done.rows == {"java/s.t": Status.PASSED, "java/s.u": Status.FAILED}
    assert done.decision.answer == "hold"
    drawn = grid(acme.context)
    assert [c.id for c in drawn.rows()] == ["java/s.t", "java/s.u"]
    text = junit(drawn.columns[0])
    assert 'classname="java"' in text
    assert "candidate seed 0 attempt 1: error: gone" in text


def test_the_same_file_twice_changes_nothing(acme):
    """Not a byte of the ledger and of the plan, whatever the file is called."""
    file = acme.file(PASSED, SKIPPED.replace('"t"', '"u"'))
    acme.take(ONE, file)
    folder = column_of(acme.context, ONE)
    before = bytes_of(folder)
    copy = file.with_name("copy.xml")
    copy.write_bytes(file.read_bytes())
    again = acme.take(ONE, file, copy)
    assert again.changed == ()
    assert bytes_of(folder) == before


def test_reruns_in_another_file_do_not_hide_a_failure(acme):
    """A build whose test failed and passed in a second run of the tests is flaky, not passed."""
    assert acme.status(ONE, FAILED) is Status.FAILED
    assert acme.status(ONE, PASSED) is Status.FLAKY
    assert acme.status(ONE, SKIPPED) is Status.FLAKY


def test_what_the_baseline_fails_is_no_regression(acme):
    """A test that the baseline's own results fail as well is flaky."""
    assert acme.status(ONE, FAILED) is Status.FAILED
    assert acme.status(TWO, FAILED) is Status.FLAKY


def test_a_failure_that_nobody_mended_stays_one(acme):
    """A test that fails in build after build is not excused by having failed before."""
    assert acme.status(ONE, PASSED) is Status.PASSED
    assert acme.status(TWO, FAILED) is Status.FAILED
    assert acme.status(THREE, FAILED) is Status.FAILED


def test_failures_that_passed_again_are_history(tmp_path):
    """A test that failed and recovered in earlier builds is undecided when it fails once more."""
    acme = Acme(tmp_path)
    for number in range(10, 14):
        acme.status(f"acme=={number}.0", FAILED if number % 2 else PASSED)
    acme.status("acme==14.0", PASSED)
    assert acme.status("acme==15.0", FAILED) is Status.INCONCLUSIVE


def test_metrics_are_compared_with_the_baselines(acme):
    """A metric beyond its margin is undecided by one value, and the decision says so."""
    case = (
        '<testcase name="t"><properties><property name="metric:log_loss" value="{}"/>'
        '<property name="margin:log_loss" value="0.02"/></properties></testcase>'
    )
    assert acme.status(ONE, case.format(0.3)) is Status.PASSED
    done = acme.take(TWO, acme.file(case.format(0.5)))
    assert done.decision.answer == "inconclusive"
    drawn = column(column_of(acme.context, TWO), done.decision)
    (metric,) = drawn.squares["java/s.t"].verdict.metrics
    assert (metric.candidate, metric.baseline) == ((0.5,), (0.3,))
    assert "metric.log_loss.effect" in junit(drawn)


def test_what_is_missing_is_told(acme):
    """Rows that the last build has and this one has not are named."""
    acme.take(ONE, acme.file(PASSED, '<testcase name="u"/>'))
    assert acme.take(TWO, acme.file(PASSED)).missing == ("java/s.u",)


def test_a_label_names_one_column(acme):
    """The same candidate is the same build, and what names none is refused."""
    assert column_of(acme.context, ONE).id == column_of(acme.context, ONE).id == "B0001"
    assert column_of(acme.context, TWO).id == "B0002"
    with pytest.raises(CandidateError, match="does not name one version"):
        column_of(acme.context, "acme")


@pytest.fixture
def trained(acme) -> BuildFolder:
    """A build that has a trained cell without a lane, as the build's own check is."""
    folder = acme.context.shelf.take("trained")
    mine = cell("build", stage="build", lane=None)
    folder.save_plan(plan(mine, target="acme", build=folder.id, adapter="flaml"))
    folder.save_candidate(build(folder.id, target="acme"))
    folder.ledger.append(CellFinished("2025", mine.id, "", Verdict(Status.FAILED, "x", "broken")))
    return folder


def test_a_result_file_cannot_speak_for_a_trained_cell(acme, trained):
    """A row that the suites declare is refused, and the file changes nothing."""
    before = bytes_of(trained)
    file = acme.file('<testcase name="build"/>').rename(acme.context.root / "x.xml")
    file.write_text('<testsuite name=""><testcase name="build"/></testsuite>')
    assert [row.name for row in read_junit(file).rows] == ["build"]
    with pytest.raises(ConfigError, match="quality/build is a cell of the suites"):
        ingest(acme.context, trained, [file], "quality")
    after = bytes_of(trained)
    after.pop("ingest.lock", None)
    assert after == before


def test_a_suite_must_have_a_name(acme, trained):
    """A suite that would break a row's identifier is refused."""
    with pytest.raises(ConfigError, match="cannot name a suite"):
        ingest(acme.context, trained, [acme.file(PASSED)], "a/b")


def test_cells_that_are_being_filled_are_left_alone(acme, trained):
    """While a run is at work rows are added, and nothing is closed or decided."""
    trained.ledger.append(CellPlanned("2025", "quality/wine"))
    done = ingest(acme.context, trained, [acme.file(PASSED)], "java")
    assert done.decision is None
    assert trained.decision() is None
    finished = [e.cell for e in trained.ledger.events() if isinstance(e, CellFinished)]
    assert "quality/wine" not in finished


def test_a_later_plan_keeps_the_rows(acme, trained):
    """A run that plans the suites anew does not drop what was ingested."""
    ingest(acme.context, trained, [acme.file(PASSED)], "java")
    again = plan(
        cell("build", stage="build", lane=None), target="acme", build=trained.id, adapter="flaml"
    )
    trained.save_plan(again)
    assert [c.id for c in trained.plan().cells] == ["quality/build", "java/s.t"]


def test_a_row_whose_record_was_torn_is_written_again(acme):
    """A crash between the executions and the verdict is mended by the same file."""
    file = acme.file(FAILED, PASSED)
    acme.take(ONE, file)
    folder = column_of(acme.context, ONE)
    path = folder.path / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    done = acme.take(ONE, file)
    assert done.changed == ("java/s.t",)
    events = list(folder.ledger.events())
    assert sum(isinstance(e, AttemptFinished) for e in events) == 2
    assert replace(done, changed=()) == acme.take(ONE, file)
