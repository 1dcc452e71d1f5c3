"""The benchmark of failures that repeat by chance."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pytest

from benchmarks.repeats import CANARY, Flaky, accused, in_turns, once, thrice
from benchmarks.repeats import _broken as broken


def always() -> bool:
    return True


def never() -> bool:
    return False


@pytest.mark.parametrize("rule", [once, thrice, in_turns(1), in_turns(4)])
def test_every_rule_finds_what_is_broken_and_passes_what_is_not(rule):
    """The rules differ in what they say of flaky executions alone."""
    assert rule(always, never)
    assert not rule(never, never)


def test_a_flake_that_repeats_once_accuses_by_one_turn_alone():
    """Broken, kept by the baseline and broken again is not enough for more turns."""
    assert in_turns(1)(cycle([True, True, False]).__next__, never)
    assert not in_turns(4)(cycle([True, True, False]).__next__, never)


def test_a_canary_is_accused_of_what_it_alone_does_each_time():
    """A seed that fails in the candidate each time is found, a sound canary never accused."""
    assert accused(broken)
    assert not accused(Flaky([0.0] * CANARY.cap, np.random.default_rng(1)))
    assert not accused(Flaky([1.0] * CANARY.cap, np.random.default_rng(1)))
