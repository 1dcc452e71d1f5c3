"""Runs within an environment of its own: what Apache Otava and ruptures find in histories.

Reads a JSON list of histories, each a list of one mean a build; writes, by method, a list of the
positions that each history's steps begin at.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median

History = Sequence[float]
otava = importlib.import_module("otava.analysis")
ruptures = importlib.import_module("ruptures")
numpy = importlib.import_module("numpy")


def by_otava(history: History) -> list[int]:
    """E-divisive in windows of 50, kept by a t-test at .001: its defaults."""
    return [int(p.index) for p in otava.compute_change_points(list(history), 50, 0.001, 0.0)[0]]


def by_pelt_l2(history: History) -> list[int]:
    """Changes of the mean at a penalty of 2 log n variances, the noise told by neighbours."""
    steps = [abs(b - a) for a, b in pairwise(history)]
    typical = median(steps) / 0.6745 or math.sqrt(fmean(step**2 for step in steps))
    return _pelt("linear", history, math.log(len(history)) * typical**2 or 1.0)


def by_pelt_rbf(history: History) -> list[int]:
    """Changes of the distribution, by a Gaussian kernel, at the penalty of ruptures' examples."""
    return _pelt("rbf", history, 10.0)


def _pelt(kernel: str, history: History, penalty: float) -> list[int]:
    """PELT in C; the linear kernel's cost is that of l2."""
    fitted = ruptures.KernelCPD(kernel=kernel, min_size=2).fit(numpy.array(history)[:, None])
    return [int(at) for at in fitted.predict(pen=penalty)[:-1]]


METHODS: dict[str, Callable[[History], list[int]]] = {
    "Apache Otava": by_otava,
    "ruptures, l2": by_pelt_l2,
    "ruptures, rbf": by_pelt_rbf,
}

if __name__ == "__main__":
    histories = json.load(sys.stdin)
    json.dump(
        {name: [find(one) for one in histories] for name, find in METHODS.items()}, sys.stdout
    )
