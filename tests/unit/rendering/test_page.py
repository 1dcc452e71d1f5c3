import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.core.atlas import Atlas
from qualify.core.overview import Overview
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.rendering import assets
from qualify.rendering.details import chunks
from qualify.rendering.packing import unpacked
from qualify.rendering.page import embed, render_page
from tests.factories import grid

NOW = "2025-03-04T12:00:00+00:00"
EMPTY = Atlas(Overview("flaml", (), (), b""))


class Reader(HTMLParser):
    """Collects elements, and the text of each script by its place."""

    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], False

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "script"

    def handle_data(self, data):
        if self.inside:
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)


def atlas():
    drawn = grid()
    return Atlas(summed(drawn), drawn.columns, {one.build.id: one.build for one in drawn.columns})


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


def told(reader, name):
    return next(text for attrs, text in reader.scripts if attrs.get("id") == name)


@pytest.fixture(scope="module")
def page():
    return read(render_page(atlas(), NOW))


def test_the_page_holds_the_overview(page):
    """Statuses, values and heads are in the page, and read back as they were."""
    overview = atlas().overview
    assert unpacked(told(page, "statuses")) == overview.statuses
    assert len(unpacked(told(page, "values"))) == 2 * len(overview.statuses)
    heads = json.loads(unpacked(told(page, "heads")))
    assert heads["rows"]["id"] == [row.id for row in overview.rows]


def test_the_legend_names_every_status(page):
    """Each of the statuses has its square in the legend."""
    legend = [a["class"] for t, a in page.tags if t == "span" and "sq " in a.get("class", "")]
    assert len(legend) == len(Status)


def sections(reader):
    found = {}
    for attrs, text in reader.scripts:
        if attrs.get("class") == "details":
            for kind, name, section in json.loads(unpacked(text)):
                found[attrs["data-of"], kind, name] = section
    return found


def test_every_square_has_a_section(page):
    """A small page holds the section of each build, each square, each row and of all builds."""
    found = sections(page)
    drawn = grid()
    for column in drawn.columns:
        assert (column.build.id, "build", "") in found
        assert {name for of, kind, name in found if (of, kind) == (column.build.id, "cells")} == {
            *column.squares
        }
    rows = {name for _, kind, name in found if kind == "rows"}
    assert rows == {cell.id for cell in drawn.rows()}
    assert ("", "views", "forest") in found


def test_a_budget_is_spent_on_the_newest_and_on_what_is_not_green():
    """Sections fill the page's budget and no more; green squares wait for all that are not."""
    every = chunks(atlas(), 10_000_000)
    assert [one.of for one in every] == ["B0003", "B0002", "B0001", "", "B0003", "B0002", "B0001"]
    first = json.loads(unpacked(every[0].data))
    shown = [section["status"] for kind, _, section in first if kind == "cells"]
    assert not any(Status(one).green for one in shown)
    some = chunks(atlas(), 30_000)
    assert 10_000 < sum(len(one.data) for one in some) <= 30_000
    assert chunks(atlas(), 0) == []


def test_nothing_is_loaded_from_elsewhere(page):
    """No element names a resource outside of the file."""
    for tag, attrs in page.tags:
        for name in ("src", "srcset", "data", "action"):
            assert name not in attrs, (tag, attrs)
        assert attrs.get("href", "#").startswith(("#", "data:")), (tag, attrs)


def test_the_policy_admits_the_pages_own_scripts_alone(page):
    """The digests in the content security policy are those of the page's script and of plotly."""
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a)
    wanted = [t for a, t in page.scripts if not a or a.get("id") == "plotly"]
    digests = {base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in wanted}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == digests
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy


def test_plotly_is_embedded_once(page):
    """The plotting library is in the page once, as text that is run when a plot is wanted."""
    held = [a for a, text in page.scripts if len(text) > 1_000_000]
    assert held == [{"type": "text/plain", "id": "plotly"}]


def test_no_script_declares_a_name_twice():
    """All scripts of the grid share one scope: a second function would silently replace a first."""
    text = assets.script().split("return {", 1)[1]
    names = re.findall(r"^(?:async )?function\*? (\w+)|^(?:const|let) (\w+)", text, re.MULTILINE)
    flat = [one or other for one, other in names]
    assert sorted(flat) == sorted(set(flat))


def test_scripts_write_no_markup():
    """What is drawn becomes text: no script of ours turns a string into markup or code."""
    code = re.sub(r"^//.*$", "", assets.script(), flags=re.MULTILINE)
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(")
    assert [way for way in ways if way in code] == []


def test_embedded_json_cannot_close_its_element():
    """Embedded data has no character by which it could end or open markup, and reads back."""
    hostile = {"</script><!--": "&lt;\u2028"}
    assert not set("<>&") & set(embed(hostile))
    assert json.loads(embed(hostile)) == hostile


@settings(deadline=None, max_examples=30)
@given(
    st.text(max_size=40) | st.sampled_from(["</script><script>", "<!--", '"onload="x', "{{7*7}}"])
)
def test_any_name_leaves_the_page_as_it_is(words):
    """Whatever a target, a build, a row or a sentence is called, the page has the same elements."""
    shown, plain = (read(render_page(named(one), NOW, budget=0)) for one in (words, "plain"))
    assert [tag for tag, _ in shown.tags] == [tag for tag, _ in plain.tags]
    assert [set(attrs) for _, attrs in shown.tags] == [set(attrs) for _, attrs in plain.tags]


def named(words):
    """An overview in which everything is called so."""
    overview = atlas().overview
    builds = tuple(
        replace(one, id=words, version=words, sentence=words, commit=words, source=words)
        for one in overview.builds
    )
    rows = tuple(replace(one, id=words, name=words, owner=words) for one in overview.rows)
    return Atlas(replace(overview, target=words, builds=builds, rows=rows))


def test_a_reader_without_scripts_learns_the_decisions():
    """Where no script runs the page lists the newest builds with their decisions."""
    text = render_page(atlas(), NOW)
    told_ = text[text.index("<noscript>") : text.index("</noscript>")]
    assert "2.3.5 is held: 3 gating cells are red." in told_


def test_an_empty_grid_is_a_page():
    """Before the first build there is a page with a legend and no squares."""
    assert unpacked(told(read(render_page(EMPTY, "now")), "statuses")) == b""
