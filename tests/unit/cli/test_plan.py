"""What `qualify plan` and `qualify baseline power` print."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from rich.console import Console

from qualify.cli.plan import duration, prospects_table
from qualify.cli.power import power
from qualify.verbs.planning.prospects import Prospect

KNOWN = Prospect(
    "wine", "rmse", "baseline", 0.05, 50, 30, 0.04, 1.22, 0.0015, 2.0, 7.25, 19.5, 0.61, 0.0862
)
UNKNOWN = Prospect("tiny", "log_loss", "anchor", 0.4, 20, 20, trouble="insensitive")


def drawn(*rows: tuple[str, Prospect]) -> list[str]:
    console = Console(width=140)
    with console.capture() as captured:
        console.print(prospects_table(rows))
    return [" ".join(line.split()) for line in captured.get().splitlines()]


def test_a_line_a_metric():
    """Margins and losses in the metric's unit, relative ones in per cent."""
    heading, line = drawn(("quality/wine", KNOWN))
    assert heading.startswith("metric margin in sd m cap level")
    assert line == "quality/wine rmse 5% 1.22 50 30 0.0015 2.0 7.2 19.5 0.61 9%"


def test_unknown_numbers_are_left_out():
    """What nothing is known of is empty, never a zero; another reference is named."""
    assert drawn(("tiny", UNKNOWN))[1] == "tiny log_loss (anchor) 0.4 nat 20 20"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (119, "119 s"), (150, "2 min"), (9000, "2.5 h")]
)
def test_durations_are_read_at_a_glance(seconds: float, words: str):
    """In the unit that is read best."""
    assert duration(seconds) == words


@pytest.mark.parametrize(
    "arguments",
    [("--wish", "1", "--margin", "1"), ("--power", "0.9"), ("--m", "5"), ("--wish", "0")],
)
def test_wishes_that_contradict_themselves(arguments: tuple[str, ...]):
    """One wish at a time, of numbers that can be."""
    ran = CliRunner().invoke(power, arguments)
    assert ran.exit_code == 2
    assert "Error" in ran.output
