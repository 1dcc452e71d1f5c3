import dataclasses
import math

import pytest

from qualify.rendering.text import (
    interval,
    loss,
    margin,
    more,
    number,
    one_line,
    printable,
    within,
    worse,
)
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
    """An interval reads from its lower to its upper end, and an open side is infinite."""
    assert interval(evidence(shift=0.058)) == "+0.0409 … +0.0751"
    half_open = dataclasses.replace(evidence(), interval=(-math.inf, 0.0123))
    assert interval(half_open) == "−∞ … +0.0123"
    assert interval(dataclasses.replace(evidence(), interval=None)) == "–"


def test_evidence_is_told_with_its_limit():
    """The last evidence stands beside its limit, and when that was first reached."""
    one = dataclasses.replace(
        evidence(), worse=(1.0, 6.6, 5.25), within=(0.5, -1.0, -3.0), reject=6.51, accept=-2.54
    )
    assert worse(one) == "5.25, limit 6.51 reached at 2"
    assert within(one) == "−3, limit −2.54 reached at 3"
    assert worse(dataclasses.replace(one, reject=7.0)) == "5.25, limit 7"


def test_a_side_that_a_test_lacks_is_a_dash():
    """A test without a passing side, or without a path, has no evidence to show."""
    one = dataclasses.replace(evidence(), within=(), accept=-math.inf, worse=(1.5,), reject=None)
    assert (worse(one), within(one)) == ("1.5", "–")


def test_further_trainings_are_an_estimate():
    """How many more are needed is only ever about so many; none is a dash."""
    assert (more(6), more(None)) == ("about 6", "–")
