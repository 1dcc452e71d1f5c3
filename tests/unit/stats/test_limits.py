"""The table of calibrated limits."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from typing import get_args

import numpy as np
import pytest

from qualify.stats.limits import (
    BASELINES,
    CAPS,
    EFFECTS,
    Key,
    Kind,
    Schedule,
    UncalibratedError,
    design,
    largest,
    levels_of,
    limit,
    looks,
)
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import null_places

SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)


def rows(kind: Kind) -> list[Key]:
    """The keys of a kind, at its strictest level."""
    sizes = [0] if kind == "signed" else list(BASELINES)
    effects = EFFECTS if kind in {"worse", "within"} else (0.0,)
    level = levels_of(kind)[0]
    every = product(sizes, CAPS, SCHEDULES, effects)
    return [Key(kind, m, cap, schedule, effect, level) for m, cap, schedule, effect in every]


def limits_by_level(row: Key) -> list[float]:
    """The limits of a row, from the strictest level."""
    return [limit(row._replace(level=level)) for level in levels_of(row.kind)]


def test_every_design_has_levels():
    """Every kind is calibrated for the usual levels in every row."""
    for kind in get_args(Kind):
        assert levels_of(kind)
        for row in rows(kind):
            assert np.isfinite(limits_by_level(row)).all()
    assert {0.001, 0.01, 0.025} <= set(levels_of("worse"))
    assert 0.05 in levels_of("within")


def test_every_design_rejects_above_where_it_accepts():
    """For all calibrated designs the rejecting limit lies above the passing one."""
    alphas = [level for level in levels_of("worse") if level <= 0.01]
    for m, cap, delta, alpha in product(BASELINES, CAPS, EFFECTS, alphas):
        found = design(m, cap, delta, alpha, 0.05)
        assert found.reject > found.accept


@pytest.mark.parametrize("kind", ["worse", "signed", "spread"])
def test_a_stricter_level_has_a_limit_at_least_as_large(kind: Kind):
    """Limits fall as levels grow."""
    for row in rows(kind):
        found = limits_by_level(row)
        assert all(strict >= lax for strict, lax in pairwise(found)), row


def test_a_stricter_level_passes_later():
    """The passing side's limits rise as levels grow."""
    for row in rows("within"):
        found = limits_by_level(row)
        assert all(strict <= lax for strict, lax in pairwise(found)), row


@pytest.mark.parametrize("kind", ["worse", "signed", "spread"])
def test_a_larger_cap_has_a_limit_at_least_as_large(kind: Kind):
    """More trainings, with all the looks of fewer, mean more chances of a false alarm."""
    for row, (cap, more) in product(rows(kind), combinations(CAPS, 2)):
        if set(looks(cap, row.schedule)) <= set(looks(more, row.schedule)):
            assert limit(row._replace(cap=cap)) <= limit(row._replace(cap=more)), row


@pytest.mark.parametrize("kind", ["worse", "signed", "spread"])
def test_more_looks_have_a_limit_at_least_as_large(kind: Kind):
    """A look after each training costs more than one after every fourth."""
    for row in rows(kind):
        each, fours = (limit(row._replace(schedule=schedule)) for schedule in ("each", "fours"))
        assert each >= fours, row


@pytest.mark.parametrize(("m", "delta"), [(20, 2.0), (20, 1.4), (50, 2.0)])
@pytest.mark.parametrize("level", [0.004, 0.01, 0.025])
def test_evidence_that_takes_few_values_keeps_the_level(m: int, delta: float, level: float):
    """Where many paths have the very same largest evidence, the limit lies above it."""
    cells = 20_000
    places = null_places(np.random.default_rng([m, 7]), m, 20, cells)
    top = evidence_paths(places, m, delta).worse.max(axis=0)
    found = (top >= limit(Key("worse", m, 20, "each", delta, level))).mean()
    assert found <= level + 4.0 * np.sqrt(level / cells)


def test_looks_end_at_the_cap():
    """After each training, or after every fourth and the last."""
    assert looks(5) == (1, 2, 3, 4, 5)
    assert looks(10, "fours") == (4, 8, 10)
    assert looks(20, "fours") == (4, 8, 12, 16, 20)


@pytest.mark.parametrize(
    "key",
    [
        Key("worse", 25, 30, "each", 1.0, 0.01),
        Key("worse", 50, 31, "each", 1.0, 0.01),
        Key("worse", 50, 30, "each", 1.13, 0.01),
        Key("worse", 50, 30, "each", 1.0, 0.0123),
        Key("spread", 50, 30, "each", 1.0, 0.01),
    ],
)
def test_nothing_is_interpolated(key: Key):
    """A key between calibrated ones raises, says what there is and how to get more."""
    with pytest.raises(UncalibratedError, match=r"m = \(20, 30, 50") as raised:
        limit(key)
    assert "python -m benchmarks.limits" in str(raised.value)


def test_an_uncalibrated_design_is_refused():
    """A design needs both of its limits."""
    with pytest.raises(UncalibratedError, match="no limit is calibrated"):
        design(50, 30, 1.0, 0.01, 0.0512)


def test_the_largest_calibrated_value_below_is_used():
    """Fewer replicates and stricter levels are on the safe side; below the least there is none."""
    assert largest(64, BASELINES, "a number of replicates") == 50
    assert largest(50, BASELINES, "a number of replicates") == 50
    assert largest(0.1 + 0.2, (0.3,), "a level") == 0.3
    with pytest.raises(UncalibratedError, match="a number of replicates of 19 is below the least"):
        largest(19, BASELINES, "a number of replicates")
