import dataclasses
import io

from rich.console import Console

from qualify.core.grid import Grid
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.rendering.terminal import (
    decision_panel,
    report,
    together,
    trouble,
)
from tests.factories import CELLS, build, column, grid, square


def drawn(renderable, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(renderable)
    return console.file.getvalue()


def test_trouble_comes_with_reason_and_command():
    """What is red or undecided is told with its reason and how to see it again."""
    text = drawn(trouble(grid().columns[0]), 120)
    assert "regressed" in text
    assert "log_loss is worse than the baseline by 0.058 nat" in text
    assert "$ qualify reproduce --build B0003 'quality/breast_cancer@py311-cpu-locked'" in text
    assert "build/wheel" not in text


def test_a_long_command_is_whole_in_a_narrow_terminal():
    """A command that does not fit is folded, never cut."""
    text = drawn(trouble(grid().columns[0]), 50).replace("\n", "").replace(" ", "")
    assert "'performance/fit_seconds_small@py311-cpu-locked'" in text


def test_trouble_shows_its_evidence():
    """A metric that is not green has all of its numbers in a line."""
    text = drawn(trouble(grid().columns[0]), 400)
    assert "log_loss: loss +0.058 [+0.0409 … +0.0751], margin 0.02 nat, n = 8 / 50" in text
    assert "evidence up to regressed 17.6, limit 6.51 reached at 3" in text


def test_findings_and_second_opinions_are_told():
    """What the cells show together comes with what it means; a build without any says nothing."""
    text = drawn(together(grid().columns[0]), 200)
    assert "✕ holds the release: a loss spread over the cells: over 41 canaries" in text
    assert "second opinion by e-BH: quality/breast_cancer@py311-cpu-locked" in text
    assert drawn(together(column(build("B1", "1", "2025-01-01"), "ship"))).strip() == ""


def test_the_decision_is_one_sentence():
    """The panel says the answer and its sentence."""
    assert "✕ hold  2.3.5 is held: 3 gating cells are red." in drawn(
        decision_panel(grid().columns[0])
    )


def test_hostile_text_moves_nothing():
    """Escape codes and rich's markup in a reason arrive as plain text."""
    one = square(CELLS[3], Status.FAILED)
    verdict = dataclasses.replace(one.verdict, reason="\x1b[2J[red]boo[/red]\x07")
    hostile = dataclasses.replace(one, verdict=verdict)
    newest = column(build("B1", "1", "2025-01-01"), "hold", hostile)
    text = drawn(report(summed(Grid("x", (newest,))), newest))
    assert "[red]boo[/red]" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_the_decision_is_of_the_build_that_was_run():
    """Qualifying an older build again ends with its decision, not with the newest build's."""
    text = drawn(report(summed(grid()), grid().columns[2]))
    assert grid().columns[2].decision.sentence in text
    assert grid().columns[0].decision.sentence not in text


def test_the_report_begins_with_the_grid():
    """Every build that fits comes first, then the trouble of the one that was run."""
    text = drawn(report(summed(grid()), grid().columns[0]))
    assert text.index("flaml · builds") < text.index("log_loss is worse") < text.index("is held")
