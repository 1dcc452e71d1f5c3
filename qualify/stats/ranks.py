"""Where candidates fall among frozen baseline replicates, and the score that each place earns.

Under the null hypothesis that candidate and baseline replicates come from one distribution,
whatever it is, the places follow Polya's urn: they know nothing of units, scale or shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Evidence = NDArray[np.float32]
Places = NDArray[np.int16]


_LARGEST = 80.0  # exp() of more overflows in single precision, and is decided anyway


@lru_cache(maxsize=64)
def normal_scores(m: int) -> Evidence:
    """The normal score of each of the m + 1 gaps that `m` baseline replicates leave, ascending.

    Van der Waerden's (1952) Phi^-1(r / (N + 1)) for the rank r = j + 1 that a candidate in gap
    j = 0 ... m has among all N = m + 1 values.
    """
    scores = ndtri((np.arange(m + 1) + 1.0) / (m + 2.0)).astype(np.float32)
    scores.setflags(write=False)
    return np.asarray(scores)


def counts_like(paths: Evidence | Places) -> Evidence:
    """The numbers 1 ... n of trainings along the first axis of `paths`, for broadcasting."""
    return np.arange(1, len(paths) + 1, dtype=np.float32).reshape(-1, *[1] * (paths.ndim - 1))


def mixture(terms: Sequence[Evidence], weights: Sequence[float]) -> Evidence:
    """log(sum of weight * exp(term)), in single precision: evidence is read to three digits.

    Terms that exceed the first by more than 80 count as if by 80.
    """
    first = terms[0]
    total = np.full_like(first, weights[0])
    for term, weight in zip(terms[1:], weights[1:], strict=True):
        total += np.float32(weight) * np.exp(np.minimum(term - first, np.float32(_LARGEST)))
    return np.asarray(first + np.log(total))


def places(candidate: Floats, baseline: Floats, ties: Floats, baseline_ties: Floats) -> Places:
    """The number of baseline losses below each candidate loss: 0 (best) ... m (worst).

    `candidate` and its `ties` are (..., n), `baseline` and its `baseline_ties` (..., m); equal
    losses are ordered by their ties, uniform numbers in [0, 1). Every value keeps its tie for
    good, which makes the order that of a continuous distribution.
    """
    below = baseline[..., None, :] < candidate[..., :, None]
    equal = baseline[..., None, :] == candidate[..., :, None]
    if equal.any():
        below |= equal & (baseline_ties[..., None, :] < ties[..., :, None])
    return np.asarray(below.sum(axis=-1, dtype=np.int16))


def tie_breakers(names: Iterable[str]) -> Floats:
    """A uniform number in [0, 1) for every name: the first 53 bits of its sha256."""
    digests = (hashlib.sha256(name.encode()).digest() for name in names)
    return np.array([int.from_bytes(d[:8], "big") >> 11 for d in digests]) / 2.0**53


def null_places(rng: np.random.Generator, m: int, n: int, paths: int) -> Places:
    """Places of `n` successive candidates of the baseline's own distribution, (n, paths).

    Polya's urn: the k-th candidate opens each of the m + 1 gaps with weight 1 and joins each
    of the k - 1 candidates before it with weight 1 (Blackwell & MacQueen 1973).
    """
    found = np.empty((n, paths), dtype=np.int16)
    columns = np.arange(paths)
    for k in range(n):
        drawn = rng.integers(0, m + 1 + k, paths, dtype=np.int32)
        earlier = np.maximum(drawn - m - 1, 0)
        found[k] = np.where(drawn <= m, drawn, found[earlier, columns])
    return found


def shifted_places(rng: np.random.Generator, m: int, n: int, paths: int, shift: float) -> Places:
    """Places of candidates N(shift, 1) among baselines N(0, 1), (n, paths)."""
    rows = np.arange(paths)[:, None]
    baseline = ndtr(np.sort(rng.standard_normal((paths, m)), axis=1)) + rows
    candidate = ndtr(rng.standard_normal((paths, n)) + shift) + rows
    found = np.searchsorted(baseline.ravel(), candidate.ravel()).reshape(paths, n) - rows * m
    return np.ascontiguousarray(np.clip(found, 0, m).T, dtype=np.int16)
