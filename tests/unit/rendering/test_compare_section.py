"""A comparison in words: on the page, in the terminal, on a page of its own, as JSON."""

from __future__ import annotations

import dataclasses
import io
import json
from html.parser import HTMLParser

import pytest
from rich.cells import cell_len
from rich.console import Console

from qualify.core.atlas import Atlas
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.judging.comparing import Comparison, Entry, compare
from qualify.rendering import blocks
from qualify.rendering.cell_section import cell_section
from qualify.rendering.compare_json import compare_json, plain
from qualify.rendering.compare_section import compare_section
from qualify.rendering.standalone import standalone
from qualify.rendering.terminal_blocks import section
from tests.comparisons import compared, trained, values
from tests.factories import grid

SAME = {seed: 0.3 + seed / 100 for seed in range(8)}
WORSE = {seed: value + 0.05 for seed, value in SAME.items()}


def comparison(*others, **first) -> Comparison:
    columns = (compared("B1", values(SAME), "numpy==2.0", **first), *others)
    return compare([Entry(column) for column in columns])


TWO = comparison(compared("B2", values(WORSE), "numpy==2.1", status=Status.REGRESSED))


def drawn(of: dict, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(section(of, width))
    return console.file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_sentence_counts_what_differs():
    """How many cells and metrics are not alike, and what else differs."""
    lead = compare_section(TWO)["lead"]
    assert lead == (
        "1 of 1 cells do not stand alike; 1 of 1 metrics are shown to differ; "
        "of what is recorded, numpy differs"
    )


def test_what_differs_is_shown():
    """Dependency, verdict with its reason, loss with its interval, cost."""
    text = words(drawn(compare_section(TWO), 160))
    assert "numpy 2.0 2.1" in text
    assert "quality/breast_cancer ● passed ▼ regressed" in text
    assert "log_loss is worse than the baseline" in text
    assert "0.335 → 0.385 +0.05 (+0.05 … +0.05) 8 pairs, 0 alike" in text
    assert "B2 all 8 0.2" in text


def test_what_is_the_same_is_left_out():
    """Unless everything is asked for."""
    assert "pip" not in drawn(compare_section(TWO))
    assert "pip" in drawn(compare_section(TWO, everything=True))
    alike = comparison(compared("B2", values(SAME), "numpy==2.0"))
    text = words(drawn(compare_section(alike)))
    assert "All 4 things that are recorded are the same." in text
    assert "All 1 cells stand alike." in text
    assert "1 of 1 cells predict alike bit for bit in every build: quality/breast_cancer." in text


def test_what_cannot_be_told_is_said():
    """Factors that change together share a line, and a level of its own is no explanation."""
    text = words(drawn(compare_section(TWO), 160))
    assert "version = numpy 1.1 | 1.2 – – no difference" in text
    assert "change together and cannot be told apart" in text
    assert "explains everything, and so nothing" in text
    assert "Of all that is recorded, only version = numpy differs." in text


def test_builds_with_nothing_in_common_are_compared_without_factors():
    """No two builds have trained the same: that is said, and the rest is shown."""
    strange = compared("B2", [trained(99, 0.3)], "numpy==2.1")
    text = words(drawn(compare_section(comparison(strange))))
    assert "No two builds have trained the same canary, seed and split." in text
    assert "8 of other seeds" not in text
    assert "1 of other seeds" in text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("builds", [2, 7])
def test_no_line_is_wider_than_the_terminal(width: int, builds: int):
    """Words fold, and with many builds a status is its glyph."""
    others = (compared(f"B{n}", values(WORSE), f"numpy=={n}") for n in range(2, builds + 1))
    text = drawn(compare_section(comparison(*others, status=Status.FAILED)), width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "log_loss" in "".join(text.split())


def test_json_has_everything_and_no_number_that_is_none():
    """It is valid JSON of the same values, whatever is not finite is null."""
    found = json.loads(json.dumps(compare_json(TWO), allow_nan=False))
    assert [one["id"] for one in found["builds"]] == ["B1", "B2"]
    (metric,) = found["metrics"]
    assert metric["contrasts"][0]["effect"]["estimate"] == pytest.approx(0.05)
    assert found["factors"][0]["single"] is True
    assert found["verdicts"][0]["statuses"] == ["passed", "regressed"]
    assert plain({"a": (float("nan"), float("inf"), 1.0)}) == {"a": [None, None, 1.0]}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, _attrs) -> None:
        self.tags.append(tag)

    def handle_data(self, data) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_a_page_of_its_own_needs_no_script():
    """All that is said stands in plain HTML, and a policy lets nothing run."""
    page = read(standalone(compare_section(TWO), "2025-01-05"))
    assert "script" not in page.tags
    assert page.tags.count("table") >= 5
    text = words(" ".join(page.text))
    assert "B2 1.2 against B1 1.1" in text
    assert "+0.05 (+0.05 … +0.05)" in text
    assert "2025-01-05" in text


def test_every_kind_of_block_is_drawn():
    """A section of a cell, with plots, logs and a command, reads in the terminal and on a page."""
    drawn_grid = grid()
    atlas = Atlas(summed(drawn_grid), drawn_grid.columns)
    column = drawn_grid.columns[0]
    for square in column.squares.values():
        of = cell_section(atlas, column, square.cell)
        text, page = words(drawn(of, 200)), words(" ".join(read(standalone(of, "now")).text))
        assert square.verdict.status.value in text
        assert f"$ {square.reproduce}" in text
        assert square.reproduce in page


def test_hostile_words_stay_words():
    """Markup, escape codes and tags of a name arrive as they are, and style or move nothing."""
    evil = "\x1b[2J[red]<script>alert(1)</script>&amp;"
    table = blocks.table(evil, (evil, "#n"), [(evil, "1")])
    of = dataclasses.asdict(
        Section(evil, (table, blocks.text(evil, evil), blocks.log(evil, [evil])))
    )
    text = drawn(of, 200)
    assert "\x1b" not in text
    assert text.count("[red]<script>alert(1)</script>&amp;") >= 4
    page = read(standalone(of, evil))
    assert "script" not in page.tags
    assert "".join(page.text).count("[red]<script>alert(1)</script>&amp;") >= 4


@dataclasses.dataclass
class Section:
    title: str
    blocks: tuple
    kicker: str = "k"
    lead: str = "l"
    status: str = "failed"
