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

from qualify.core.attempt import Outcome
from qualify.core.grid import Grid
from qualify.core.verdict import Finding, Status
from qualify.rendering import page
from qualify.rendering.junit import junit
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
        self.opened, self.data, self.attrs = [], [], []

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.attrs.append(dict(attrs))

    def handle_data(self, data):
        if self.opened and self.opened[-1] == "script" and "data-build" in self.attrs[-1]:
            self.data.append(data)


def read(words):
    with patch.object(page, "_plotly", lambda: ""):
        text = page.render_page(Grid(words, (hostile(words),)), "now")
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
    (section,) = json.loads("".join(shown.data))["cells"].values()
    assert section["lead"] == printable(words)
    logs = [block["text"] for block in section["blocks"] if block["kind"] == "log"]
    assert logs == [printable(words)]


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
