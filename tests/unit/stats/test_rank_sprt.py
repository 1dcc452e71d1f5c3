"""The sequential rank test."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from qualify.stats.limits import design
from qualify.stats.rank_sprt import (
    EFFECTS,
    OPEN,
    PASSED,
    REGRESSED,
    WEIGHTS,
    Design,
    Paths,
    evidence_paths,
    kl_bound,
    readings,
)
from qualify.stats.ranks import normal_scores, null_places, places, shifted_places

ALPHA = 0.05 / 200
DESIGN = Design(50, 6, (1, 2, 4, 6), 1.0, 0.01, 0.05, 3.0, -2.0)


def read(worse: list[float], within: list[float], design_: Design = DESIGN) -> tuple[int, int]:
    """The answer of one path, and when."""
    paths = Paths(np.array([worse]).T.astype(np.float32), np.array([within]).T.astype(np.float32))
    answer, at = readings(paths, design_)
    return int(answer[0]), int(at[0])


def test_the_bounds_are_those_of_a_known_baseline():
    """At 1 sd, 0.05 / 200 and 0.05, an unchanged cell takes 5.99 trainings and a loss 15.4."""
    assert kl_bound(1.0, 0.05 / 200, 0.05) == pytest.approx(5.99, abs=0.005)
    assert kl_bound(1.0, 0.05, 0.05 / 200) == pytest.approx(15.4, abs=0.05)
    assert kl_bound(2.0, 0.05, 0.05 / 200) == pytest.approx(kl_bound(1.0, 0.05, 0.05 / 200) / 4.0)


def test_the_evidence_is_the_stated_formula():
    """After each training it is the shrunk likelihood ratio of the scores' sum, mixed."""
    m, delta = 20, 0.7
    found = np.array([3, 18, 20], dtype=np.int16)
    paths = evidence_paths(found, m, delta)
    for n in (1, 2, 3):
        total = float(normal_scores(m)[found[:n]].sum())
        ratios = [m / (m + n) * (k * delta * total - n * (k * delta) ** 2 / 2.0) for k in EFFECTS]
        mean = sum(w * math.exp(r) for w, r in zip(WEIGHTS, ratios, strict=True))
        assert paths.worse[n - 1] == pytest.approx(math.log(mean), abs=1e-5)
        assert paths.within[n - 1] == pytest.approx(ratios[0], abs=1e-5)


def test_the_weights_are_a_distribution():
    """A mixture of likelihood ratios is one only if its weights sum to 1."""
    assert sum(WEIGHTS) == pytest.approx(1.0)


def test_the_first_limit_that_is_reached_decides():
    """A path that reaches the rejecting limit and then the passing one has regressed."""
    assert read([0, 3.0, 0, 0, 0, 0], [0, 0, 0, -9, 0, 0]) == (REGRESSED, 2)
    assert read([0, 0, 0, 0, 0, 9], [0, -2.0, 0, 0, 0, 0]) == (PASSED, 2)


def test_a_loss_below_the_margin_passes():
    """Where both limits are reached at once the loss is real, but smaller than the margin."""
    assert read([0, 4, 0, 0, 0, 0], [0, -4, 0, 0, 0, 0]) == (PASSED, 2)


def test_only_looks_decide():
    """Between looks the evidence is not read."""
    assert read([0, 0, 9, 0, 0, 0], [0, 0, 0, 0, -9, 0]) == (OPEN, 6)
    assert read([0, 0, 9, 9, 0, 0], [0] * 6) == (REGRESSED, 4)


def test_a_path_without_an_answer_is_open_after_all_its_trainings():
    """Neither limit reached, or no look yet: OPEN after as many trainings as there are."""
    assert read([0, 0, 0], [0, 0, 0]) == (OPEN, 3)
    late = dataclasses.replace(DESIGN, looks=(4, 6))
    assert read([9, 9], [0, 0], late) == (OPEN, 2)


@pytest.mark.parametrize(("m", "cap"), [(20, 30), (50, 30), (200, 60)])
def test_the_errors_are_kept(m: int, cap: int):
    """Of unchanged cells at most alpha regress, of losses of the margin at most beta pass."""
    test, rng, cells = design(m, cap, 1.0, 0.01, 0.05), np.random.default_rng(m), 8000
    null = evidence_paths(null_places(rng, m, cap, cells), m, 1.0)
    lost = evidence_paths(shifted_places(rng, m, cap, cells, 1.0), m, 1.0)
    slack = 4.0 * np.sqrt(np.array([0.01, 0.05]) / cells)
    assert (null.worse >= test.reject).any(axis=0).mean() <= 0.01 + slack[0]
    assert (lost.within <= test.accept).any(axis=0).mean() <= 0.05 + slack[1]


def test_the_noise_does_not_matter():
    """Places of skewed and of heavy-tailed values have the error that the urn's have."""
    rng, cells = np.random.default_rng(8), 4000
    test = design(20, 20, 1.0, 0.02, 0.05)
    for noise in (rng.standard_cauchy, rng.standard_exponential):
        ours, theirs = noise((cells, 20)), noise((cells, 20))
        at = places(ours, theirs, rng.random((cells, 20)), rng.random((cells, 20)))
        worse = evidence_paths(at.T, 20, 1.0).worse
        assert (worse >= test.reject).any(axis=0).mean() <= 0.02 + 4.0 * math.sqrt(0.02 / cells)


def test_an_unchanged_cell_is_cheap_and_a_clear_loss_found():
    """At m = 50 an unchanged cell passes in about eight trainings, two sd regress in as few."""
    test, rng = design(50, 30, 1.0, ALPHA, 0.05), np.random.default_rng(5)
    null, at = readings(evidence_paths(null_places(rng, 50, 30, 4000), 50, 1.0), test)
    assert (null == PASSED).mean() > 0.95
    assert 6.0 < at.mean() < 9.5
    lost, at = readings(evidence_paths(shifted_places(rng, 50, 30, 4000, 2.0), 50, 1.0), test)
    assert (lost == REGRESSED).mean() > 0.995
    assert at.mean() < 9.0
