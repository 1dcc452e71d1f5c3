"""The sequential test of paired differences."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy.special import ndtri

from qualify.stats.limits import Key, limit
from qualify.stats.signed_ranks import (
    SHIFTS,
    half_normal_scores,
    likelihood_ratios,
    null_signed_paths,
    signed_paths,
)


@pytest.mark.parametrize("magnitudes", [(1.0,), (1.0, 2.0), (3.0, 1.0, 2.0), (2.0, 4.0, 1.0, 3.0)])
def test_the_evidence_is_a_martingale(magnitudes: tuple[float, ...]):
    """Averaged over all signs, the likelihood ratio is 1 after every pair, exactly."""
    signs = np.array(list(product((-1.0, 1.0), repeat=len(magnitudes)))).T
    paths = signed_paths(signs * np.array(magnitudes)[:, None], np.zeros_like(signs))
    assert np.exp(paths.astype(float)).mean(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_signs_and_sequential_ranks_are_independent_and_uniform():
    """Over all orders and signs, (signs, ranks) takes each of its values equally often."""
    n = 3
    found = []
    for order in permutations((1.0, 2.0, 3.0)):
        for signs in product((-1.0, 1.0), repeat=n):
            values = np.array(order) * np.array(signs)
            path = signed_paths(values, np.zeros(n))
            found.append(tuple(np.round(path, 4).tolist()))
    expected = []
    for ranks in product((1,), (1, 2), (1, 2, 3)):
        for signs in product((-1.0, 1.0), repeat=n):
            path = likelihood_ratios(np.array(signs), np.array(ranks, dtype=float))
            expected.append(tuple(np.round(path, 4).tolist()))
    assert sorted(found) == sorted(expected)


def test_one_pair_says_what_its_sign_says():
    """The first pair has the score of the median half-normal; the mixture is of four shifts."""
    score = float(ndtri(0.75))
    assert half_normal_scores(np.array(1.0), np.array(1.0)) == pytest.approx(score)
    odds = [2.0 / (1.0 + np.exp(-2.0 * k * score)) for k in SHIFTS]
    path = signed_paths(np.array([0.3]), np.array([0.5]))
    assert path[0] == pytest.approx(np.log(np.mean(odds)), abs=1e-5)


def test_cells_are_judged_side_by_side_as_alone():
    """Many cells at once have the evidence that each has by itself."""
    rng = np.random.default_rng(3)
    differences, ties = rng.standard_normal((9, 5)), rng.random((9, 5))
    alone = [signed_paths(differences[:, i], ties[:, i]) for i in range(5)]
    assert signed_paths(differences, ties) == pytest.approx(np.stack(alone, axis=1), abs=1e-5)


def test_a_clear_loss_is_found():
    """Thirty pairs that lose one standard deviation mostly show it, and never a gain."""
    differences = np.random.default_rng(6).standard_normal((30, 200)) + 1.0
    ties = np.random.default_rng(7).random((30, 200))
    edge = limit(Key("signed", 0, 30, "each", 0.0, 0.001))
    assert (signed_paths(differences, ties) >= edge).any(axis=0).mean() > 0.8
    assert (signed_paths(-differences, ties) >= edge).any(axis=0).mean() == 0.0


@pytest.mark.parametrize("level", [0.01, 0.05])
def test_the_error_is_kept_under_any_symmetric_noise(level: float):
    """The simulated law, Gaussian and Cauchy differences reach the limit at most at the level."""
    edge = limit(Key("signed", 0, 20, "each", 0.0, level))
    rng, cells = np.random.default_rng(9), 4000
    ties = rng.random((20, cells))
    paths = [
        null_signed_paths(rng, 20, cells),
        signed_paths(rng.standard_normal((20, cells)), ties),
        signed_paths(rng.standard_cauchy((20, cells)), ties),
    ]
    for one in paths:
        assert (one >= edge).any(axis=0).mean() <= level + 4.0 * np.sqrt(level / cells)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_differences_of_nothing_are_no_evidence(share: float):
    """Pairs that differ by exactly 0 keep the level: a fair coin tosses their sign."""
    rng, cells = np.random.default_rng(10), 3000
    differences = rng.standard_normal((20, cells))
    differences[rng.random((20, cells)) < share] = 0.0
    edge = limit(Key("signed", 0, 20, "each", 0.0, 0.02))
    found = (signed_paths(differences, rng.random((20, cells))) >= edge).any(axis=0).mean()
    assert found <= 0.02 + 4.0 * np.sqrt(0.02 / cells)
