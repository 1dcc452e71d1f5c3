"""Whatever a candidate, a log or a file says, what is drawn stays well-formed and says it."""

import dataclasses
import html
import json
from html.parser import HTMLParser
from unittest.mock import patch
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qualify.core.atlas import Atlas
from qualify.core.attempt import Outcome
from qualify.core.grid import Grid
from qualify.core.summing import summed
from qualify.core.verdict import Finding, Status
from qualify.rendering import assets
from qualify.rendering.junit import junit
from qualify.rendering.packing import unpacked
from qualify.rendering.page import render_page
from qualify.rendering.summary import escape
from qualify.rendering.text import one_line, printable
from tests.factories import attempt, build, cell, column, square

NASTY = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"onmouseover='x'",
    "]]>&#0;",
    "{{7*7}}{% raw %}",
    "\x00\x1b[31m\ud800\ufffe",
    "__proto__",
)
TEXT = st.text(max_size=60) | st.sampled_from(NASTY) | st.text(st.characters(), max_size=20)


def hostile(words):
    """A column in which names, reasons, messages, logs and commands all say `words`."""
    of = dataclasses.replace(cell("quality", words), owner=words, about=words)
    one = square(of, Status.REGRESSED)
    metric = dataclasses.replace(
        one.verdict.metrics[0], metric=words, unit=words, reason=words, against=words, test=words
    )
    verdict = dataclasses.replace(one.verdict, reason=words, code=words, metrics=(metric,))
    failed = attempt(of.id, 0, 1, Outcome.ERROR)
    tried = dataclasses.replace(failed, message=words, log=words, log_tail=(words,))
    whole = dataclasses.replace(one, verdict=verdict, attempts=(tried,), reproduce=words)
    made = dataclasses.replace(build("B1", words, "2025-01-01", words), target=words)
    shown = column(made, "hold", whole)
    finding = Finding(words, words, words, "hold", 0.01, 0.02)
    views = {words: (of.id, words)}
    decision = dataclasses.replace(shown.decision, findings=(finding,), discoveries=views)
    return dataclasses.replace(shown, decision=decision)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.opened, self.packed, self.attrs = [], {}, []

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.attrs.append(dict(attrs))

    def handle_data(self, data):
        if self.opened and self.opened[-1] == "script" and "data-of" in self.attrs[-1]:
            self.packed[len(self.opened)] = self.packed.get(len(self.opened), "") + data

    @property
    def data(self):
        """Every section in the page, with its kind and name."""
        return [entry for one in self.packed.values() for entry in json.loads(unpacked(one))]


def values(of):
    """Every string of a JSON value."""
    if isinstance(of, str):
        return [of]
    inside = of.values() if isinstance(of, dict) else of if isinstance(of, list) else ()
    return [text for one in inside for text in values(one)]


def read(words):
    column = hostile(words)
    drawn = Atlas(summed(Grid(words, (column,))), (column,), {"B1": column.build})
    with patch.object(assets, "plotly", lambda: ""):
        text = render_page(drawn, "now")
    reader = Reader()
    reader.feed(text.encode("utf-8").decode("utf-8"))
    return reader


PLAIN = read("plain")


@settings(deadline=None, max_examples=60)
@given(TEXT)
def test_any_text_survives_in_the_page(words):
    """The page has the same elements and attributes whatever is said, and the data says it."""
    shown = read(words)
    assert shown.opened == PLAIN.opened
    assert [set(a) for a in shown.attrs] == [set(a) for a in PLAIN.attrs]
    (section,) = [section for kind, _, section in shown.data if kind == "cells"]
    assert section["title"] == printable(cell("quality", words).id)
    assert printable(words) in values(section)


@settings(deadline=None)
@given(TEXT)
def test_any_text_survives_in_junit(words):
    """The XML parses whatever is said, and its message says it."""
    case = ET.fromstring(junit(hostile(words))).find(".//testcase")  # noqa: S314
    assert case.get("name") == printable(cell("quality", words).id)
    assert case.find("failure").get("message") == f"regressed: {printable(words)}"


@settings(deadline=None)
@given(TEXT)
def test_any_text_is_plain_text_in_markdown(words):
    """A table cell of the summary renders as exactly the words, without markup."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    drawn = markdown.render(f"| h |\n|---|\n| x{escape(words)} |\n")
    shown = html.escape(f"x{one_line(words)}").replace("&#x27;", "'").strip()
    assert f"<td>{shown}</td>" in drawn
