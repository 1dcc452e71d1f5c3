"""Factors are ranked by what they explain, and what cannot be told is said."""

from __future__ import annotations

from qualify.core.grid import Column
from qualify.judging.factors import Factor, rank
from qualify.judging.units import comparable, units
from tests.comparisons import compared, trained

SEEDS = range(6)


def ranked(*columns: Column) -> tuple[Factor, ...]:
    return rank(comparable([unit for column in columns for unit in units(column, {})]))


def builds(numpy: str, cpus: str = "") -> list[Column]:
    """Builds whose predictions and losses depend on the version of numpy alone."""
    made = []
    for number, version in enumerate(numpy):
        loss = 0.3 + ord(version) / 100
        ones = [trained(seed, loss + seed / 50, f"{seed} {version}") for seed in SEEDS]
        cpu = cpus[number] if cpus else ""
        made.append(compared(f"B{number}", ones, f"numpy=={version}", f"dill=={number}", cpu=cpu))
    return made


def named(found: tuple[Factor, ...], name: str) -> Factor:
    return next(one for one in found if name in one.names)


def test_the_cause_is_ranked_first():
    """What divides the builds as their results do explains all of it, which is rare by chance."""
    found = ranked(*builds("ABABABAB", "xxyyxxyy"))
    assert found[0].names == ("numpy",)
    assert found[0].levels == tuple("ABABABAB")
    for outcome in ("predictions", "quality"):
        assert found[0].explains[outcome].adjusted == 1.0
        assert found[0].explains[outcome].p_value == 2 / 70
    assert named(found, "CPU").score < 0.2


def test_factors_that_change_together_are_one():
    """What divides the builds alike cannot be told apart, and shares one line."""
    found = ranked(*builds("AABB", "xxyy"))
    assert set(named(found, "numpy").names) == {"numpy", "CPU"}


def test_a_factor_with_a_level_for_every_build_is_not_ranked():
    """A version that is another in every build explains everything, and so has no score."""
    single = named(ranked(*builds("AABB")), "version")
    assert single.single
    assert single.score == 0.0
    assert set(single.names) >= {"version", "dill"}


def test_what_is_the_same_everywhere_is_no_factor():
    """Only what differs is named."""
    names = {name for one in ranked(*builds("AABB")) for name in one.names}
    assert "harness" not in names
    assert "pip" not in names


def test_equal_results_leave_nothing_to_explain():
    """Where nothing differs in an outcome, no factor explains anything of it."""
    ones = [trained(seed, 0.3) for seed in SEEDS]
    found = ranked(compared("B1", ones, "numpy==1"), compared("B2", ones, "numpy==2"))
    assert found[0].explains == {}


def test_builds_without_a_training_in_common_are_left_out():
    """A build that trained other seeds cannot be placed among the others."""
    strange = compared("B9", [trained(99, 0.3)])
    every = [unit for one in (*builds("AB"), strange) for unit in units(one, {})]
    assert [unit.build for unit in comparable(every)] == ["B0", "B1"]


def test_one_build_explains_nothing():
    """A single unit has nothing to differ from."""
    assert ranked(*builds("A")) == ()


def test_values_without_a_place_are_ignored():
    """A value that is no number leaves the others comparable."""
    ones = [trained(seed, float("nan") if seed == 0 else 0.3 + seed, "same") for seed in SEEDS]
    found = ranked(*(compared(f"B{n}", ones, f"numpy=={n % 2}") for n in range(4)))
    assert all("quality" not in one.explains for one in found)
