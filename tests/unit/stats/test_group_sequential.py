"""Alpha spending keeps its error and agrees with published bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from qualify.stats.group_sequential import nominal_levels, schedule, spent


def bounds(looks: tuple[int, ...], alpha: float, most: int | None = None) -> list[float]:
    return [float(norm.isf(level)) for level in nominal_levels(looks, alpha, most)]


@pytest.mark.parametrize(
    ("looks", "alpha", "published"),
    [
        (5, 0.025, [4.877, 3.357, 2.680, 2.290, 2.031]),
        (2, 0.025, [2.963, 1.969]),
        (4, 0.025, [4.333, 2.963, 2.359, 2.014]),
    ],
)
def test_the_bounds_are_those_published(looks: int, alpha: float, published: list[float]) -> None:
    """Equally spaced looks get the published Lan-DeMets bounds of O'Brien-Fleming type."""
    assert bounds(tuple(range(1, looks + 1)), alpha) == pytest.approx(published, abs=6e-4)


def test_the_final_level_of_three_looks_is_the_published_one() -> None:
    """Three looks at 0.025 end at the nominal level of 0.0231, the second at 0.006."""
    first, second, last = nominal_levels((1, 2, 3), 0.025)
    assert (first, second, last) == pytest.approx((0.000104, 0.0060, 0.0231), rel=5e-3)


@pytest.mark.parametrize("alpha", [0.05, 0.0025, 1e-5])
def test_the_second_bound_agrees_with_plain_quadrature(alpha: float) -> None:
    """An integral by another method finds just the error that the second look may spend."""
    first, second = bounds((2, 3), alpha, most=4)
    rho = math.sqrt(2 / 3)

    def crossing(z: float) -> float:
        return norm.pdf(z) * norm.sf((second - rho * z) / math.sqrt(1 - rho**2))

    spread = math.sqrt(1 - rho**2)
    points = sorted({rho * second, min(first, rho * second + spread)})
    inner, _ = quad(crossing, -9, first, points=points, epsabs=0, epsrel=1e-9, limit=300)
    assert inner == pytest.approx(spent(alpha, 3 / 4) - spent(alpha, 2 / 4), rel=1e-6)


def test_simulated_paths_cross_as_often_as_promised() -> None:
    """Gaussian paths cross any bound of the schedule with probability alpha."""
    looks, alpha, paths = schedule(20), 0.05, 100_000
    sums = np.random.default_rng(1).standard_normal((paths, 20)).cumsum(axis=1)
    z = sums[:, np.array(looks) - 1] / np.sqrt(looks)
    crossed = (z >= np.array(bounds(looks, alpha))).any(axis=1).mean()
    assert crossed == pytest.approx(alpha, abs=4 * math.sqrt(alpha / paths))


def test_a_single_look_spends_everything() -> None:
    """One look is the plain test at alpha."""
    assert nominal_levels((7,), 0.01) == pytest.approx((0.01,))


def test_levels_do_not_depend_on_later_looks() -> None:
    """Stopping early or adding looks changes nothing of the looks before."""
    assert nominal_levels((3, 6), 0.01, 20) == pytest.approx(nominal_levels((3, 6, 20), 0.01)[:2])


def test_a_look_too_early_for_any_rejection_has_level_zero() -> None:
    """Where the spending underflows, the look cannot reject and the others keep alpha."""
    first, last = nominal_levels((1, 400), 1e-5)
    assert first == 0.0
    assert last == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("most", "looks"),
    [
        (1, (1,)),
        (7, (3, 4, 5, 6, 7)),
        (20, (3, 4, 5, 6, 8, 10, 12, 16, 20)),
        (30, (3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 30)),
    ],
)
def test_the_schedule_ends_at_the_cap(most: int, looks: tuple[int, ...]) -> None:
    """Looks are dense early, and the last is always the cap."""
    assert schedule(most) == looks


@pytest.mark.parametrize(
    ("looks", "alpha", "most"),
    [((), 0.05, None), ((3, 3), 0.05, None), ((0, 2), 0.05, None), ((5,), 0.05, 4)]
    + [((5,), alpha, None) for alpha in (0.0, 1.0, math.nan)],
)
def test_impossible_designs_are_refused(
    looks: tuple[int, ...], alpha: float, most: int | None
) -> None:
    """Looks that do not increase, exceed the cap, or an alpha that is none raise ValueError."""
    with pytest.raises(ValueError, match="must"):
        nominal_levels(looks, alpha, most)


def test_a_schedule_needs_a_pair() -> None:
    """A cap of zero pairs is refused."""
    with pytest.raises(ValueError, match="at least one pair"):
        schedule(0)
