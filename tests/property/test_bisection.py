"""Laws of the noisy bisection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualify.stats.bisection import Posterior, likeliest, next_probe
from qualify.stats.rates import Count
from qualify.stats.symbols import failure_evidence, rank_evidence

BUILDS = 6
positions = st.integers(0, BUILDS - 1)
answers = st.lists(st.tuples(positions, st.integers(0, 7)), max_size=12)
flags = st.lists(st.booleans(), min_size=BUILDS, max_size=BUILDS).map(np.array)


def learnt(seen: list[tuple[int, int]], before: float = 0.05) -> Posterior:
    posterior = Posterior.start(rank_evidence(20), BUILDS, before, 0.05)
    for position, symbol in seen:
        posterior = posterior.after(position, symbol)
    return posterior


@given(answers)
def test_probabilities_add_up(seen: list[tuple[int, int]]) -> None:
    """Whatever was answered, hypotheses and effects are probabilities."""
    posterior = learnt(seen)
    for found in (posterior.hypotheses, posterior.effects):
        assert (found >= 0.0).all()
        assert found.sum() == pytest.approx(1.0)


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(seen: list[tuple[int, int]], rng) -> None:
    """Trainings are exchangeable: a resumed bisection knows what an uninterrupted one does."""
    shuffled = rng.sample(seen, len(seen))
    assert learnt(seen).hypotheses == pytest.approx(learnt(shuffled).hypotheses, abs=1e-9)


@given(answers)
def test_gains_are_information(seen: list[tuple[int, int]]) -> None:
    """No answer is expected to mislead, and none tells more than what is not known."""
    posterior = learnt(seen)
    p = posterior.hypotheses
    unknown = -(p[p > 0] * np.log(p[p > 0])).sum()
    gains = posterior.gains()
    assert (gains >= 0.0).all()
    assert (gains <= unknown + 1e-9).all()


@given(answers, positions)
def test_gains_are_what_answers_are_expected_to_remove(
    seen: list[tuple[int, int]], position: int
) -> None:
    """The gain is the mean of what is not known before less after, over all answers."""

    def unknown(one: Posterior) -> float:
        p = one.hypotheses[one.hypotheses > 0]
        return float(-(p * np.log(p)).sum())

    posterior = learnt(seen)
    after = [posterior.after(position, symbol) for symbol in range(8)]
    chances = np.exp([np.logaddexp.reduce(one.joint.ravel()) for one in after])
    chances /= np.exp(np.logaddexp.reduce(posterior.joint.ravel()))
    assert chances.sum() == pytest.approx(1.0)
    expected = unknown(posterior) - float(np.dot(chances, [unknown(one) for one in after]))
    assert posterior.gains()[position] == pytest.approx(expected, abs=1e-9)


@given(answers, positions, st.integers(0, 7))
def test_an_answer_tells_nothing_within_a_side(
    seen: list[tuple[int, int]], position: int, symbol: int
) -> None:
    """Before anything else is known, an answer moves the hypotheses of a side alike."""
    fresh = learnt([], 0.05)
    ratio = fresh.after(position, symbol).hypotheses / fresh.hypotheses
    assert ratio[: position + 1] == pytest.approx([ratio[0]] * (position + 1))
    assert ratio[position + 1 :] == pytest.approx([ratio[-1]] * (BUILDS - position))


@given(st.integers(0, 20), positions)
def test_a_failure_speaks_against_what_comes_later(good: int, position: int) -> None:
    """A failure makes a first bad build up to its position likelier, a success less likely."""
    posterior = Posterior.start(failure_evidence(Count(0, good)), BUILDS, 0.05, 0.05)
    early = slice(0, position + 1)
    before = posterior.hypotheses[early].sum()
    assert posterior.after(position, 1).hypotheses[early].sum() > before
    assert posterior.after(position, 0).hypotheses[early].sum() < before


@given(answers, flags, flags, st.floats(0.0, 0.5))
def test_only_what_can_be_tested_is_asked(
    seen: list[tuple[int, int]], testable: np.ndarray, cached: np.ndarray, slack: float
) -> None:
    """The probe is testable and tells at least the part of the best gain that the slack leaves."""
    if not testable.any():
        return
    gains = learnt(seen).gains()
    chosen = next_probe(gains, testable, cached, slack)
    assert testable[chosen]
    assert gains[chosen] >= (1.0 - slack) * gains[testable].max() - 1e-12


@given(answers, flags)
def test_the_likeliest_are_neighbours(seen: list[tuple[int, int]], testable: np.ndarray) -> None:
    """Culprits that cannot be told apart stand side by side, and no testable build parts them."""
    hypotheses = learnt(seen).hypotheses
    culprits, probability = likeliest(hypotheses, testable)
    assert probability == pytest.approx(hypotheses[culprits.start : culprits.stop].sum())
    assert not testable[culprits.start : culprits.stop - 1].any()
