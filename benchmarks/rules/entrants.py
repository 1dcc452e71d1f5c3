"""The rules that take part, each under the name that it has in the tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.rules import peers, sequential
from benchmarks.rules.ours import ALPHA, BETA, BUDGET, Confirming, Engine
from benchmarks.rules.spending import Spending, obrien_fleming, pocock
from benchmarks.rules.streams import Outcome, Streams

Judge = Callable[[Streams, np.random.Generator], Outcome]

FAMILY = BUDGET.alpha * BUDGET.metrics
"""The part of the release's alpha that rules may spend on metrics."""


class Rule(NamedTuple):
    """A rule and the name it goes by."""

    name: str
    judge: Judge


def _seedless(judge: Callable[[Streams], Outcome]) -> Judge:
    return lambda streams, _: judge(streams)


def _welch(n: int) -> list[Rule]:
    return [
        Rule(f"Welch N={n}, 5%", _seedless(partial(peers.welch, n=n, level=0.05))),
        Rule(f"Welch N={n}, Bonferroni", _seedless(partial(peers.welch, n=n, level=ALPHA))),
        Rule(f"Welch N={n}, BH", lambda s, rng: peers.welch_bh(s, n, FAMILY, rng)),
    ]


def _spent(name: str, spending: Spending) -> Rule:
    judge = partial(sequential.group_sequential, alpha=ALPHA, beta=BETA, spending=spending)
    return Rule(f"{name} t", _seedless(judge))


OURS = Rule("ours", Engine().judge)
"""Where repeated trainings of the baseline show that the environment is the same."""
OURS_PAIRS = Rule("ours, fresh pairs", Engine(confirm=Confirming()).judge)
"""Where they do not: rejections are confirmed by fresh pairs."""
OURS_BY_HAND = Rule("ours, margin by hand", Engine(margin=1.0).judge)
"""With a margin that was not set from the recorded scale."""
OURS_DUAL = Rule("ours, dual by seed", Engine(dual=True).judge)
"""For cells whose candidate and baseline are correlated over seeds."""

PEERS = (
    Rule("golden value ± 3σ", _seedless(peers.golden)),
    Rule("rerun until pass ≤ 3", _seedless(peers.rerun_until_pass)),
    Rule("Conbench z > 5", _seedless(peers.lookback)),
    Rule("MLPerf RCP t, N=5", _seedless(peers.reference_convergence)),
    *_welch(5),
    *_welch(10),
    *_welch(30),
    Rule("Mann-Whitney N=10, asv", _seedless(peers.mann_whitney)),
    Rule("Otava, 50 + 10", _seedless(peers.otava)),
    _spent("O'Brien-Fleming", obrien_fleming),
    _spent("Pocock", pocock),
    Rule("mixture e-process", _seedless(partial(sequential.e_process, alpha=ALPHA))),
    Rule("paired t, 20 pairs", _seedless(partial(sequential.paired, alpha=ALPHA, beta=BETA))),
)
