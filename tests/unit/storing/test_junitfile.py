from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qualify.core.errors import ConfigError
from qualify.storing import guarded, junitfile
from qualify.storing.junitfile import Row, read_junit
from tests.tinyml import variables

PYTEST = """
import pytest


def test_measures(record_property):
    record_property("metric:log_loss", 0.31)
    record_property("margin:log_loss", 0.02)
    record_property("owner", "tabular")


def test_sums():
    assert 1 == 2, "sums"


@pytest.mark.skip(reason="no GPU here")
def test_gpu():
    pass


@pytest.fixture
def device():
    raise RuntimeError("no device")


def test_device(device):
    pass


@pytest.mark.parametrize("text", ["<b>&\\x1b[31m"])
def test_text(text):
    pass
"""
SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.acme.SearchTest"
  tests="4" errors="1" skipped="0" failures="1" time="1,234.5">
  <testcase name="waits" classname="com.acme.SearchTest" time="1,000.5">
    <flakyFailure message="timed out" type="java.lang.AssertionError">
      <stackTrace>at SearchTest.java:12</stackTrace><system-out>x</system-out>
    </flakyFailure>
  </testcase>
  <testcase name="saves" classname="com.acme.SearchTest">
    <failure message="expected &lt;1&gt;" type="AssertionError">at SearchTest.java:30</failure>
    <rerunFailure message="expected &lt;1&gt;" type="AssertionError"/>
  </testcase>
  <testcase name="loads" classname="com.acme.SearchTest">
    <error type="java.io.IOException">java.io.IOException: gone</error>
  </testcase>
</testsuite>
"""
GTEST = """<testsuites tests="3" failures="1" disabled="1" errors="0" name="AllTests">
  <testsuite name="MathTest" tests="3" failures="1" disabled="1" errors="0">
    <testcase name="Adds" status="run" result="completed" time="0.007" classname="MathTest">
      <failure message="Value of: add(1, 1)&#x0A;  Actual: 3" type=""/>
      <failure message="Value of: add(1, -1)" type=""/>
    </testcase>
    <testcase name="Divides" status="run" classname="MathTest">
      <properties><property name="qualify.metric.rmse" value="0.5"/></properties>
    </testcase>
    <testcase name="DISABLED_Roots" status="notrun" result="suppressed" classname="MathTest"/>
  </testsuite>
</testsuites>
"""
JEST = """<testsuites name="jest tests" tests="2" failures="0" errors="1">
  <testsuite name="Forecast" errors="0" failures="0" skipped="1" tests="2">
    <testcase classname="Forecast predicts" name="Forecast predicts" time="0.005"/>
    <testcase classname="Forecast later" name="Forecast later"><skipped/></testcase>
  </testsuite>
  <testsuite name="broken.test.js" errors="1" failures="0" tests="0"/>
</testsuites>
"""
GO = """<testsuites tests="3" failures="1">
  <testsuite name="github.com/acme/forest/tree" tests="2" failures="1">
    <testcase name="TestSplit" classname="tree"><failure message="Failed">t.go:11: sums</failure>
    </testcase>
    <testcase name="TestSplit" classname="tree"/>
  </testsuite>
  <testsuite name="github.com/acme/other/tree" tests="1" failures="0">
    <testcase name="TestSplit" classname="tree"><skipped message="t.go:40: needs a GPU"/></testcase>
  </testsuite>
