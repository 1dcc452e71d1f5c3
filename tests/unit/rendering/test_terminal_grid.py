"""The overview in a terminal: it fits, folds what is quiet, and hides nothing."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from qualify.core.overview import BuildHead, Overview, Point, RowHead, overview
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.rendering.terminal_grid import terminal_grid, worst
from tests.factories import grid


def shown(of: Overview, width: int = 80, *, everything: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(terminal_grid(of, width, everything=everything))
    return console.file.getvalue().splitlines()


def many(builds: int, *statuses: Status) -> Overview:
    """So many builds of rows that each have one status in all of them."""
    heads = [
        BuildHead(f"B{n:04d}", "1", f"2025-03-{1 + n // 4:02d}T00:00", "ship")
        for n in range(builds, 0, -1)
    ]
    rows = [RowHead(f"quality/c{n}", "quality", f"c{n}") for n in range(len(statuses))]
    points = {
        (row.id, head.id): Point(status)
        for row, status in zip(rows, statuses, strict=True)
        for head in heads
    }
    return overview("x", heads, rows, points)


def line(lines: list[str], name: str) -> str:
    return next(one for one in lines if one.startswith(name))


def test_the_newest_build_is_leftmost():
    """What all names begin with is said once; below each are the day and the decision."""
    head, days, answers = shown(summed(grid()))[:3]
    assert head.split() == ["flaml", "·", "builds", "B000…", "3", "2", "1"]
    assert days.split() == ["03-04", "02"]
    assert answers.split() == ["✕", "?", "✓"]


def test_rows_with_trouble_stand_alone():
    """Each has the glyph of each build, also where a build does not know the cell."""
    lines = shown(summed(grid()))
    assert line(lines, "performance/fit_seconds_small").split()[1:] == ["◷", "·", "●"]


def test_quiet_rows_of_a_suite_are_one_line():
    """Rows in which no build is red or undecided are counted, and shown on demand."""
    of = many(3, Status.PASSED, Status.FAILED, Status.FLAKY, Status.IMPROVED)
    folded, whole = shown(of), shown(of, everything=True)
    assert line(folded, "quality: 3 others").split()[3:] == ["≈"] * 3
    assert line(folded, "quality/c1").split()[1:] == ["✖"] * 3
    assert sum(one.startswith("quality/") for one in whole) == 4


def test_a_fold_never_makes_a_missing_result_green():
    """The least good of what is folded stands for it."""
    assert worst([Status.PASSED, Status.NOT_SCHEDULED]) is Status.NOT_SCHEDULED
    assert worst([Status.PASSED, Status.SKIPPED]) is Status.PASSED
    assert worst([]) is Status.NOT_SCHEDULED
    assert not any(worst([Status.PASSED, s]).green for s in Status if s in BAD)


BAD = {s for s in Status if not s.green} - {Status.SKIPPED}


@pytest.mark.parametrize("width", [30, 44, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int):
    """As many builds as fit are shown, the newest, and the rest is counted."""
    of = many(100, Status.PASSED, Status.FAILED)
    lines = shown(of, width)
    assert max(map(cell_len, lines)) <= width
    count = line(lines, "quality/c1").count("✖")
    assert count >= 1
    assert f"{100 - count} older builds are not shown" in lines
    assert "100" in lines[0]


def test_trouble_that_is_not_shown_folds():
    """A row that was red only in builds that do not fit is quiet in those that do."""
    of = many(40, Status.PASSED)
    old = dataclasses.replace(of, statuses=of.statuses[:-1] + bytes([3]))
    assert line(shown(old, 44), "quality: 1 cell").count("●") > 3


def test_wide_names_are_cut_by_their_cells():
    """A name in a script whose letters are wide does not push the builds out of their columns."""
    of = many(2, Status.FAILED)
    rows = (dataclasses.replace(of.rows[0], id="quality/" + "漢字" * 30),)
    lines = shown(dataclasses.replace(of, rows=rows), 60)
    row = next(one for one in lines if "漢" in one)
    assert cell_len(row) <= 60
    assert row.count("✖") == 2
    assert "…" in row


def test_names_that_contain_one_another_stay_apart():
    """B1 and B10 have different heads."""
    of = many(2, Status.PASSED)
    builds = tuple(
        dataclasses.replace(b, id=i) for b, i in zip(of.builds, ("B10", "B1"), strict=True)
    )
    assert shown(dataclasses.replace(of, builds=builds))[0].split()[-2:] == ["10", "1"]


def test_hostile_names_move_nothing():
    """Escape codes in a name arrive as plain text."""
    of = many(1, Status.FAILED)
    rows = (dataclasses.replace(of.rows[0], id="\x1b[2Jq\n\x07"),)
    text = "\n".join(shown(dataclasses.replace(of, rows=rows)))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_an_empty_history_is_drawn():
    """No build and no row are no reason to fail."""
    assert shown(overview("x", (), (), {}))
