"""A sequential test of paired differences that asks nothing but symmetry of the null.

Replicates that were trained side by side differ only by what the candidate changed, so under the
null hypothesis a difference is as likely to be d as -d. Given the sequential rank of |d| among
the differences so far (Reynolds 1975, Annals of Statistics 3, 382-400), the sign is a fair coin.
Under a shift of delta standard deviations its odds are exp(2 delta x), where x is the half-normal
score of the rank, and the evidence is the log of the conditional likelihood ratio,

    L_n = log sum_k w_k prod_i 2 / (1 + exp(-2 delta_k sign_i x_i)).

The scale comes from the ranks alone: no recorded spread or correlation is trusted.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from qualify.stats.ranks import Evidence, Floats, mixture

SHIFTS = (0.5, 1.0, 2.0, 4.0)
"""Effects in standard deviations of a difference, mixed with equal weights."""


_UNUSED = 2.0**26  # moves up the bits of a tie that the order of magnitudes does not look at


def half_normal_scores(ranks: Floats, of: Floats) -> Floats:
    """The half-normal score of rank r of i, Blom's approximation; shapes broadcast."""
    return np.asarray(ndtri(0.5 + 0.5 * (ranks - 0.375) / (of + 0.25)))


def signed_paths(differences: Floats, ties: Floats) -> Evidence:
    """Evidence, after each pair, that paired `differences` (n, ...) tend to lie above 0.

    `ties` are as many uniform numbers in [0, 1): they order equal magnitudes and toss the sign of a
    difference of exactly 0.
    """
    n = len(differences)
    size = np.abs(differences)
    below = (size[None] < size[:, None]) | (
        (size[None] == size[:, None]) & (ties[None] < ties[:, None])
    )
    earlier = np.tril(np.ones((n, n), dtype=bool), -1).reshape(n, n, *[1] * (size.ndim - 1))
    ranks = 1.0 + (below & earlier).sum(axis=1)
    coins = np.where((ties * _UNUSED) % 1.0 < 0.5, -1.0, 1.0)  # noqa: PLR2004
    signs = np.where(differences == 0.0, coins, np.sign(differences))
    return likelihood_ratios(signs, ranks)


def likelihood_ratios(signs: Floats, ranks: Floats) -> Evidence:
    """The evidence from signs and sequential ranks, (n, ...) each; rank i lies in 1 ... i."""
    n = np.arange(1, len(signs) + 1, dtype=np.float64).reshape(-1, *[1] * (signs.ndim - 1))
    lean = (-2.0 * signs * half_normal_scores(ranks, n)).astype(np.float32)
    terms = [
        np.cumsum(np.float32(math.log(2.0)) - np.log1p(np.exp(np.float32(k) * lean)), axis=0)
        for k in SHIFTS
    ]
    return mixture(terms, [1.0 / len(SHIFTS)] * len(SHIFTS))


def null_signed_paths(rng: np.random.Generator, n: int, paths: int) -> Evidence:
    """Evidence paths of symmetric differences, (n, paths): fair signs, uniform sequential ranks."""
    ranks = np.stack([rng.integers(1, i + 1, paths) for i in range(1, n + 1)]).astype(np.float64)
    return likelihood_ratios(rng.choice([-1.0, 1.0], (n, paths)), ranks)
