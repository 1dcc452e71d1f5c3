import dataclasses
import json

from qualify.core.candidate import BuildFailure
from qualify.core.grid import Grid
from qualify.core.verdict import Status
from qualify.rendering.build_section import build_section
from tests.atlases import atlas, with_head
from tests.factories import CELLS, build, column, grid, square

REGRESSED = CELLS[3]


def shown(build=0, **decided):
    whole = atlas()
    of = whole.columns[build]
    decision = dataclasses.replace(of.decision, **decided)
    return build_section(whole, dataclasses.replace(of, decision=decision))


def of_kind(section, kind):
    return [block for block in section["blocks"] if block["kind"] == kind]


def titled(section, start):
    return next(b for b in section["blocks"] if b["title"].startswith(start))


def history(*statuses):
    """Builds of one cell with these statuses, the newest first."""
    made = [
        column(
            build(f"B{len(statuses) - at}", f"1.{at}", "2025-01-01"), "hold", square(REGRESSED, s)
        )
        for at, s in enumerate(statuses)
    ]
    return atlas(Grid("flaml", tuple(made)))


def groups(*statuses):
    whole = history(*statuses)
    blocks = build_section(whole, whole.columns[0])["blocks"]
    known = ("Newly red", "Still red", "Undecided", "Fixed", "Flaky")
    return [b["title"] for b in blocks if b["title"].startswith(known)]


def test_what_is_red_comes_in_order_of_weight():
    """Red cells are links with their sentence, in the decision's order, before undecided ones."""
    section = shown()
    rows = titled(section, "Newly red (3)")["rows"]
    assert [row[0]["status"] for row in rows] == ["regressed", "failed", "timeout"]
    assert rows[0][1]["href"].startswith("#cell=quality/breast_cancer%40")
    assert "loses 0.058 nat" in rows[0][2]
    titles = [block["title"] for block in section["blocks"]]
    assert titles.index("Newly red (3)") < titles.index("Undecided (1)")


def test_a_cell_turns_beside_the_last_build_that_decided_it():
    """New, still red and fixed are told apart across builds that decide nothing."""
    passed, red, lost = Status.PASSED, Status.REGRESSED, Status.LOST
    assert groups(red, passed) == ["Newly red (1)"]
    assert groups(red, lost, red) == ["Still red (1)"]
    assert groups(passed, lost, red) == ["Fixed (1)"]
    assert groups(passed, passed) == []
    assert groups(red) == ["Newly red (1)"]
    assert groups(lost, red) == ["Undecided (1)"]


def test_what_the_baseline_breaks_as_well_is_not_fixed():
    """A cell that was red and now fails as the baseline does is flaky, and nothing else."""
    assert groups(Status.FLAKY, Status.FAILED) == ["Flaky (1)"]
    assert groups(Status.PASSED, Status.FLAKY, Status.FAILED) == ["Fixed (1)"]


def test_a_build_shows_what_its_cells_show_together():
    """Findings have what they mean, their p-value and their share; reasons are told once."""
    rows = titled(shown(), "What the cells show together")["rows"]
    assert [row[1]["weight"] for row in rows] == ["hold", "undecided", "note"]
    assert rows[0][2:4] == ["0.000183", "0.0025"]
    assert "R001" in rows[0][4]
    assert json.dumps(shown()).count(grid().columns[0].decision.findings[0].reason) == 1


def test_a_reason_that_no_table_tells_is_told():
    """What is neither a cell's nor a finding's reason stands first; many of them are folded."""
    assert titled(shown(reasons=("nothing was trained",)), "Why")["rows"] == [
        ["nothing was trained"]
    ]
    many = titled(shown(reasons=tuple(f"cell {i} is missing" for i in range(9))), "Other reasons")
    assert (len(many["rows"]), many["fold"]) == (9, True)


def test_secondary_views_name_cells():
    """The cells that views of the false discovery rate name are links, view beside view."""
    table = titled(shown(), "Second opinion")
    assert table["head"] == ["cell", "Benjamini-Hochberg", "e-BH"]
    assert table["rows"][0][0]["text"] == REGRESSED.id
    none = shown(discoveries={"e-BH": ()})
    assert titled(none, "Second opinion")["text"] == "No cell is named by e-BH."


def test_a_build_is_compared_with_the_one_that_shipped_last():
    """Source, dependencies and harness are told beside the last build that may ship."""
    rows = titled(shown(), "What changed since B0001 · 2.3.3, which shipped last")["rows"]
    assert ["source changed", "version", "2.3.3", "2.3.5", "everywhere"] in rows
    assert ["dependency changed", "lightgbm", "4.5.0", "4.6.0", "everywhere"] in rows


def test_where_nothing_shipped_the_build_before_is_compared():
    """Without a build that shipped, the comparison says with which build it is instead."""
    whole = with_head(atlas(), "B0001", answer="hold")
    title = titled(build_section(whole, whole.columns[0]), "What changed")["title"]
    assert title == "What changed since B0002 · 2.3.4, the build before; none has shipped"
    oldest = build_section(whole, whole.columns[2])
    assert not [b for b in oldest["blocks"] if b["title"].startswith("What changed")]


def test_a_build_tells_what_it_cost():
    """Trainings and CPU seconds by suite, the dearest first, and all together at the end."""
    cost = titled(shown(), "Cost; B0002 took")
    assert cost["rows"][0][:3] == ["quality", "3", "24"]
    assert cost["rows"][-1][0] == "all"
    seconds = [float(row[3]) for row in cost["rows"]]
    assert abs(sum(seconds[:-1]) - seconds[-1]) < 0.5


def test_a_build_tells_where_it_comes_from():
    """Provenance and the lock of each lane are part of the build's section."""
    facts = dict(titled(shown(), "Provenance")["rows"])
    assert facts["source"] == "flaml==2.3.5"
    assert "lightgbm==4.6.0" in titled(shown(), "Lock of py311-cpu-locked")["text"]


def test_a_build_leads_to_its_files():
    """JUnit lies beside the page while the build is in a work folder; else its bundle is named."""
    assert dict(titled(shown(), "Provenance")["rows"])["JUnit"] == {
        "text": "junit.xml",
        "href": "builds/B0003/junit.xml",
    }
    whole = with_head(atlas(), "B0003", bundle="abc123")
    facts = dict(titled(build_section(whole, whole.columns[0]), "Provenance")["rows"])
    assert facts["bundle"] == "abc123.zip"
    assert "JUnit" not in facts


def test_a_build_that_failed_shows_the_telling_lines():
    """Why a wheel or an environment could not be made is shown with the log's lines."""
    whole = atlas()
    of = whole.columns[1]
    failure = BuildFailure("no compiler", ("error: gcc not found",), "build.log")
    broken = dataclasses.replace(of.build, failure=failure, wheel=None)
    section = build_section(whole, dataclasses.replace(of, build=broken))
    assert "no compiler" in titled(section, "The wheel could not be built")["text"]
    assert "gcc not found" in json.dumps(of_kind(section, "log"))
    assert titled(section, "The environment of py311-cpu-locked could not be made")
