import dataclasses
import math
from xml.etree import ElementTree as ET

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import Status
from qualify.rendering.junit import junit
from qualify.storing.junitfile import read_junit
from tests.factories import CELLS, attempt, build, column, grid, square


def parse(shown):
    return ET.fromstring(junit(shown))  # noqa: S314 -- our own output


def case(one):
    return parse(column(build("B1", "1", "2025-01-01"), "hold", one)).find(".//testcase")


def test_a_suite_each_and_a_case_per_cell():
    """Suites become testsuites, cells testcases named by their identifiers."""
    root = parse(grid().columns[0])
    assert [s.get("name") for s in root][:3] == ["build", "smoke", "quality"]
    names = {(c.get("classname"), c.get("name")) for c in root.iter("testcase")}
    assert names >= {(c.suite, c.id) for c in CELLS}
    plain = parse(grid().columns[1])
    assert (plain.get("tests"), plain.get("errors"), plain.get("skipped")) == ("7", "3", "3")


def test_what_holds_a_release_is_a_failure():
    """A finding is a case of its own: it fails where it weighs, and passes where it is a note."""
    suite = parse(grid().columns[0]).find("testsuite[@name='findings']")
    failures = [case.find("failure") for case in suite.findall("testcase")]
    assert [None if f is None else f.get("type") for f in failures] == ["hold", "undecided", None]
    held = {p.get("name"): p.get("value") for p in suite.find("testcase").iter("property")}
    assert held == {"weight": "hold", "p_value": "0.000183", "alpha": "0.0025"}


def test_findings_of_one_kind_have_names_of_their_own():
    """Two findings of a code are two cases, the first under the name that it always has."""
    shown = grid().columns[0]
    twice = dataclasses.replace(shown.decision, findings=shown.decision.findings[:1] * 2)
    suite = parse(dataclasses.replace(shown, decision=twice)).find("testsuite[@name='findings']")
    name = "R001 a loss spread over the cells"
    assert [case.get("name") for case in suite.findall("testcase")] == [name, f"{name} (2)"]


@pytest.mark.parametrize(
    ("status", "tag"),
    [
        (Status.REGRESSED, "failure"),
        (Status.FAILED, "failure"),
        (Status.TIMEOUT, "failure"),
        (Status.INCONCLUSIVE, "failure"),
        (Status.INFRA, "error"),
        (Status.LOST, "error"),
        (Status.RUNNING, "error"),
        (Status.GATED, "skipped"),
        (Status.SKIPPED, "skipped"),
    ],
)
def test_a_missing_result_is_never_green(status, tag):
    """Whatever is not green has a result whose type is the status and whose message says why."""
    result = case(square(CELLS[3], status)).find(tag)
    assert result.get("type") == status.value
    assert result.get("message").startswith(f"{status.value}: ")


@pytest.mark.parametrize("status", [s for s in Status if s.green])
def test_green_cells_pass(status):
    """What counts for shipping has no failure, error or skip."""
    tags = {child.tag for child in case(square(CELLS[3], status))}
    assert not tags & {"failure", "error", "skipped"}


def test_metrics_are_properties():
    """Effect, interval, counts and status of each metric can be read by other tools."""
    shown = case(square(CELLS[3], Status.REGRESSED))
    held = {p.get("name"): p.get("value") for p in shown.iter("property")}
    assert held["metric.log_loss.status"] == "regressed"
    assert float(held["metric.log_loss.effect"]) == pytest.approx(0.058)
    assert float(held["metric.log_loss.lower"]) < float(held["metric.log_loss.upper"])
    assert (held["metric.log_loss.n"], held["metric.log_loss.baseline_n"]) == ("8", "50")
    assert (held["trainings"], held["identical"], held["failures.failed"]) == ("8", "0 of 3", "0")


