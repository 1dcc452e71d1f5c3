"""Noisy bisection: which of a row of builds is the first bad one, when every answer may be wrong.

Probabilistic bisection (Horstein 1963; Waeber, Frazier & Henderson 2013) keeps a probability for
every first bad build, asks where an answer is expected to tell most (Lindley 1956), and lets Bayes
weigh the answer. What an answer is and how it errs is in `symbols`; how large the effect is, is
learnt on the way. With failures that always repeat this is the classical bisection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, logsumexp

from qualify.stats.symbols import Evidence, Floats

Flags = NDArray[np.bool_]

TWINS = 100.0
"""The odds for a good build of a training that predicts as the good end does, to the last bit."""
_LEAST = 1e-300  # in place of 0 where a logarithm or a quotient is taken
_ROUNDED = 1e-9  # what rounding may do to a probability


@dataclass(frozen=True)
class Posterior:
    """What is known of n builds in a row, from the good end 0 to the bad end n - 1.

    Hypothesis h = 0 ... n says that the first h builds are good and the others bad: 0 that even the
    good end is bad here, n that no build is. `joint` (n + 1, effects) are log probabilities but
    for a constant; `good` and `bad` (n + 1, symbols) count the symbols that were drawn from builds
    that h holds to be so.
    """

    evidence: Evidence
    joint: Floats
    good: Floats
    bad: Floats

    @classmethod
    def start(cls, evidence: Evidence, builds: int, before: float, none: float) -> Posterior:
        """Every step is as likely; `before` and `none` are the prior of h = 0 and of h = n.

        Raises ValueError for fewer than two builds, or priors that leave the steps nothing.
        """
        if builds < 2 or min(before, none) < 0.0 or before + none >= 1.0:  # noqa: PLR2004
            raise ValueError(f"{builds} builds and priors {before}, {none} leave nothing to find")
        steps = np.full(builds + 1, (1.0 - before - none) / (builds - 1))
        steps[0], steps[-1] = before, none
        joint = np.log(np.maximum(steps, _LEAST))[:, None] + np.log(evidence.prior)
        empty = np.zeros((builds + 1, evidence.good.size))
        return cls(evidence, joint, empty, empty)

    def after(self, position: int, symbol: int) -> Posterior:
        """Learn the symbol of one training of the build at `position`."""
        joint, good, bad = self.joint.copy(), self.good.copy(), self.bad.copy()
        says_bad, says_good = slice(0, position + 1), slice(position + 1, None)
        drawn = self.evidence.bad[:, symbol] + self.bad[says_bad, symbol, None]
        joint[says_bad] += np.log(drawn / self._sizes()[says_bad])
        joint[says_good] += np.log(self._good()[says_good, symbol, None])
        bad[says_bad, symbol] += 1.0
        good[says_good, symbol] += 1.0
        return replace(self, joint=joint, good=good, bad=bad)

    def cleared(self, position: int) -> Posterior:
        """Learn that a training of the build gave the good end's very predictions.

        That is `TWINS` to one for a good build. It is no symbol, for no urn may learn that bad
        builds do so; how seldom good builds do so is nobody's evidence.
        """
        joint = self.joint.copy()
        joint[position + 1 :] += math.log(TWINS)
        return replace(self, joint=joint)

    @property
    def hypotheses(self) -> Floats:
        """The probability of each h, (n + 1,): that the first bad build is at that position."""
        return np.asarray(self._weights().sum(axis=1))

    @property
    def effects(self) -> Floats:
        """The probability of each effect, given that some build is bad, (effects,)."""
        weights = self._weights()[:-1].sum(axis=0)
        return np.asarray(weights / weights.sum())

    def gains(self) -> Floats:
        """The information on h, in nats, that a training of each build is expected to give, (n,).

        The mutual information of h and the next symbol: the entropy of what is expected of the
        training, less the mean entropy where h is known.
        """
        weights = self.hypotheses
        bad, good = self._bad(), self._good()
        mixed = _sums(weights[:, None] * bad, weights[:, None] * good)
        known = _sums(weights * _entropy(bad), weights * _entropy(good))
        return np.asarray(np.maximum(_entropy(mixed) - known, 0.0))

    def _weights(self) -> Floats:
        return np.asarray(np.exp(self.joint - logsumexp(self.joint)))

    def _sizes(self) -> Floats:
        """The weight of each urn of a bad build: what it began with and what was drawn."""
        return np.asarray(self.evidence.bad.sum(axis=1) + self.bad.sum(axis=1)[:, None])

    def _good(self) -> Floats:
        """What a good build's next symbol is expected to be, (n + 1, symbols)."""
        urn = self.evidence.good + self.good
        return np.asarray(urn / urn.sum(axis=1, keepdims=True))

    def _bad(self) -> Floats:
        """What a bad build's next symbol is expected to be, (n + 1, symbols)."""
        joint = np.maximum(self._weights(), _LEAST)
        shares = joint / joint.sum(axis=1, keepdims=True) / self._sizes()
        return np.asarray(shares @ self.evidence.bad + self.bad * shares.sum(axis=1)[:, None])


def _sums(bad: Floats, good: Floats) -> Floats:
    """For each position, the sum over h: those up to it call the build bad, the others good."""
    rest = np.cumsum(good[::-1], axis=0)[::-1]
    return np.asarray(np.cumsum(bad, axis=0)[:-1] + rest[1:])


def _entropy(probabilities: Floats) -> Floats:
    return np.asarray(entr(probabilities).sum(axis=-1))


def next_probe(gains: Floats, testable: Flags, cached: Flags, slack: float) -> int:
    """The testable position that tells most, or a cached one that tells nearly as much.

    `gains`, `testable` and `cached` are (n,); nearly is within `slack`, a fraction of the most.
    Raises ValueError where nothing can be tested.
    """
    if not testable.any():
        raise ValueError("no build of the row can be tested")
    able = np.where(testable, gains, -1.0)
    near = testable & (able >= (1.0 - slack) * able.max())
    if (near & cached).any():
        near &= cached
    return int(np.where(near, able, -1.0).argmax())


def bad_end_in_doubt(hypotheses: Floats, none: float) -> bool:
    """Whether the bad end is not yet likelier to be bad than beforehand; `none`: the prior of n.

    It answers before others are built for its sake.
    """
    return bool(hypotheses[-1] >= none * (1.0 - _ROUNDED))


def likeliest(hypotheses: Floats, testable: Flags) -> tuple[range, float]:
    """The most probable hypotheses that no training can tell apart, and their probability.

    `hypotheses` are (n + 1,), `testable` (n,). With every build testable that is one h; a build
    that cannot be tested makes its own step and the next one.
    """
    group = np.concatenate([[0], np.cumsum(testable)])
    masses = np.bincount(group, weights=hypotheses)
    members = np.flatnonzero(group == masses.argmax())
    return range(int(members[0]), int(members[-1]) + 1), float(masses.max())
