import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from qualify.core.grid import Grid
from qualify.core.verdict import Status
from qualify.rendering.page import embed, render_page
from tests.factories import grid


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


@pytest.fixture(scope="module")
def page():
    reader = Reader()
    reader.feed(render_page(grid(), "2025-03-04T12:00:00+00:00"))
    return reader


def test_a_square_per_cell_and_build(page):
    """Every square is a link with a name for screen readers and evidence on hover."""
    squares = [a for t, a in page.tags if t == "a" and a.get("class", "").startswith("sq ")]
    assert len(squares) == 27
    assert all(a["aria-label"] and a["title"] and a["href"].startswith("#cell=") for a in squares)


def test_the_legend_names_every_status(page):
    """Each of the statuses has its square in the legend."""
    legend = [a["class"] for t, a in page.tags if t == "span" and "sq " in a.get("class", "")]
    assert len(legend) == len(Status)


def test_every_square_has_a_section(page):
    """The data of each build holds a section for each row of the grid."""
    columns = [json.loads(text) for attrs, text in page.scripts if attrs.get("class") == "column"]
    ids = {cell.id for cell in grid().rows()}
    assert [column["id"] for column in columns] == ["B0003", "B0002", "B0001"]
    assert all(set(column["cells"]) == ids for column in columns)


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


def test_plotly_is_embedded_once(page):
    """The plotting library is in the page once, as text that is run when a plot is wanted."""
    held = [a for a, text in page.scripts if len(text) > 1_000_000]
    assert held == [{"type": "text/plain", "id": "plotly"}]


def test_embedded_json_cannot_close_its_element():
    """Embedded data has no character by which it could end or open markup, and reads back."""
    hostile = {"</script><!--": "&lt;\u2028"}
    assert not set("<>&") & set(embed(hostile))
    assert json.loads(embed(hostile)) == hostile


def test_an_empty_grid_is_a_page():
    """Before the first build there is a page with a legend and no squares."""
    assert "0 builds" in render_page(Grid("flaml", ()), "now")
