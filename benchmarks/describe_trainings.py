"""What the recorded trainings look like: `python -m benchmarks.describe_trainings [--json]`.

Identity rates and correlations between releases, the shape of the noise, failures and cost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from benchmarks.replays import DATA, Replay, read, replays


def summary(replay: Replay) -> dict[str, Any]:
    """What a replay looks like: identity, correlation, the shape of the noise, failures, cost.

    The noise is every arm's losses about its own mean, pooled; kurtosis is 0 for a Gaussian.
    """
    losses = np.array(list(replay.losses.values()))
    noise = (losses - np.nanmean(losses, axis=1, keepdims=True)).ravel()
    noise = noise[np.isfinite(noise)]
    rows = [row for arm in replay.arms.values() for row in arm]
    return {
        "canary": replay.canary,
        "mode": replay.mode,
        "metric": replay.metric,
        "seeds": losses.shape[1],
        "rerun_identity": replay.rerun_identity,
        "sd": float(noise.std()),
        "skewness": float(stats.skew(noise)),
        "kurtosis": float(stats.kurtosis(noise)),
        "failures": sum(row.outcome != "ok" for row in rows),
        "cpu_s": float(np.nanmean([row.cpu_s for row in rows])),
        "arms": {arm: float(np.nanmean(values)) for arm, values in replay.losses.items()},
        "pairs": [
            {
                "arms": pair,
                "identity": replay.identity(*pair),
                "correlation": replay.correlation(*pair),
            }
            for pair in replay.pairs
        ],
    }


def _noise(summaries: Sequence[dict[str, Any]]) -> Table:
    columns = ("seeds", "rerun_identity", "sd", "skewness", "kurtosis", "failures", "cpu_s")
    table = Table("canary", "mode", "metric", *columns, title="The noise of real trainings")
    for found in summaries:
        what = [found[key] for key in ("canary", "mode", "metric")]
        table.add_row(*what, *(f"{found[key]:.3g}" for key in columns))
    return table


def _pairs(summaries: Sequence[dict[str, Any]]) -> Table:
    """Percent of identical predictions, and the correlation: a line a pair of arms."""
    heads = [f"{found['canary']}\n{found['mode']}" for found in summaries]
    table = Table("arms", *heads, title="Identical predictions; correlation of losses over seeds")
    for pairs in zip(*(found["pairs"] for found in summaries), strict=True):
        cells = [f"{pair['identity']:.0%}; {pair['correlation']:.2f}" for pair in pairs]
        table.add_row(" | ".join(pairs[0]["arms"]), *cells)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what the recorded trainings look like, as tables or as JSON."""
    parser = argparse.ArgumentParser(description="What the recorded trainings look like")
    parser.add_argument("path", nargs="?", type=Path, default=DATA, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args(arguments)
    summaries = [summary(replay) for replay in replays(read(chosen.path)).values()]
    if chosen.json:
        json.dump(summaries, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        Console().print(_noise(summaries), _pairs(summaries))


if __name__ == "__main__":
    main()