def test_infinite_bounds_are_left_out():
    """A property is a finite number or is not there."""
    one = square(CELLS[3], Status.REGRESSED)
    metric = dataclasses.replace(one.verdict.metrics[0], interval=(-math.inf, 0.1))
    verdict = dataclasses.replace(one.verdict, metrics=(metric,))
    held = {p.get("name") for p in case(dataclasses.replace(one, verdict=verdict)).iter("property")}
    assert "metric.log_loss.upper" in held
    assert "metric.log_loss.lower" not in held


def test_the_time_is_that_of_all_attempts():
    """A case takes as long as its attempts together, the failed ones too."""
    one = dataclasses.replace(square(CELLS[3]), attempts=(attempt("x", 0), attempt("x", 1)))
    assert float(case(one).get("time")) == pytest.approx(26.0)


def test_no_retry_hides():
    """Every attempt is told in the output of a green case, a failed one with its log."""
    tried = (attempt("x", 0, 1, Outcome.CRASHED), attempt("x", 0, 2))
    out = case(dataclasses.replace(square(CELLS[3]), attempts=tried)).find("system-out").text
    assert "seed 0 attempt 1: crashed: ValueError" in out
    assert "Traceback" in out
    assert "seed 0 attempt 2: ok in 12.5 s" in out


def reruns(status, *attempts):
    shown = case(dataclasses.replace(square(CELLS[3], status), attempts=attempts))
    tags = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
    return [(e.tag, e.get("type")) for e in shown if e.tag in tags]


def test_flaky_attempts_are_elements_as_surefire_has_them():
    """What failed and was tried again is flaky: a failure, or an error where the process died."""
    tried = (
        attempt("x", 0, 1, Outcome.ERROR),
        attempt("x", 0, 2, Outcome.CRASHED),
        attempt("x", 0, 3),
    )
    assert reruns(Status.PASSED, *tried) == [("flakyFailure", "error"), ("flakyError", "crashed")]


def test_attempts_of_a_red_cell_are_reruns():
    """Each failed attempt stands beside the failure, with its message and the end of its log."""
    tried = (attempt("x", 0, 1, Outcome.ERROR), attempt("x", 1, 1, Outcome.TIMEOUT))
    assert reruns(Status.FAILED, *tried) == [("rerunFailure", "error"), ("rerunError", "timeout")]
    shown = case(dataclasses.replace(square(CELLS[3], Status.FAILED), attempts=tried))
    assert shown.find("rerunFailure").get("message").startswith("seed 0 attempt 1: ValueError")
    assert "Traceback" in shown.find("rerunFailure/stackTrace").text


def test_an_error_that_was_asked_for_is_no_flake():
    """A check that promises a refusal passes with an attempt that ends in an error."""
    assert reruns(Status.PASSED, attempt("x", 0, 1, Outcome.ERROR)) == []


def test_the_baseline_s_failures_are_not_the_candidate_s():
    """An attempt of the baseline that failed is told, but makes no case flaky."""
    theirs = dataclasses.replace(attempt("x", 0, 1, Outcome.ERROR), arm="baseline")
    assert reruns(Status.FLAKY, theirs, attempt("x", 0, 2)) == []


def test_reruns_read_back(tmp_path):
    """What is written as flaky is read as executions that failed before one that passed."""
    tried = (attempt("x", 0, 1, Outcome.CRASHED), attempt("x", 0, 2))
    flaky = dataclasses.replace(square(CELLS[3]), attempts=tried)
    path = tmp_path / "junit.xml"
    path.write_text(junit(column(build("B1", "1", "2025-01-01"), "ship", flaky)))
    (row,) = read_junit(path).rows
    assert [one.outcome for one in row.executions] == ["failed", "passed"]


def test_a_case_names_the_practices_that_it_is_evidence_for():
    """What a score of practices is made of can be read off the JUnit file."""
    one = square(dataclasses.replace(CELLS[3], practice=("Infra 1", "Monitor 7")), Status.PASSED)
    told = {p.get("name"): p.get("value") for p in case(one).iter("property")}
    assert told["practice"] == "Infra 1, Monitor 7"
