"""The correlation of builds that differ, over equal seeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Baseline, Replicate, Spread
from qualify.core.event import AttemptFinished
from qualify.core.metric import METRICS
from qualify.storing.builds import BuildShelf
from qualify.verbs.planning.relate import LEAST_PAIRS, changed, lower_bound, measure, recorded
from tests.fakes import LANE, build, canary, cell, plan

NOW = "2025-01-01T00:00:00+00:00"
WINE = cell("wine")


def replicate(seed: int, loss: float) -> Replicate:
    return Replicate("wine", seed, f"data-{seed}", Outcome.OK, f"b-{seed}", {"log_loss": loss})


def attempt(seed: int, loss: float, **changes: object) -> Attempt:
    made = Attempt(
        WINE.id, "candidate", seed, 1, f"t{seed}", Outcome.OK, f"data-{seed}", f"c-{seed}",
        {"log_loss": loss},
    )  # fmt: skip
    return replace(made, **changes)


def baseline(n: int = 40) -> Baseline:
    losses = np.random.default_rng(1).normal(0.3, 0.02, n)
    spread = Spread("wine", "log_loss", "nat", "lower", n, 0.02)
    other = replace(spread, metric="auc", unit="", direction="higher", correlation=0.2)
    return Baseline(
        "tinyml", "1.0", str(LANE), build().provenance, (),
        tuple(replicate(s, float(x)) for s, x in enumerate(losses)), (spread, other),
    )  # fmt: skip


def pairs(rho: float, n: int, stream: int = 0, shift: float = 0.0) -> list[tuple]:
    """Pairs of this correlation, all seeds different from 0 on."""
    rng = np.random.default_rng([9, stream])
    common, own = rng.standard_normal((2, n))
    losses = rho * common + np.sqrt(1 - rho**2) * own + shift
    stored = (replicate(s, float(x)) for s, x in enumerate(common))
    return [(attempt(s, float(x)), r) for s, (x, r) in enumerate(zip(losses, stored, strict=True))]


def related(groups: dict[str, list[tuple]]):
    return measure(canary(), METRICS["log_loss"], groups)


def test_a_correlation_is_found_with_its_bound():
    """The bound lies below the estimate, and below the truth in most cases."""
    found = [related({"B1": pairs(0.8, 40, stream)}) for stream in range(60)]
    assert np.mean([f.correlation for f in found]) == pytest.approx(0.8, abs=0.03)
    assert all(f.lower < f.correlation for f in found)
    assert np.mean([f.lower <= 0.8 for f in found]) >= 0.88


def test_the_bound_is_fishers():
    """r = 0.6 of 28 pairs: tanh(0.6931 - 1.6449 / 5) = 0.3493."""
    assert lower_bound(0.6, 28) == pytest.approx(0.3493, abs=5e-4)
    assert -1.0 <= lower_bound(-1.0, 10) < lower_bound(1.0, 10) <= 1.0


def test_builds_are_compared_about_their_own_means():
    """A release that is worse as a whole adds no correlation, and takes none."""
    near = {"B1": pairs(0.9, 20, 1), "B2": pairs(0.9, 20, 2)}
    far = {"B1": pairs(0.9, 20, 1), "B2": pairs(0.9, 20, 2, shift=50.0)}
    assert related(far).correlation == pytest.approx(related(near).correlation)


def test_more_builds_at_the_same_seeds_are_no_larger_sample():
    """The seeds that the builds share count once."""
    once = related({"B1": pairs(0.7, 12)})
    thrice = related({f"B{i}": pairs(0.7, 12) for i in range(3)})
    assert thrice.pairs == 3 * once.pairs
    assert thrice.correlation == pytest.approx(once.correlation)
    assert thrice.lower <= once.lower


def test_too_few_pairs_relate_nothing():
    """Below the least number nothing is estimated; nor from values that never vary."""
    assert related({"B1": pairs(0.9, LEAST_PAIRS - 1)}).lower is None
    constant = [(attempt(s, 0.3), replicate(s, 0.3)) for s in range(20)]
    assert related({"B1": constant}).lower is None
    few_seeds = {f"B{i}": pairs(0.9, 3, i) for i in range(8)}
    assert related(few_seeds).lower is None


def test_only_bounds_that_are_known_are_recorded():
    """Other metrics keep what was recorded of them."""
    found = related({"B1": pairs(0.95, 40)})
    assert found.paired
    spreads = {s.metric: s.correlation for s in recorded(baseline(), [found]).spreads}
    assert spreads == {"log_loss": found.lower, "auc": 0.2}


class Work:
    """A work folder with builds, as the verb sees it."""

    def __init__(self, path: Path) -> None:
        self.shelf = BuildShelf(path / "builds")

    class config:  # noqa: N801
        class target:  # noqa: N801
            name = "tinyml"

    def add(self, identity: str, *attempts: Attempt, of=WINE) -> None:
        folder = self.shelf.take(identity)
        folder.save_plan(plan(of))
        folder.save_candidate(build())
        for one in attempts:
            folder.ledger.append(AttemptFinished(NOW, one))


def test_only_changed_predictions_are_paired(tmp_path: Path):
    """Equal predictions, other data, failures and the baseline's own trainings are left out."""
    work = Work(tmp_path)
    work.add(
        "a",
        attempt(0, 0.3),
        attempt(1, 0.3, predictions="b-1"),
        attempt(2, 0.3, data="other"),
        attempt(3, 0.3, outcome=Outcome.ERROR, predictions=None, metrics={}),
        attempt(4, 0.3, arm="baseline"),
        attempt(99, 0.3),
    )
    work.add("b", attempt(5, 0.3), of=replace(WINE, canary=canary(dataset="other")))
    groups = changed(work, LANE, canary(), baseline())
    assert {name: [a.seed for a, _ in found] for name, found in groups.items()} == {"B0001": [0]}
