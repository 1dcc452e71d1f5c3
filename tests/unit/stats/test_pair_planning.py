"""What pairs can find, and how many more would decide them."""

from __future__ import annotations

import numpy as np
import pytest

from qualify.stats.limits import Key, limit
from qualify.stats.pair_planning import detectable_pairs, further_pairs

REJECT = limit(Key("signed", 0, 30, "each", 0.0, 0.001))
ACCEPT = limit(Key("signed", 0, 30, "each", 0.0, 0.05))
TIES = np.linspace(0.01, 0.99, 8)


def test_few_pairs_find_nothing_at_a_strict_level() -> None:
    """Nine equal signs happen by chance in one of 512 cells, so no loss is found by them."""
    assert detectable_pairs(9, REJECT) is None


def test_more_pairs_find_smaller_losses() -> None:
    """What is detectable shrinks with the number of pairs."""
    sizes = [detectable_pairs(n, REJECT) for n in (14, 20, 30)]
    assert sizes == sorted((s for s in sizes if s is not None), reverse=True)


def test_the_power_is_what_it_says() -> None:
    """A shift of the detectable size is found in four of five fresh cells."""
    from qualify.stats.signed_ranks import signed_paths

    size = detectable_pairs(20, REJECT)
    assert size is not None
    rng = np.random.default_rng(1)
    paths = signed_paths(rng.normal(size, 1.0, (20, 2000)), rng.random((20, 2000)))
    assert (paths >= REJECT).any(axis=0).mean() == pytest.approx(0.8, abs=0.05)


def test_pairs_that_decide_need_no_more() -> None:
    """Eight pairs far within the margin are enough for the passing side."""
    assert further_pairs(np.zeros(8), TIES, 1.0, (REJECT, ACCEPT)) == 0


def test_undecided_pairs_say_how_many_more() -> None:
    """Pairs that lean one way decide when they are repeated often enough."""
    more = further_pairs(np.array([0.9, 1.1, 1.0, 0.8]), TIES[:4], 1.0, (REJECT, ACCEPT))
    assert more is not None
    assert more > 4


def test_no_pair_says_nothing() -> None:
    """Without a pair there is nothing that more would resemble."""
    assert further_pairs(np.zeros(0), np.zeros(0), 1.0, (REJECT, ACCEPT)) is None
