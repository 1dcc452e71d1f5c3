"""Steps in a history of builds: which build introduced each, how large it is, how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qualify.stats.levels import Floats, Levels, levels

SURE = 0.5
"""A step is reported where it is likelier than none; the benchmark says how often that is wrong."""
MOST = 400
"""Builds that are looked at together: memory and time grow with their number to the power 1.5."""
_HELD = 0.9  # the interval of builds holds so much of the posterior
_WHOLE = 1.05  # more jumps than this are not one step
_SHARE = 0.02  # a build with less than this part of the peak is no suspect
_FAINT = 0.002  # no step of the probability SURE has so low a peak: 400 builds would share it
_EQUAL = 1e-6  # what arithmetic may make of equal probabilities
_Z = float(ndtri(0.975))


@dataclass(frozen=True)
class Step:
    """One step of a history; builds are positions in it, the oldest 0.

    `build` most likely introduced it; of several as likely, it is the newest. `suspects` with
    their `posterior` may have (together they have the probability `confidence`); those from
    `oldest` to `newest` hold 90% of it. `shift` with its 95% `bounds` leads from the level `before`
    to the level `after`.
    """

    build: int
    suspects: range
    posterior: Floats
    oldest: int
    newest: int
    shift: float
    bounds: tuple[float, float]
    before: float
    after: float
    confidence: float


def steps(mean: Floats, n: Floats, sd: Floats, sure: float = SURE) -> tuple[Step, ...]:
    """Find the steps of a history, (builds,) each, in their order.

    `mean` on the judged scale, `n` trainings and their `sd`; NaN or n = 0 where a build says
    nothing. Raises ValueError for arrays of different lengths.
    """
    if not mean.shape == n.shape == sd.shape:
        raise ValueError(f"{mean.shape}, {n.shape} and {sd.shape} are no history of builds")
    known = np.isfinite(mean) & (n > 0)
    if known.sum() < 2 or np.ptp(mean[known]) == 0.0:  # noqa: PLR2004 -- a step has two sides
        return ()
    found = levels(mean, n, sd)
    jumps = found.jumps()
    every = (_step(found, jumps, one) for one in _windows(jumps))
    return tuple(sorted((s for s in every if s.confidence >= sure), key=lambda s: s.build))


def _windows(jumps: Floats) -> Iterator[range]:
    """Runs of builds that share one jump, the highest peak first; no build is in two."""
    free = np.ones(jumps.size, dtype=np.bool_)
    free[0] = False
    while True:
        peak = int(np.where(free, jumps, 0.0).argmax())
        if not free[peak] or jumps[peak] < _FAINT:
            return
        window = _grown(jumps, free, peak)
        free[window.start : window.stop] = False
        yield window


def _grown(jumps: Floats, free: NDArray[np.bool_], peak: int) -> range:
    """The run around a peak: the likelier neighbour joins until they make a whole jump."""
    first, last, total = peak, peak, float(jumps[peak])
    while True:
        able = [b for b in (first - 1, last + 1) if 0 < b < jumps.size and free[b]]
        best = max(able, key=lambda b: float(jumps[b]), default=-1)
        if best < 0 or jumps[best] < _SHARE * jumps[peak] or total + jumps[best] > _WHOLE:
            return range(first, last + 1)
        first, last, total = min(first, best), max(last, best), total + float(jumps[best])


def _step(found: Levels, jumps: Floats, window: range) -> Step:
    confidence = found.any_jump(window.start, window.stop - 1)
    shares = jumps[window.start : window.stop]
    posterior = confidence * shares / shares.sum()
    held = _holding(posterior)
    before, doubt = found.at(window.start - 1)
    after, more = found.at(window.stop - 1)
    half = _Z * float(np.sqrt(doubt + more))
    shift = after - before
    return Step(
        build=window.start + _likeliest(posterior),
        suspects=window,
        posterior=posterior,
        oldest=window.start + int(held.min()),
        newest=window.start + int(held.max()),
        shift=shift,
        bounds=(shift - half, shift + half),
        before=before,
        after=after,
        confidence=confidence,
    )


def _likeliest(posterior: Floats) -> int:
    """The likeliest position; of several that cannot be told apart, the one that was seen."""
    return int(np.flatnonzero(posterior >= (1.0 - _EQUAL) * posterior.max())[-1])


def _holding(posterior: Floats) -> NDArray[np.int64]:
    """The likeliest positions that together hold 90%."""
    order = np.argsort(-np.round(posterior, 9), kind="stable")
    held = np.cumsum(posterior[order])
    count = int(np.searchsorted(held, _HELD * held[-1] * (1.0 - _EQUAL))) + 1
    return np.asarray(order[:count], dtype=np.int64)
