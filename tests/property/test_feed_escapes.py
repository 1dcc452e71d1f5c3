"""Whatever a name says, what is published stays well-formed, and says it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import tempfile
from array import array
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.core.atlas import Atlas
from qualify.core.grid import Grid
from qualify.core.overview import BuildHead, Point, RowHead, overview
from qualify.core.summing import summed
from qualify.core.verdict import Finding, Status
from qualify.rendering.annotations import workflow_commands
from qualify.rendering.badge import badge
from qualify.rendering.feed import feed
from qualify.rendering.overview_csv import overview_csv
from qualify.rendering.sarif import sarif
from qualify.rendering.text import one_line, printable
from qualify.storing.api import dumped, matrix, write_api
from tests.factories import build, cell, column, square

NASTY = (
    "</title><script>",
    "]]>&#0;",
    "\"' onload=x",
    "\x00\x1b[31m",
    "a,b\n::error::c%0A",
    "=1+1",
)
# What a ledger cannot hold, no name is: JSON has no lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(NASTY)
NOW = "2025-03-05T00:00:00+00:00"
FLOATS = st.floats(width=32)


def hostile(words: str) -> Grid:
    """A build in which names, reasons, owners and findings all say `words`."""
    of = dataclasses.replace(cell("quality", words), owner=words, about=words, node=words)
    one = square(of, Status.REGRESSED)
    verdict = dataclasses.replace(one.verdict, reason=words, code=words)
    whole = dataclasses.replace(one, verdict=verdict, reproduce=words)
    made = dataclasses.replace(build(f"B {words}", words, "2025-01-01"), target=words)
    shown = column(made, "hold", whole)
    finding = Finding(f"F {words}", words, words, "hold", 0.01, 0.02)
    decision = dataclasses.replace(shown.decision, findings=(finding,), sentence=words)
    return Grid(words, (dataclasses.replace(shown, decision=decision),))


@settings(deadline=None)
@given(TEXT)
def test_any_text_survives_in_feed_and_badge(words: str):
    """Both parse as XML, and say the words."""
    of = summed(hostile(words))
    root = ET.fromstring(feed(of, NOW).encode())  # noqa: S314 -- our own output
    atom = "{http://www.w3.org/2005/Atom}"
    title = root.find(f"{atom}entry/{atom}title").text
    assert title == one_line(f"✕ hold: {words} {words} (B {words})")
    drawn = ET.fromstring(badge(of).encode())  # noqa: S314
    assert drawn.get("aria-label").startswith("qualify: ✕")


@settings(deadline=None)
@given(TEXT)
def test_any_text_survives_in_sarif(words: str):
    """The log is JSON whose result names the cell."""
    run = json.loads(sarif(hostile(words).columns[0]))["runs"][0]
    named = run["results"][-1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    assert named == printable(cell("quality", words).id)
    assert all(one["message"]["text"] for one in run["results"])


@settings(deadline=None)
@given(TEXT)
def test_any_text_stays_one_command(words: str):
    """Each annotation is one line that begins as it should."""
    lines = workflow_commands(hostile(words).columns[0]).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::notice", "::error", "::error"]


@settings(deadline=None, max_examples=25)
@given(TEXT)
def test_any_text_survives_in_the_json_interface(words: str):
    """Every document parses, and a build is found under the address that the list gives."""
    of = hostile(words)
    with tempfile.TemporaryDirectory() as name:
        home = write_api(Atlas(summed(of), of.columns), NOW, Path(name)).parent
        (listed,) = json.loads((home / "builds.json").read_text("utf-8"))["builds"]
        found = json.loads((home / listed["url"]).read_text("utf-8"))
    assert listed["head"]["version"] == words
    assert found["cells"][0]["verdict"]["reason"] == words


@st.composite
def overviews(draw: st.DrawFn):
    """Rows and builds with any names and numbers."""
    names = st.lists(TEXT, min_size=1, max_size=3, unique_by=printable)
    builds = [BuildHead(name, "1", NOW, "ship") for name in draw(names)]
    rows = [RowHead(name, "s", name, metric="log_loss") for name in draw(names)]
    point = st.builds(Point, st.sampled_from(Status), FLOATS, FLOATS, st.integers(0, 99), FLOATS)
    points = {(row.id, head.id): draw(point) for row in rows for head in builds}
    return overview("x", builds, rows, points)


def same(value: float, shown: float | None) -> bool:
    """Single precision, as an overview keeps it; what is not finite is shown as nothing."""
    if shown is None or not math.isfinite(value):
        return shown is None and not math.isfinite(value)
    return array("f", [shown])[0] == value


@settings(deadline=None)
@given(overviews())
def test_csv_reads_back(of):
    """Every square that is scheduled comes back with its numbers, to the last bit."""
    text = overview_csv(of)
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    found = {(line["cell"], line["build"]): line for line in lines}
    for at, row in enumerate(of.rows):
        for head, point in of.history(at):
            line = found.get((printable(row.id), printable(head.id)))
            assert (line is None) == (point.status is Status.NOT_SCHEDULED)
            if line is not None:
                assert line["status"] == point.status.value
                assert same(point.value, float(line["value"]) if line["value"] else None)
                assert int(line["trainings"]) == point.trainings


@settings(deadline=None)
@given(overviews())
def test_json_reads_back(of):
    """The matrix comes back with its names and numbers, and null where there is none."""
    found = json.loads(dumped(matrix(of)), parse_constant=pytest.fail)
    assert found["builds"] == [head.id for head in of.builds]
    for at in range(len(of.rows)):
        for place, (_, point) in enumerate(of.history(at)):
            assert found["statuses"][at][place] == point.status.value
            assert same(point.value, found["values"][at][place])
            assert same(point.loss, found["losses"][at][place])