</testsuites>
"""
NESTED = """<testsuites><testcase name="alone"/><testsuite name="outer">
<testsuite name="inner"><testcase classname="C" name="t"/></testsuite>
<testcase name="u"/></testsuite></testsuites>
"""
MARGIN = """<testsuite>
<testcase name="t"><properties><property name="margin:auc" value="-1"/></properties></testcase>
</testsuite>
"""
BILLION = '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>'
OUTSIDE = '<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>'


def read(tmp_path: Path, text: str | bytes) -> dict[str, Row]:
    path = tmp_path / "junit.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return {row.name: row for row in read_junit(path).rows}


def outcomes(rows: dict[str, Row]) -> dict[str, list[str]]:
    return {name: [e.outcome for e in row.executions] for name, row in rows.items()}


def test_pytest_is_read(tmp_path):
    """What pytest wrote becomes rows with metrics, margins, owners, reasons and last lines."""
    (tmp_path / "test_own.py").write_text(PYTEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    command += ["--junitxml=own.xml"]
    subprocess.run(command, cwd=tmp_path, env=variables(), capture_output=True, check=False)
    rows = {row.name: row for row in read_junit(tmp_path / "own.xml").rows}
    assert outcomes(rows) == {
        "test_own.test_measures": ["passed"],
        "test_own.test_sums": ["failed"],
        "test_own.test_gpu": ["skipped"],
        "test_own.test_device": ["failed"],
        "test_own.test_text[<b>&\\x1b[31m]": ["passed"],
    }
    measured = rows["test_own.test_measures"]
    assert (measured.executions[0].metrics, measured.margins) == (
        {"log_loss": 0.31},
        {"log_loss": 0.02},
    )
    assert (measured.owner, measured.about) == ("tabular", "test_own::test_measures")
    assert rows["test_own.test_gpu"].executions[0].message == "pytest.skip: no GPU here"
    (failed,) = rows["test_own.test_sums"].executions
    assert failed.message.startswith("AssertionError: sums")
    assert failed.tail[-1].startswith("test_own.py:")


def test_surefires_reruns_are_executions(tmp_path):
    """A flaky failure is followed by a pass, a rerun failure is one more failure."""
    rows = read(tmp_path, SUREFIRE)
    assert outcomes(rows) == {
        "com.acme.SearchTest.waits": ["failed", "passed"],
        "com.acme.SearchTest.saves": ["failed", "failed"],
        "com.acme.SearchTest.loads": ["failed"],
    }
    first, last = rows["com.acme.SearchTest.waits"].executions
    assert first.message == "java.lang.AssertionError: timed out"
    assert first.tail == ("at SearchTest.java:12",)
    assert last.seconds == 1000.5
    assert rows["com.acme.SearchTest.loads"].executions[0].message == "java.io.IOException: gone"


def test_gtest_is_read(tmp_path):
    """Two failures of one case are one execution, and a case that was not run is skipped."""
    rows = read(tmp_path, GTEST)
    assert outcomes(rows) == {
        "MathTest.Adds": ["failed"],
        "MathTest.Divides": ["passed"],
        "MathTest.DISABLED_Roots": ["skipped"],
    }
    assert rows["MathTest.Divides"].executions[0].metrics == {"rmse": 0.5}


def test_a_suite_that_counts_more_than_it_names_is_a_red_row(tmp_path):
    """A test file that did not even load is a failure of its suite, not a missing row."""
    rows = read(tmp_path, JEST)
    assert outcomes(rows) == {
        "Forecast predicts": ["passed"],
        "Forecast later": ["skipped"],
        "broken.test.js (suite)": ["failed"],
    }
    empty = read(tmp_path, '<testsuite name="s" tests="5" failures="0"/>')
    assert empty["s (suite)"].executions[0].message == "the suite counts 5 tests and names none"


def test_a_name_twice_is_one_row_and_equal_names_elsewhere_are_another(tmp_path):
    """Repeated cases are executions of one row; packages whose last words agree are told apart."""
    rows = read(tmp_path, GO)
    assert outcomes(rows) == {
        "github.com/acme/forest/tree.TestSplit": ["failed", "passed"],
        "github.com/acme/other/tree.TestSplit": ["skipped"],
    }
    first = rows["github.com/acme/forest/tree.TestSplit"].executions[0]
    assert first.message == "t.go:11: sums"


def test_nested_suites_are_read(tmp_path):
    """Cases are found at every depth, and named by where they stand."""
    assert list(read(tmp_path, NESTED)) == ["alone", "outer.u", "outer.inner.C.t"]


def test_the_environment_of_an_installed_test_is_not_in_its_name(tmp_path):
    """Nor in that of a module that cannot be collected; a parameter keeps what it says."""
    at = "envs.2.0.3.lib.python3.11.site-packages."
    cases = (
        f'<testcase classname="{at}acme.tests.test_x.TestX" name="t[a/b]"/>',
        f'<testcase classname="" name="{at}acme.tests.test_y"/>',
        '<testcase classname="C" name="t[lib/site-packages/x]"/>',
    )
    assert list(read(tmp_path, f'<testsuite name="pytest">{"".join(cases)}</testsuite>')) == [
        "acme.tests.test_x.TestX.t[a/b]",
        "acme.tests.test_y",
        "C.t[lib/site-packages/x]",
    ]


def test_rows_whose_short_names_agree_stay_two(tmp_path):
    """What a short name leaves out comes back where two rows would become one."""
    text = (
        '<testsuites><testsuite name="ab"><testcase classname="b" name="t"/></testsuite>'
        '<testsuite name="ab"><testcase name="t"/></testsuite></testsuites>'
    )
    assert len(read(tmp_path, text)) == 2


def test_a_metric_that_is_no_number_fails_its_row(tmp_path):
    """A test that passed and measured NaN has not passed."""
    case = '<testcase name="t"><properties><property name="metric:auc" value="{}"/></properties>'
    for value in ("nan", "inf", "0,31", "much"):
        text = f"<testsuite name='s'>{case.format(value)}</testcase></testsuite>"
        (execution,) = read(tmp_path, text)["s.t"].executions
        assert (execution.outcome, execution.metrics) == ("failed", {})
        assert execution.message == "auc is not a finite number"


def test_a_status_alone_counts(tmp_path):
    """A case that only says that it failed is not taken for one that passed."""
    rows = read(tmp_path, '<testsuite name="s"><testcase name="t" status="ERROR"/></testsuite>')
    assert outcomes(rows) == {"s.t": ["failed"]}


def test_names_are_one_printable_line_and_not_too_long(tmp_path):
    """Controls and line breaks leave a name; what is too long is cut, and stays another's not."""
    long = "x" * 500
    text = (
        f'<testsuite name="s"><testcase name="a&#10;b&#x202e;c"/><testcase name="{long}1"/>'
        f'<testcase name="{long}2"/></testsuite>'
    )
    names = list(read(tmp_path, text))
    assert names[0] == "s.a b c"
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BILLION, "line 1: a document type or an entity"),
        (OUTSIDE, "line 1: a document type or an entity"),
        ("<testsuite>\n<testcase name='t'>&nbsp;</testcase></testsuite>", "line 2: undefined"),
        ("<testsuite>\n<testcase name='t'>", "line 2: no element found"),
        ("", "line 1: no element found"),
        ("not XML", "line 1: syntax error"),
        ("<html/>", "neither testsuites nor testsuite"),
        ("<testsuite name='s'/>", "there is no test case in it"),
        ("<testsuite>" + "<a>" * 70 + "</a>" * 70 + "</testsuite>", "within one another"),
        (b"<testsuite name='\xff'/>", "line 1: not well-formed"),
        (MARGIN, "line 2: the margin of auc is not a number above 0"),
    ],
)
def test_what_is_no_result_file_is_refused(text, said, tmp_path):
    """The error names the file, the line and a remedy, and nothing outside the file is read."""
    with pytest.raises(ConfigError, match=said) as caught:
        read(tmp_path, text)
    assert "junit.xml" in caught.value.message
    assert caught.value.remedy


def test_sizes_are_capped(tmp_path, monkeypatch):
    """A file that is too large, and one with too many rows, is refused before it costs memory."""
    monkeypatch.setattr(guarded, "MAX_BYTES", 100)
    with pytest.raises(ConfigError, match="larger than"):
        read(tmp_path, GTEST)
    monkeypatch.undo()
    monkeypatch.setattr(junitfile, "MAX_ROWS", 2)
    with pytest.raises(ConfigError, match="3 rows; a grid takes 2"):
        read(tmp_path, GTEST)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    """A name that is no file is said to be none."""
    with pytest.raises(ConfigError, match="there is no file"):
        read_junit(tmp_path)
