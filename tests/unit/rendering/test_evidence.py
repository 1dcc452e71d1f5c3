"""JSON and page agree: what is shown is the stored value, formatted."""

import dataclasses
import io
import json
import math
from xml.etree import ElementTree as ET

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from qualify.core.event import CellFinished
from qualify.core.grid import Grid
from qualify.core.summing import summed
from qualify.core.verdict import Decision, FailureEvidence, Status, Verdict
from qualify.rendering import evidence, text
from qualify.rendering.build_section import build_section
from qualify.rendering.cell_section import cell_section
from qualify.rendering.junit import junit
from qualify.rendering.summary import escape, summary
from qualify.rendering.terminal import report
from qualify.storing.ledger import JsonlLedger
from tests import factories
from tests.atlases import atlas
from tests.factories import CELLS, grid

CELL = CELLS[3]


def shown_metrics():
    """Evidence of both scales, an open interval, and a test with one side."""
    regressed = factories.evidence(Status.REGRESSED, shift=0.058)
    seconds = factories.evidence(Status.INCONCLUSIVE, shift=1.4, metric="fit_seconds")
    half_open = (-math.inf, 0.0123)
    spread = dataclasses.replace(regressed, test="spread", within=(), accept=-math.inf, effect=None)
    anchor = dataclasses.replace(regressed, against="anchor", interval=half_open)
    return (regressed, seconds, spread, anchor)


def column():
    """A build with a cell that shows all of them."""
    whole = grid().columns[0]
    one = whole.squares[CELL.id]
    verdict = dataclasses.replace(one.verdict, metrics=shown_metrics())
    return dataclasses.replace(whole, squares={CELL.id: dataclasses.replace(one, verdict=verdict)})


@pytest.fixture
def ledger(tmp_path):
    """A ledger that holds the cell's verdict."""
    ledger = JsonlLedger(tmp_path / "ledger.jsonl")
    ledger.append(CellFinished("now", CELL.id, "", column().squares[CELL.id].verdict))
    return ledger


@pytest.fixture
def stored(ledger):
    """The verdict's metrics as any reader of the ledger's JSON has them."""
    return json.loads(ledger.path.read_text())["verdict"]["metrics"]


def page_rows():
    build = column()
    section = cell_section(atlas(Grid("x", (build,))), build, CELL)
    table = next(block for block in section["blocks"] if block["title"] == "Evidence")
    return {name: values for name, *values in table["rows"]}


def as_number(words):
    """The first number in what the page says; relative losses on the judged scale."""
    plain = words.replace("−", "-").replace("∞", "inf").removeprefix("about ").split(",")[0]
    value = float(plain.split(" ")[0])
    return math.log1p(value / 100) if plain.endswith("%") else value


@pytest.mark.parametrize(
    ("row", "of"),
    [
        ("loss (> 0: worse)", lambda m: m["effect"]),
        ("could have detected", lambda m: m["detectable"]),
        ("evidence up to regressed", lambda m: m["worse"][-1]),
        ("evidence down to passed", lambda m: m["within"][-1] if m["within"] else None),
        ("p at most", lambda m: m["p_value"]),
        ("share of α", lambda m: m["alpha"]),
        ("more trainings", lambda m: m["more"]),
    ],
)
def test_the_page_shows_the_stored_numbers(row, of, stored):
    """Every number on the page is the one in the JSON, to three digits; a dash is nothing."""
    for words, metric in zip(page_rows()[row], stored, strict=True):
        value = of(metric)
        if value is None:
            assert words == "–"
        else:
            assert as_number(words) == pytest.approx(value, rel=6e-3)


def test_the_page_shows_the_stored_intervals_and_counts(stored):
    """Both ends of an interval, the margin and the replicates of both arms are the stored ones."""
    rows = page_rows()
    for i, metric in enumerate(stored):
        counts = len(metric["candidate"]), len(metric["baseline"])
        assert rows["n candidate / baseline"][i] == "{} / {}".format(*counts)
        ends = [as_number(end) for end in rows["95 % interval"][i].split(" … ")]
        assert ends == pytest.approx(metric["interval"], rel=6e-3)
        assert (rows["against"][i], rows["test"][i]) == (metric["against"], metric["test"])


