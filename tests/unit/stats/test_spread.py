"""The sequential rank test of spread."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from qualify.stats.limits import Key, limit
from qualify.stats.ranks import Places, null_places, places
from qualify.stats.spread import RATIOS, gap_evidence, spread_paths


def drawn(sd: float, m: int, n: int, cells: int) -> Places:
    """Places of candidates N(0, sd^2) among replicates N(0, 1), (n, cells)."""
    rng = np.random.default_rng(11)
    ours, theirs = sd * rng.standard_normal((cells, n)), rng.standard_normal((cells, m))
    return places(ours, theirs, np.zeros((cells, n)), np.zeros((cells, m))).T


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_evidence_of_a_gap_is_that_of_its_probabilities(ratio: float):
    """It is the log ratio of normal probabilities; the baseline's gaps are equally likely."""
    edges = ndtri(np.arange(6) / 5.0)
    wider = np.diff(ndtr(edges / ratio))
    assert np.exp(gap_evidence(4, ratio)) == pytest.approx(wider / 0.2, rel=1e-5)
    assert np.exp(gap_evidence(50, ratio)).mean() == pytest.approx(1.0, abs=1e-5)


def test_tails_speak_for_spread_and_the_middle_against_it():
    """Places at both ends raise the evidence, places in the middle lower it."""
    ends = spread_paths(np.array([0, 50, 0, 50]), 50)
    middle = spread_paths(np.array([25, 24, 26, 25]), 50)
    assert (np.diff(ends) > 0).all()
    assert (np.diff(middle) < 0).all()
    assert ends == pytest.approx(spread_paths(np.array([50, 0, 50, 0]), 50), abs=1e-5)


@pytest.mark.parametrize("m", [20, 50])
def test_the_error_is_kept(m: int):
    """Of unchanged cells at most the level reaches the limit."""
    edge, cells = limit(Key("spread", m, 30, "each", 0.0, 0.01)), 8000
    paths = spread_paths(null_places(np.random.default_rng(m), m, 30, cells), m)
    assert (paths >= edge).any(axis=0).mean() <= 0.01 + 4.0 * np.sqrt(0.01 / cells)


def test_thrice_the_spread_is_mostly_found():
    """Eight trainings at three times the spread reach the limit of 0.01 in two of three cells."""
    edge = limit(Key("spread", 50, 30, "each", 0.0, 0.01))
    assert (spread_paths(drawn(3.0, 50, 8, 2000), 50) >= edge).any(axis=0).mean() > 0.65
