"""The benchmark of the bisection measures the search that is shipped."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from benchmarks import bisection
from benchmarks.rules.noises import GAUSSIAN, SIMULATED
from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate
from qualify.core.metric import METRICS
from qualify.verbs.bisecting.questions import Worse
from qualify.verbs.bisecting.searching import Search, Wanted
from qualify.verbs.bisecting.suspects import Row, Suspect


def test_the_fixed_size_is_that_of_the_z_test() -> None:
    """Five steps at 0.9898 each side are right with 95%: 5.4 trainings at two sd, 21.5 at one."""
    assert (bisection.fixed_size(2.0), bisection.fixed_size(1.0)) == (6, 22)


@pytest.mark.parametrize("noise", SIMULATED, ids=lambda noise: noise.name)
def test_a_path_is_seeded_and_ends(noise) -> None:
    """The same generator gives the same bisection, which ends within its cap."""
    one, other = (bisection.bisect(np.random.default_rng(3), noise, 3.0) for _ in range(2))
    assert one == other
    assert one.claimed >= bisection.CONFIDENCE or one.trainings == bisection.CAP


def test_halving_without_noise_is_right() -> None:
    """An effect far beyond the noise is found in five steps at most."""
    for seed in range(20):
        ended = bisection.halve(np.random.default_rng(seed), GAUSSIAN, 50.0, 1)
        assert ended.right
        assert ended.trainings <= bisection.STEPS


class _Same:
    """Suspects with the very losses of a path of the benchmark."""

    def __init__(self, losses: np.ndarray, first: int) -> None:
        self.losses, self.first, self.asked = losses, first, [0, bisection.BUILDS - 1]

    def prepare(self, position: int) -> str:
        self.asked.append(position)
        return ""

    def cached(self, position: int) -> bool:
        return position in self.asked

    def known(self, position: int) -> list[Attempt]:  # noqa: ARG002 -- nothing was trained
        return []

    def fresh_seed(self, replicates: Iterable[int] = ()) -> int:  # noqa: ARG002 -- in order
        return len(self.asked) - 2

    def train(self, position: int, seed: int) -> Attempt:
        loss = float(self.losses[seed - 1] + 2.0 * (position >= self.first))
        return Attempt("a", "candidate", seed, 1, "x", Outcome.OK, metrics={"log_loss": loss})


@pytest.mark.parametrize("seed", range(3))
def test_the_search_is_the_harness_s(seed: int) -> None:
    """On the same losses the verb's search asks as often and says the same."""
    m, builds = bisection.REPLICATES, bisection.BUILDS
    rng = np.random.default_rng(seed)
    first = int(rng.integers(1, builds))
    latent = GAUSSIAN.draw(rng, 1, m + bisection.CAP)[0]
    expected = bisection.bisect(np.random.default_rng(seed), GAUSSIAN, 2.0)
    good = tuple(
        Replicate("a", n, "", Outcome.OK, None, {"log_loss": float(x)})
        for n, x in enumerate(latent[:m])
    )
    row = Row("build", tuple(Suspect(str(n), str(n)) for n in range(builds)))
    question = Worse(METRICS["log_loss"], good)
    search = Search.begin(row, _Same(latent[m:], first), question, Wanted(), lambda _: None)
    search.trains(question)
    found = search.found("log_loss", "")
    assert (found.trainings, found.probability) == (expected.trainings, expected.claimed)
    assert (first in found.culprits) is expected.right