def test_what_is_read_back_is_shown_alike(ledger):
    """A verdict that went through the ledger's JSON is drawn to the letter as it was before."""
    (event,) = ledger.events()
    for one, other in zip(shown_metrics(), event.verdict.metrics, strict=True):
        assert [f(one) for f in evidence.NUMBERS.values()] == [
            f(other) for f in evidence.NUMBERS.values()
        ]


def test_every_stored_number_is_shown():
    """No quantity of the evidence is left out of the table, and each has one row."""
    lines = [f(shown_metrics()[1]) for f in evidence.NUMBERS.values()]
    assert set(page_rows()) == {"metric", "status", *evidence.NUMBERS}
    assert "–" not in lines


def test_junit_holds_the_stored_values_exactly(stored):
    """Properties of a testcase are the JSON's numbers, digit by digit."""
    case = ET.fromstring(junit(column())).find(".//testcase")  # noqa: S314 -- our own output
    held = {p.get("name"): p.get("value") for p in case.iter("property")}
    names = ("metric.log_loss", "metric.fit_seconds", "metric.log_loss.spread")
    for prefix, metric in zip(names, stored, strict=False):
        for name in ("effect", "margin", "scale", "detectable", "reject", "p_value", "alpha"):
            if metric[name] is not None:
                assert json.loads(held[f"{prefix}.{name}"]) == metric[name]
        assert json.loads(held[f"{prefix}.worse"]) == metric["worse"][-1]
        assert held[f"{prefix}.test"] == metric["test"]
    assert held["metric.log_loss.anchor.against"] == "anchor"
    assert "metric.log_loss.anchor.lower" not in held


def test_all_places_tell_the_same_line():
    """Terminal and summary say of a metric that is not green what the page's table says."""
    red = shown_metrics()[0]
    line = evidence.full(red)
    for label, shown in evidence.NUMBERS.items():
        if label not in {"more trainings", "against"}:
            assert shown(red) in line
    assert escape(line) in summary(column())
    assert line in drawn(report(summed(Grid("x", (column(),))), column(), 4000))


def test_findings_are_told_with_their_numbers_everywhere():
    """The page, the summary, the terminal and JUnit name each finding with its p and share."""
    build = column()
    texts = [json.dumps(build_section(atlas(), build), ensure_ascii=False), junit(build)]
    texts += [summary(build), drawn(report(summed(Grid("x", (build,))), build, 4000))]
    decision = json.loads(TypeAdapter(Decision).dump_json(build.decision))
    for finding in decision["findings"]:
        for words in texts:
            assert finding["title"] in words
            assert finding["p_value"] is None or text.p_value(finding["p_value"]) in words


def test_an_excluded_rate_of_one_excludes_nothing():
    """Where no failure rate is ruled out none is named; trouble of one arm is."""
    words = evidence.failures(FailureEvidence(1, 14, 2, 50, 0.0003, 1.0, troubles=(1, 0)))
    assert words == (
        "1 of 14 trainings, 2 of 50 of the baseline's; "
        "runner trouble in one arm only: 1 here, 0 of the baseline's; share of α 0.0003"
    )


def test_nothing_compared_is_nothing_identical():
    """Where no predictions were compared nothing is said of them."""
    verdict = Verdict(Status.PASSED, "Q001", "")
    assert evidence.identity(verdict) == ""
    some = dataclasses.replace(verdict, identical=(True, False, True))
    assert evidence.identity(some) == "2 of 3 bit-identical"


def test_names_tell_a_metrics_evidence_apart():
    """The anchor and the spread have names of their own."""
    assert [evidence.name(one) for one in shown_metrics()] == [
        "log_loss",
        "fit_seconds",
        "log_loss · spread",
        "log_loss · anchor",
    ]


def drawn(renderable):
    """What a wide terminal shows."""
    console = Console(file=io.StringIO(), width=4000, force_terminal=False)
    console.print(renderable)
    return console.file.getvalue()
