import dataclasses

from qualify.core.grid import Grid
from qualify.core.summing import summed
from qualify.rendering.summary import LIMIT, escape, summary
from tests.factories import CELLS, Status, build, cell, column, grid, square


def test_the_decision_comes_first():
    """The first lines say the answer, the build and the sentence."""
    lines = summary(grid().columns[0]).splitlines()
    assert lines[0] == "## ✕ hold · flaml 2.3.5, B0003"
    assert lines[2] == "2.3.5 is held: 3 gating cells are red."
    assert "● 3 passed" in lines[4]


def test_cells_that_are_not_green_have_a_row():
    """Each has its reason and the command that shows it again; green cells have none."""
    text = summary(grid().columns[0])
    rows = [line for line in text.splitlines() if line.startswith(("| ▼", "| ?", "| ✖", "| ◷"))]
    assert len(rows) == 4
    assert "<code>qualify reproduce --build B0003" in rows[0]
    assert "wheel" not in text


def test_findings_come_before_the_cells():
    """What the cells show together and the second opinions stand between counts and cells."""
    lines = summary(grid().columns[0]).splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("- ✕ holds the release"))
    assert "p 0.000183, share of α 0.0025" in lines[first]
    assert lines[first + 3].startswith("- second opinion by Benjamini-Hochberg: quality/")
    assert first < next(i for i, line in enumerate(lines) if line.startswith("| status"))


def test_a_green_build_has_no_table():
    """Where all is green nothing is listed."""
    assert "|" not in summary(grid().columns[2])


def test_markup_becomes_text():
    """Pipes, tags, links, mentions and line breaks in a reason stay within their table cell."""
    assert escape("a|b\n<img src=x>") == "a&#124;b &#60;img src=x&#62;"
    assert escape("@team [x](http://y)") == "&#64;team &#91;x&#93;(http&#58;//y)"
    assert escape("1. list") == "1&#46; list"


def test_a_large_summary_is_cut_between_rows():
    """A summary never exceeds what the service takes, and says how much it left out."""
    one = square(CELLS[3], Status.REGRESSED)
    verdict = dataclasses.replace(one.verdict, reason="é" * 1900)
    many = [
        dataclasses.replace(one, cell=cell("quality", f"c{i}"), verdict=verdict) for i in range(400)
    ]
    text = summary(column(build("B1", "1", "2025-01-01"), "hold", *many))
    assert LIMIT - 8000 < len(text.encode()) <= LIMIT
    assert text.endswith("more cells: see the grid.\n")
    assert text.count("\n| ▼") + int(text.split()[-6]) == 400


def test_what_changed_since_earlier_builds_is_listed():
    """With the other builds at hand it names what is newly red, with the last decided build."""
    text = summary(grid().columns[0], summed(grid()))
    (line,) = (line for line in text.splitlines() if "newly red" in line)
    assert line.startswith("- **3 newly red**: quality/breast&#95;cancer")
    assert "(before: B0001)" in line
    assert "still red" not in text


def test_what_was_fixed_and_what_stays_red_is_listed():
    """A cell that was red is either fixed or still red."""
    old = column(build("B1", "1", "2025-01-01"), "hold", *red(Status.FAILED, Status.FAILED))
    new = column(build("B2", "2", "2025-01-02"), "hold", *red(Status.PASSED, Status.TIMEOUT))
    text = summary(new, summed(Grid("flaml", (new, old))))
    assert "- **1 fixed**: quality/breast&#95;cancer" in text
    assert "- **1 still red**: quality/credit&#95;g" in text


def test_a_long_list_of_changes_is_cut():
    """Of very many cells the first are named, and the others counted."""
    many = [
        dataclasses.replace(square(CELLS[3], Status.FAILED), cell=cell("quality", f"c{i}"))
        for i in range(30)
    ]
    new = column(build("B2", "2", "2025-01-02"), "hold", *many)
    (line,) = (s for s in summary(new, summed(Grid("x", (new,)))).splitlines() if "newly" in s)
    assert line.endswith("… and 10 more")


def red(*statuses):
    return [square(of, status) for of, status in zip(CELLS[3:5], statuses, strict=True)]
