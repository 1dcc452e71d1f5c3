import math

import pytest

from qualify.rendering.text import interval, loss, margin, number, one_line, printable
from tests.factories import evidence


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("a\x00b\x08c\x85d", "abcd"),
        ("a\ud800b\ufffe", "ab"),
        ("abc\u202edef", "abcdef"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("Überläng 漢字 🎲", "Überläng 漢字 🎲"),
    ],
)
def test_printable_drops_what_moves_a_cursor_or_breaks_xml(hostile, shown):
    """Colour codes, controls, surrogates and direction overrides go; all other text stays."""
    assert printable(hostile) == shown


def test_one_line_is_cut_with_an_ellipsis():
    """A text of any length becomes one line no longer than the limit."""
    assert one_line("a\nb  c") == "a b c"
    assert one_line("x" * 100, limit=10) == "x" * 9 + "…"


def test_numbers_have_a_true_minus_and_no_false_precision():
    """Numbers show four digits; what is not a number is a dash, never `nan`."""
    assert number(-0.123456) == "−0.1235"
    assert [number(None), number(math.nan), number(math.inf)] == ["–", "–", "∞"]


def test_relative_metrics_speak_in_per_cent():
    """A loss on the log scale reads as a percentage, on the raw scale as a signed number."""
    assert loss(math.log(1.25), evidence(metric="fit_seconds")) == "+25 %"
    assert loss(-0.02, evidence()) == "−0.02"
    assert margin(evidence(metric="fit_seconds")) == "20 %"
    assert margin(evidence()) == "0.02 nat"


def test_an_interval_names_both_ends():
    """An interval reads from its lower to its upper end."""
    assert interval(evidence(shift=0.058)) == "+0.049 … +0.067"
