import json
from dataclasses import replace

import pytest

from qualify.core.atlas import Atlas, Neighbour
from qualify.core.overview import Overview
from qualify.rendering.forest_section import forest_section
from qualify.rendering.row_section import RIBBON, TABLE, row_section
from qualify.rendering.tree_section import tree_section
from tests.atlases import ROW, atlas, long_atlas


def titled(shown, start):
    return next(b for b in shown["blocks"] if b["title"].startswith(start))


def test_a_row_says_how_it_stands_and_since_when():
    """The head of a row has its newest status, its first bad build and how often it was green."""
    shown = row_section(long_atlas(), ROW)
    assert shown["status"] == "regressed"
    assert "red since B0039; came after B0037, which was green, and up to B0039" in shown["lead"]
    assert shown["lead"].endswith("green in 39 of 40 builds")


def test_a_row_shows_its_statuses_side_by_side():
    """Each build is a mark that says its status and value, and leads to the square."""
    mark, label, href = titled(row_section(long_atlas(), ROW), "Builds")["rows"][0]
    assert mark == {"status": "regressed"}
    assert label == "B0039 · 1.39: regressed, log_loss 0.36"
    assert href == "#cell=quality/iris%40py311-cpu-locked&build=B0039"


def test_a_row_tells_its_steps():
    """A step has its levels, its size with an interval, its confidence and its likely builds."""
    (step,) = titled(row_section(long_atlas(), ROW), "Steps")["rows"]
    assert step[0]["text"] == "B0030"
    assert step[1:] == [
        "log_loss",
        "0.31",
        "0.36",
        "+0.05 [+0.04 … +0.06]",
        "98.8 %",
        "B0030 80%, B0029 15%, B0031 5%",
    ]


def test_a_row_lists_its_builds():
    """Version, day, status, mean, loss, trainings and cost stand build by build."""
    rows = titled(row_section(long_atlas(), ROW), "Build by build")["rows"]
    assert rows[1][1:] == [
        "1.38",
        "2025-01-01",
        {"status": "passed"},
        "0.36",
        "+0.05",
        "8",
        "12.5",
    ]


def test_a_long_history_is_cut_and_says_so():
    """Thousands of builds leave a row's section as large as a hundred do."""
    shown = row_section(long_atlas(500), ROW)
    assert len(titled(shown, f"Builds, the newest first (the newest {RIBBON})")["rows"]) == RIBBON
    assert len(titled(shown, f"Build by build (the newest {TABLE})")["rows"]) == TABLE
    assert len(json.dumps(shown)) < 40_000


def test_a_row_of_a_check_has_no_figure():
    """Where nothing is measured there is nothing to draw, and the rest is there."""
    whole = atlas()
    shown = row_section(whole, whole.overview.rows[0])
    assert {block["kind"] for block in shown["blocks"]} == {"ribbon", "facts", "table"}
    json.dumps(shown, allow_nan=False)


def test_a_tree_shows_one_canary_on_all_its_lanes():
    """Each lane has a line in the table, a line in the figure and a ribbon."""
    shown = tree_section(long_atlas(lanes=3), "iris")
    assert [row[0]["text"] for row in titled(shown, "Lanes")["rows"]] == [
        "py311-cpu-locked",
        "py312",
        "py313",
    ]
    (plot,) = (b for b in shown["blocks"] if b["kind"] == "plot")
    assert len(plot["figure"]["data"]) == 3
    assert sum(b["kind"] == "ribbon" for b in shown["blocks"]) == 3


def test_a_row_leads_to_its_tree_only_where_there_is_one():
    """A canary on one lane has no tree to go to."""

    def facts(lanes):
        shown = row_section(long_atlas(lanes=lanes), ROW)
        return dict(next(b for b in shown["blocks"] if b["kind"] == "facts")["rows"])

    assert facts(2)["elsewhere"] == {"text": "iris on 2 lanes", "href": "#view=tree:iris"}
    assert "elsewhere" not in facts(1)


def test_a_tree_of_nothing_is_refused():
    """A name that no row has is a KeyError."""
    with pytest.raises(KeyError):
        tree_section(atlas(), "nobody")


def beside(page=""):
    """What a page is drawn from that has one neighbour."""
    return replace(atlas(), others=(Neighbour(long_atlas().overview, page),))


def test_a_forest_shows_every_target_with_its_decision_and_its_share_of_red():
    """Targets stand below one another; the worst of the newest decisions heads the section."""
    shown = forest_section(beside())
    assert (shown["answer"], shown["lead"]) == ("hold", "The newest builds: 1 hold, 1 ship")
    rows = titled(shown, "Targets")["rows"]
    assert rows[0][4:] == [
        {"answer": "hold", "glyph": "✕", "text": "hold"},
        "3 of 9",
        "33.3%",
        "B0001 · 2.3.3",
    ]
    (plot,) = (b for b in shown["blocks"] if b["kind"] == "plot")
    assert plot["figure"]["data"][0]["y"] == [0.0, 0.0, 0.3333]


def test_a_forest_links_where_the_page_has_the_builds():
    """Builds of the page's own target lead to their sections; those of others wherever they are."""

    def addresses(of):
        blocks = forest_section(of)["blocks"]
        return [[href for *_, href in b["rows"]] for b in blocks if b["kind"] == "ribbon"]

    own = ["#build=B0003", "#build=B0002", "#build=B0001"]
    assert addresses(atlas()) == [own]
    here, there = addresses(beside())
    assert (here, set(there)) == (own, {""})
    here, there = addresses(beside("targets/b/index.html"))
    assert (here, there[0]) == (own, "targets/b/index.html#build=B0039")


def test_a_forest_says_how_others_get_a_page():
    """The command stands there only while a target has no page."""

    def commands(of):
        return [b["text"] for b in forest_section(of)["blocks"] if b["kind"] == "command"]

    assert commands(beside()) == ["qualify publish --all-targets"]
    assert commands(beside("targets/b/index.html")) == commands(atlas()) == []


def test_a_forest_of_nothing_says_so():
    """Before the first build there is an empty forest."""
    assert forest_section(Atlas(Overview("acme", (), (), b"")))["lead"] == "No target has a build"
