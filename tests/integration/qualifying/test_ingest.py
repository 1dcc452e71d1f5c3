"""Results of another runner beside trained cells, by the command line alone."""

from __future__ import annotations

import json

from qualify.storing.junitfile import read_junit
from tests.tinyml import ALL, Project

MAVEN = """<testsuite name="com.acme.SearchTest" tests="3" failures="1" errors="0">
  <testcase name="trains" classname="com.acme.SearchTest" time="0.4"/>
  <testcase name="waits" classname="com.acme.SearchTest">
    <flakyFailure message="timed out" type="AssertionError"/>
  </testcase>
  <testcase name="saves" classname="com.acme.SearchTest">
    <failure message="&lt;script&gt;alert(1)&lt;/script&gt;" type="AssertionError">gone</failure>
  </testcase>
</testsuite>
"""
TRAINS, WAITS, SAVES = (f"java/com.acme.SearchTest.{n}" for n in ("trains", "waits", "saves"))
ROWS = {TRAINS: "passed", WAITS: "flaky", SAVES: "failed"}


def ingested(project: Project, text: str = MAVEN) -> None:
    project.write("maven.xml", text)
    ran = project.run("ingest", "maven.xml", "--build", "B0001", "--suite", "java", "--json")
    assert ran.code == 0, ran.err
    assert ran.answer["rows"] == {row: ROWS[row] for row in ran.answer["rows"]}


def test_rows_stand_beside_trained_cells(qualified: Project):
    """The decision, the grid and the JUnit of a build hold both, and hostile text is escaped."""
    ingested(qualified)
    judged = qualified.run("judge", "--json")
    assert judged.code == 1
    assert judged.cells == {**dict.fromkeys(ALL, "passed"), **ROWS}
    drawn = qualified.run("grid", "--out", "page.html")
    assert drawn.code == 0, drawn.err
    page = (qualified.root / "page.html").read_text()
    assert SAVES in page
    assert "<script>alert" not in page
    exported = read_junit(qualified.root / ".qualify" / "builds" / "B0001" / "junit.xml")
    assert {row.about.split("::")[-1] for row in exported.rows} >= {*ALL, *ROWS}


def test_rows_survive_another_run_of_the_build(qualified: Project):
    """A run that keeps every trained cell keeps the rows, and says what they say of the whole."""
    ingested(qualified)
    ran = qualified.run("run", "--json")
    assert ran.code == 0, ran.err
    judged = qualified.run("judge", "--json")
    assert judged.code == 1
    assert judged.cells == {**dict.fromkeys(ALL, "passed"), **ROWS}


def test_a_build_of_results_only_is_a_column(qualified: Project):
    """A candidate that nobody built here has its column, named by what it is."""
    qualified.write("maven.xml", MAVEN)
    asked = ("ingest", "maven.xml", "--candidate", "tinyml==2.0", "--json")
    first, second = qualified.run(*asked), qualified.run(*asked)
    assert (first.code, second.code) == (0, 0), first.err
    assert json.loads(second.out) == {**first.answer, "changed": []}
    assert first.answer["build"] == "B0002"
    assert qualified.run("judge", "--build", "B0002").code == 1


def test_what_cannot_be_ingested_ends_with_a_remedy(qualified: Project):
    """No build, two builds, an unknown build and a broken file each say what to do."""
    qualified.write("maven.xml", MAVEN)
    qualified.write("broken.xml", MAVEN.replace("</testsuite>", ""))
    for arguments, said in (
        (("maven.xml",), "--build B0001 or --candidate"),
        (("maven.xml", "--build", "B0009"), "there is no build 'B0009'"),
        (("broken.xml", "--build", "B0001"), "broken.xml: line 10: no element found"),
        (("absent.xml", "--build", "B0001"), "there is no file absent.xml"),
    ):
        ran = qualified.run("ingest", *arguments)
        assert ran.code == 2
        assert said in ran.err
