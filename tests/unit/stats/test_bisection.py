from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from qualify.stats import symbols
from qualify.stats.bisection import Posterior, bad_end_in_doubt, likeliest, next_probe
from qualify.stats.rates import Count
from qualify.stats.symbols import (
    certain_evidence,
    failure_evidence,
    rank_evidence,
    rank_symbols,
)

ALL = np.ones(8, dtype=np.bool_)
NONE = np.zeros(8, dtype=np.bool_)


def start(evidence=None, builds: int = 8, before: float = 0.0, none: float = 0.05) -> Posterior:
    return Posterior.start(evidence or rank_evidence(50), builds, before, none)


def test_every_step_is_as_likely_beforehand():
    """Nothing learnt: each step has an equal share of what the two ends leave."""
    found = start(before=0.1, none=0.2).hypotheses
    assert found == pytest.approx([0.1, *[0.1] * 7, 0.2])


def test_certain_answers_halve():
    """Where one look tells, it is the classical bisection: 7 steps need 3 looks."""
    for first in range(1, 8):
        posterior = start(certain_evidence()).after(7, 1)
        for _ in range(3):
            position = next_probe(posterior.gains(), ALL, NONE, 0.0)
            posterior = posterior.after(position, int(position >= first))
        culprits, probability = likeliest(posterior.hypotheses, ALL)
        assert culprits == range(first, first + 1)
        assert probability > 0.95


def test_the_first_question_is_in_the_middle():
    """With the bad end known to be bad, the middle tells most: close to one bit."""
    gains = start(certain_evidence(), 9).after(8, 1).gains()
    assert gains.argmax() == 4
    assert gains.max() == pytest.approx(math.log(2), rel=0.02)
    assert gains[8] < 0.01


def test_bayes_rule_by_hand():
    """Two builds, one failure: the posterior odds are the prior's times the likelihoods'."""
    posterior = Posterior.start(failure_evidence(Count(0, 15)), 2, 0.0, 0.5).after(1, 1)
    good = 0.1 / 20.0  # the guess of one failure in fifty, five trainings, and fifteen successes
    bad = float(np.dot(symbols.RATES, symbols.RATE_WEIGHTS))
    assert posterior.hypotheses[1] == pytest.approx(bad / (bad + good))


def test_the_urn_of_good_builds_is_polyas():
    """Symbols under "no build is bad" have the probability that any exchangeable order has."""
    evidence = rank_evidence(19)
    posterior, log = start(evidence, 3), 0.0
    for drawn, symbol in enumerate([7, 7, 0, 3]):
        urn = evidence.good + np.bincount([7, 7, 0, 3][:drawn], minlength=8)
        log += math.log(urn[symbol] / urn.sum())
        posterior = posterior.after(2, symbol)
    before = start(evidence, 3).joint[-1]
    assert posterior.joint[-1] - before == pytest.approx(log)


def test_effects_are_learnt():
    """Trainings far beyond the good end's speak for a large effect, mild ones for a small one."""
    far, mild = start(), start()
    for _ in range(5):
        far, mild = far.after(7, 7), mild.after(7, 5)
    assert np.dot(far.effects, symbols.SHIFTS) > np.dot(mild.effects, symbols.SHIFTS) + 0.5


def test_places_have_the_classes_of_a_normal_shift():
    """The bad urns hold the normal probabilities of the classes, but for the stray part."""
    m = 19  # the edges of the classes are then edges of places
    evidence = rank_evidence(m)
    edges = norm.ppf([0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0])
    for delta, urn in zip(symbols.SHIFTS, evidence.bad, strict=True):
        shifted = np.diff(norm.cdf(edges - delta))
        null = evidence.good / (m + 1)
        expected = (1.0 - symbols.STRAY) * shifted + symbols.STRAY * null
        assert urn / urn.sum() == pytest.approx(expected, abs=1e-9)


def test_an_identical_training_clears_its_build():
    """A hundred to one, for a build that answers as the good end does to the last bit."""
    before = start().after(7, 7)
    odds = [h[5:].sum() / h[:5].sum() for h in (before.hypotheses, before.cleared(4).hypotheses)]
    assert odds[1] / odds[0] == pytest.approx(100.0)


@pytest.mark.parametrize("m", [1, 10, 20, 50, 200])
def test_classes_are_ordered_and_complete(m: int):
    """Every place has a class, better places have lower ones, and none is lost."""
    classes = rank_symbols(np.arange(m + 1), m)
    assert (np.diff(classes) >= 0).all()
    assert rank_evidence(m).good.sum() == m + 1
    assert rank_evidence(m).bad.sum(axis=1) == pytest.approx(symbols.WORTH)


def test_a_cached_build_is_preferred_among_nearly_equal_ones():
    """Within the slack the cached build is asked; beyond it, the one that tells most."""
    gains = np.array([0.0, 0.1, 0.5, 0.9, 1.0, 0.4, 0.1, 0.0])
    cached = np.isin(np.arange(8), [2, 3])
    assert next_probe(gains, ALL, cached, 0.3) == 3
    assert next_probe(gains, ALL, cached, 0.05) == 4
    assert next_probe(gains, ~np.isin(np.arange(8), [3, 4]), cached, 0.3) == 2


def test_the_bad_end_is_in_doubt_until_it_looks_bad():
    """Beforehand, and after an answer like the good end's; not after one like a bad build's."""
    assert bad_end_in_doubt(start().hypotheses, 0.05)
    assert bad_end_in_doubt(start().after(7, 0).hypotheses, 0.05)
    assert not bad_end_in_doubt(start().after(7, 7).hypotheses, 0.05)


def test_a_build_that_cannot_be_tested_leaves_two_culprits():
    """Its own step and the next cannot be told apart, and are named together."""
    hypotheses = np.array([0.0, 0.1, 0.3, 0.35, 0.25])
    testable = np.array([True, True, False, True])
    assert likeliest(hypotheses, testable) == (range(2, 4), pytest.approx(0.65))
    assert likeliest(hypotheses, ~testable)[0] == range(3, 5)


def test_a_stale_good_end_is_found_out():
    """Where the good end itself answers as the bad end does, no step is accused."""
    posterior = start(before=0.05)
    for _ in range(4):
        posterior = posterior.after(7, 7).after(0, 7)
    assert posterior.hypotheses[0] > 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rank_evidence(0),
        lambda: start(builds=1),
        lambda: start(none=1.0),
        lambda: start(before=-0.1),
        lambda: next_probe(np.ones(8), NONE, ALL, 0.1),
    ],
)
def test_impossible_rows_are_refused(wrong):
    """No replicates, no step, priors that leave nothing, or nothing to test are errors."""
    with pytest.raises(ValueError, match=r"replicates|nothing to find|can be tested"):
        wrong()
