"""Noisy bisection against bisection by comparisons of fixed size.

`python -m benchmarks.bisection [--quick] [--json]` plants a first bad build at random among 32,
shifts the losses of it and of those after it by two standard deviations, and lets the harness's own
posterior choose every training until a culprit has a probability of 0.95. Fifty frozen replicates
of the good end are what it compares with.

Beside it is what it replaces: five halvings, each a comparison of as many trainings as make all
five right with 95%, for Gaussian noise whose mean, spread and effect are known exactly. That is
better off than any real comparison of fixed size, which has to estimate them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks._report import Goal, at_least, at_most, main, mean_at_most
from benchmarks.rules.noises import SIMULATED, Noise
from qualify.stats.bisection import Posterior, bad_end_in_doubt, likeliest, next_probe
from qualify.stats.ranks import places
from qualify.stats.rates import Count
from qualify.stats.symbols import rank_evidence, rank_symbols
from qualify.verbs.bisecting.searching import NONE, SLACK

BUILDS, REPLICATES, SHIFT = 32, 50, 2.0
CONFIDENCE, CAP = 0.95, 100
STEPS = round(math.log2(BUILDS))

Array = NDArray[np.float64]


class Ended(NamedTuple):
    """How one bisection ended."""

    right: bool
    claimed: float
    trainings: int
    builds: int


def fixed_size(shift: float = SHIFT) -> int:
    """The trainings of one comparison that errs so rarely that all five are right with 95%.

    ((z_e + z_e) / shift)^2 with e = 1 - 0.95^(1/5) on each side: the z-test with everything known.
    """
    error = 1.0 - CONFIDENCE ** (1.0 / STEPS)
    return math.ceil((2.0 * float(norm.isf(error)) / shift) ** 2)


def bisect(
    rng: np.random.Generator, noise: Noise, shift: float, m: int = REPLICATES, *, real: bool = True
) -> Ended:
    """One bisection as the harness does it; without `real` no build is bad at all."""
    first = int(rng.integers(1, BUILDS)) if real else BUILDS
    latent, ties = noise.draw(rng, 1, m + CAP)[0], rng.random(m + CAP)
    good = noise.placed(latent[:m], np.zeros(m))
    posterior = Posterior.start(rank_evidence(m), BUILDS, 0.0, NONE)
    everything = np.ones(BUILDS, dtype=np.bool_)
    cached = np.zeros(BUILDS, dtype=np.bool_)
    cached[[0, -1]] = True  # the ends are built before anything else
    culprits, probability, used, position = range(1), 0.0, m, BUILDS - 1
    while probability < CONFIDENCE and used < m + CAP:
        cached[position] = True
        one = slice(used, used + 1)
        loss = noise.placed(latent[one], np.array([shift * (position >= first)]))
        place = places(loss, good, ties[one], ties[:m]).astype(np.int64)
        posterior = posterior.after(position, int(rank_symbols(place, m)[0]))
        culprits, probability = likeliest(posterior.hypotheses, everything)
        used += 1
        position = BUILDS - 1
        if not bad_end_in_doubt(posterior.hypotheses, NONE):
            position = next_probe(posterior.gains(), everything, cached, SLACK)
    return Ended(first in culprits, probability, used - m, int(cached.sum()))


def halve(rng: np.random.Generator, noise: Noise, shift: float, n: int) -> Ended:
    """Halve as often as it takes; bad is where the mean of `n` losses is beyond half the shift."""
    first = int(rng.integers(1, BUILDS))
    low, high, trained = 0, BUILDS - 1, 0
    while high - low > 1:
        middle = (low + high) // 2
        losses = noise.placed(noise.draw(rng, 1, n)[0], np.full(n, shift * (middle >= first)))
        low, high = (low, middle) if losses.mean() > shift / 2.0 else (middle, high)
        trained += n
    return Ended(high == first, 1.0, trained, STEPS + 2)


def measure(quick: bool) -> Sequence[Goal]:
    """Simulate every noise; the claim is compared with how often it holds."""
    paths = 400 if quick else 4000
    return [goal for number, noise in enumerate(SIMULATED) for goal in _goals(noise, number, paths)]


def _goals(noise: Noise, number: int, paths: int) -> list[Goal]:
    n, name = fixed_size(), noise.name
    rng = np.random.default_rng([32, number])
    ours = [bisect(rng, noise, SHIFT) for _ in range(paths)]
    fixed = [halve(rng, noise, SHIFT, n) for _ in range(paths)]
    small = [bisect(rng, noise, SHIFT, 20) for _ in range(paths * 3 // 4)]
    weak = [bisect(rng, noise, 1.0) for _ in range(paths // 4)]
    unreal = [bisect(rng, noise, SHIFT, real=False) for _ in range(paths // 4)]
    accused = Count(sum(not e.right and e.claimed >= CONFIDENCE for e in unreal), len(unreal))
    limit, builds = STEPS * n, STEPS + 4
    return [
        at_least(f"{name}: 2 sd, found", _right(ours), CONFIDENCE),
        mean_at_most(f"{name}: 2 sd, claimed less found", _overclaim(ours), 0.01),
        mean_at_most(f"{name}: 2 sd, trainings", _values(ours, "trainings"), limit),
        mean_at_most(f"{name}: 2 sd, builds with the ends", _values(ours, "builds"), builds),
        at_least(f"{name}: 2 sd, {n} trainings a step, found", _right(fixed), CONFIDENCE),
        at_least(f"{name}: 2 sd, 20 replicates, found", _right(small), CONFIDENCE),
        mean_at_most(f"{name}: 2 sd, 20 replicates, trainings", _values(small, "trainings"), limit),
        mean_at_most(f"{name}: 1 sd, claimed less found", _overclaim(weak), 0.05),
        mean_at_most(
            f"{name}: 1 sd, trainings", _values(weak, "trainings"), STEPS * fixed_size(1.0)
        ),
        at_most(f"{name}: no bad build, one accused", accused, 1.0 - CONFIDENCE),
    ]


def _right(ended: Sequence[Ended]) -> Count:
    return Count(sum(e.right for e in ended), len(ended))


def _values(ended: Sequence[Ended], name: str) -> Array:
    return np.array([getattr(e, name) for e in ended], dtype=np.float64)


def _overclaim(ended: Sequence[Ended]) -> Array:
    return _values(ended, "claimed") - _values(ended, "right")


if __name__ == "__main__":
    main("Bisection: a culprit among 32 builds", measure)
