"""Badge, feed, CSV, SARIF and annotations: each valid, and true to the grid."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from qualify.core.overview import overview
from qualify.core.summing import summed
from qualify.core.verdict import Finding, Status
from qualify.rendering.annotations import SHOWN, workflow_commands
from qualify.rendering.badge import badge
from qualify.rendering.feed import LIMIT, feed
from qualify.rendering.overview_csv import overview_csv
from qualify.rendering.rule_words import rule_explanation, rule_title
from qualify.rendering.sarif import sarif
from tests.factories import CELLS, build, cell, column, grid, square

ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
NOW = "2025-03-05T00:00:00+00:00"
OVERVIEW = summed(grid())
SCHEMA = json.loads(Path(__file__).with_name("sarif-essentials.json").read_text())


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314 -- our own output


def test_a_badge_says_the_newest_decision():
    """Glyph, version and answer, also as its accessible name."""
    root = parsed(badge(OVERVIEW))
    assert root.find(f"{SVG}title").text == "qualify: ✕ 2.3.5 hold"
    assert (root.get("role"), root.get("aria-label")) == ("img", "qualify: ✕ 2.3.5 hold")
    assert [t.text for t in root.iter(f"{SVG}text")] == ["qualify", "✕ 2.3.5 hold"]


def test_a_badge_of_nothing_says_so():
    """Before the first build there is a badge, too."""
    assert "no build" in badge(overview("x", (), (), {}))


def contrast(fill: str) -> float:
    """White against a colour, as WCAG measures it."""
    parts = [int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("answer", ["ship", "hold", "inconclusive", "running"])
def test_a_badge_can_be_read(answer: str):
    """White on each of its colours has a contrast of 4.5 or more."""
    newest = dataclasses.replace(OVERVIEW.builds[0], answer=answer)
    text = badge(dataclasses.replace(OVERVIEW, builds=(newest, *OVERVIEW.builds[1:])))
    fills = re.findall(r'fill="(#[0-9a-f]{6})"', text)
    assert len(fills) == 2
    assert min(map(contrast, fills)) >= 4.5


def test_a_feed_has_what_atom_demands():
    """Feed and entries have an id, a title and a time with an offset; the feed names an author."""
    root = parsed(feed(OVERVIEW, NOW, "https://example.org/"))
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    assert root.find(f"{ATOM}author/{ATOM}name").text
    for one in (root, *entries):
        assert one.find(f"{ATOM}id").text.startswith("urn:uuid:")
        assert one.find(f"{ATOM}title").text
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", one.find(f"{ATOM}updated").text
        )
    link = entries[0].find(f"{ATOM}link").get("href")
    assert link == "https://example.org/#build=B0003"
    assert entries[0].find(f"{ATOM}summary").text == "2.3.5 is held: 3 gating cells are red."


def test_ids_of_entries_stay():
    """A build keeps its id from one feed to the next, and no two builds share one."""
    ids = [e.find(f"{ATOM}id").text for e in parsed(feed(OVERVIEW, NOW)).findall(f"{ATOM}entry")]
    later = parsed(feed(OVERVIEW, "2026-01-01T00:00:00+00:00", "https://elsewhere/"))
    assert [e.find(f"{ATOM}id").text for e in later.findall(f"{ATOM}entry")] == ids
    assert len(set(ids)) == 3


def test_builds_in_progress_are_no_news():
    """A build without a decision is not in the feed, and a long history is cut."""
    running = dataclasses.replace(OVERVIEW.builds[0], answer="running")
    many = dataclasses.replace(OVERVIEW, builds=(running, *OVERVIEW.builds[1:] * 100))
    entries = parsed(feed(many, NOW)).findall(f"{ATOM}entry")
    assert len(entries) == LIMIT
    assert "B0003" not in entries[0].find(f"{ATOM}title").text


def test_a_clock_that_says_nothing_leaves_a_feed_valid():
    """A time that cannot be read is that of the feed, and one without an offset is UTC."""
    odd = dataclasses.replace(OVERVIEW.builds[0], time="yesterday")
    bare = dataclasses.replace(OVERVIEW.builds[1], time="2025-01-01T00:00:00")
    root = parsed(feed(dataclasses.replace(OVERVIEW, builds=(odd, bare)), NOW))
    times = [e.find(f"{ATOM}updated").text for e in root.findall(f"{ATOM}entry")]
    assert times == [NOW, "2025-01-01T00:00:00+00:00"]


def test_csv_has_a_line_for_each_square():
    """What a build has not scheduled is not there; unknown numbers are empty."""
    lines = list(csv.DictReader(io.StringIO(overview_csv(OVERVIEW))))
    assert len(lines) == 25
    found = {(line["build"], line["cell"]): line for line in lines}
    regressed = found["B0003", "quality/breast_cancer@py311-cpu-locked"]
    assert (regressed["status"], regressed["metric"], regressed["unit"]) == (
        *("regressed", "log_loss", "nat"),
    )
    assert float(regressed["loss"]) == pytest.approx(0.058)
    assert found["B0003", "build/wheel"]["loss"] == ""


def results(of) -> list[dict]:
    log = json.loads(sarif(of))
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in run["results"]} <= rules
    return run["results"]


def test_sarif_has_what_is_red_or_undecided():
    """Red cells are errors, undecided ones warnings, and findings what they weigh."""
    found = results(grid().columns[0])
    assert [one["level"] for one in found] == [
        *("error", "warning", "note"),  # findings
        *("error", "error", "error", "warning"),
    ]
    regressed = found[3]
    assert regressed["ruleId"] == "rule-regressed"
    assert "log_loss: loss +0.058" in regressed["message"]["text"]
    location = regressed["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "suites/quality.py"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == CELLS[3].id


def test_a_green_build_has_no_results():
    """A log without results is valid, too."""
    assert results(grid().columns[2]) == []


def test_fingerprints_follow_a_cell():
    """The same cell red for the same reason is one alert over builds; two cells are two."""
    again = column(build("B9", "9", "2025-03-09"), "hold", square(CELLS[3], Status.REGRESSED))
    first = [one["partialFingerprints"]["cell/v1"] for one in results(grid().columns[0])]
    assert results(again)[-1]["partialFingerprints"]["cell/v1"] == first[3]
    assert len(set(first)) == len(first)


def test_every_code_has_words():
    """Each code of a verdict in the package is explained; one that is not known says itself."""
    home = Path(__file__).parents[3] / "qualify"
    text = "\n".join(path.read_text() for path in home.rglob("*.py"))
    codes = set(re.findall(r'"([CGIJLNQS]\d{3})"', text))
    assert len(codes) > 30
    assert [code for code in sorted(codes) if rule_title(code) == code] == []
    assert rule_title("X999") == "X999"
    assert "margin" in rule_explanation("Q204")


def commands(of) -> list[str]:
    return workflow_commands(of).splitlines()


def test_annotations_name_what_is_open():
    """The decision first, then an error for each red cell and a warning for each undecided one."""
    lines = commands(grid().columns[0])
    assert lines[0] == "::notice title=flaml 2.3.5 hold::2.3.5 is held: 3 gating cells are red."
    assert sum(one.startswith("::error ") for one in lines) == 4
    assert sum(one.startswith("::warning ") for one in lines) == 2
    assert "file=suites/quality.py,line=1,title=quality/breast_cancer" in lines[2]


def test_annotations_stay_within_the_limits():
    """Of very many the last that is shown says how many are not."""
    red = [
        dataclasses.replace(square(CELLS[3], status), cell=cell("quality", f"c{n}"))
        for n in range(40)
        for status in (Status.FAILED,)
    ]
    doubt = [
        dataclasses.replace(square(CELLS[3], Status.LOST), cell=cell("q", f"d{n}"))
        for n in range(SHOWN)
    ]
    lines = commands(column(build("B1", "1", "2025-01-01"), "ship", *red, *doubt))
    errors = [one for one in lines if one.startswith("::error ")]
    assert len(errors) == SHOWN
    assert "31 more" in errors[-1]
    assert sum(one.startswith("::warning ") for one in lines) == SHOWN
    assert len(lines) <= 50


def test_hostile_words_start_no_command():
    """Line breaks, per cent signs, colons and commas do not end a command or a property."""
    words = "a\n::stop-commands::x%0A, b: c"
    finding = Finding("R001", words, words, "hold")
    shown = column(build("B1", "1", "2025-01-01"), "hold")
    lines = commands(
        dataclasses.replace(
            shown, decision=dataclasses.replace(shown.decision, findings=(finding,))
        )
    )
    assert len(lines) == 2
    assert lines[1].startswith("::error title=a %3A%3Astop-commands%3A%3Ax%250A%2C b%3A c::")
