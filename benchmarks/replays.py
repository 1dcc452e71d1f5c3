"""Real trainings, recorded once and replayed: losses by seed, and who predicted the same.

`benchmarks/data/README.md` says how they were made; `benchmarks.describe_trainings` prints what
they look like.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qualify.core.metric import METRICS

Array = NDArray[np.float64]
Mode = Literal["iterations", "seconds"]
MODES: tuple[Mode, ...] = ("iterations", "seconds")
DATA = Path(__file__).parent / "data" / "flaml.csv"
AGAIN = " again"  # the arm "2.6.0 again" is 2.6.0, trained a second time with the same seeds
SCORES = ("log_loss", "auc", "accuracy", "rmse", "mae")
_FIELDS = ("canary", "mode", "seed", "arm", "outcome", "metric", *SCORES, "cpu_s", "predictions")


@dataclass(frozen=True)
class Row:
    """One training. `metric` is the one that gates; `scores` are empty where the fit failed.

    `cpu_s` are the CPU seconds of the fit, `predictions` the first 16 digits of their sha256.
    """

    canary: str
    mode: Mode
    seed: int
    arm: str
    outcome: str
    metric: str
    scores: dict[str, float]
    cpu_s: float
    predictions: str

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What a recording has one row of."""
        return self.canary, self.mode, self.seed, self.arm

    @property
    def loss(self) -> float:
        """The gating metric on the judged scale, larger is worse; NaN where the fit failed."""
        if self.metric not in self.scores:
            return float("nan")
        metric = METRICS[self.metric]
        return metric.loss(self.scores[self.metric], 1.0 if metric.scale == "log" else 0.0)


def read(path: Path = DATA) -> list[Row]:
    """Read rows; an unfinished last line, left by an interruption, is left out."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    return [_row(record) for record in csv.DictReader(whole.splitlines())]


def _row(record: dict[str, str]) -> Row:
    mode: Mode = "seconds" if record["mode"] == "seconds" else "iterations"
    return Row(
        canary=record["canary"],
        mode=mode,
        seed=int(record["seed"]),
        arm=record["arm"],
        outcome=record["outcome"],
        metric=record["metric"],
        scores={name: float(record[name]) for name in SCORES if record[name]},
        cpu_s=float(record["cpu_s"] or "nan"),
        predictions=record["predictions"],
    )


def lines(rows: Iterable[Row], *, heading: bool = True) -> str:
    """Write rows as CSV; ten digits of a score, so that equal predictions keep equal scores."""
    text = [",".join(_FIELDS)] if heading else []
    for row in rows:
        scores = [f"{row.scores[n]:.10g}" if n in row.scores else "" for n in SCORES]
        spent = "" if np.isnan(row.cpu_s) else f"{row.cpu_s:.3f}"
        what = [row.canary, row.mode, str(row.seed), row.arm, row.outcome, row.metric]
        text.append(",".join([*what, *scores, spent, row.predictions]))
    return "".join(f"{line}\n" for line in text)


@dataclass(frozen=True)
class Replay:
    """One canary in one mode: every arm's trainings, aligned by seed."""

    canary: str
    mode: Mode
    arms: dict[str, tuple[Row, ...]]

    @property
    def metric(self) -> str:
        """The metric that gates."""
        return next(iter(self.arms.values()))[0].metric

    @property
    def releases(self) -> list[str]:
        """The arms without the reruns."""
        return [arm for arm in self.arms if not arm.endswith(AGAIN)]

    @cached_property
    def losses(self) -> dict[str, Array]:
        """By arm: the gating metric on the judged scale (log for rmse), larger is worse.

        Shape (seeds,), in the order of the seeds; NaN where a training failed.
        """
        return {arm: np.array([row.loss for row in rows]) for arm, rows in self.arms.items()}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every pair of arms, none with itself."""
        return list(itertools.combinations(self.arms, 2))

    @property
    def reruns(self) -> list[tuple[str, str]]:
        """The pairs of arms that are one release, trained twice with the same seeds."""
        return [(arm, arm + AGAIN) for arm in self.arms if arm + AGAIN in self.arms]

    def trained(self, one: str, other: str) -> NDArray[np.bool_]:
        """By seed: whether both arms gave a result, (seeds,) bool."""
        both: NDArray[np.bool_] = np.isfinite(self.losses[one]) & np.isfinite(self.losses[other])
        return both

    def same(self, one: str, other: str) -> NDArray[np.bool_]:
        """By seed: whether two arms gave bit-identical predictions, (seeds,) bool.

        A failed training is identical with nothing, not even with a failure.
        """
        both = zip(self.arms[one], self.arms[other], strict=True)
        return np.array([bool(a.predictions) and a.predictions == b.predictions for a, b in both])

    def identity(self, one: str, other: str) -> float:
        """The share of bit-identical predictions among the seeds that both arms trained."""
        return float(self.same(one, other)[self.trained(one, other)].mean())

    @property
    def rerun_identity(self) -> float:
        """The share of seeds at which a release, trained again, predicts bit-identically."""
        return float(np.mean([self.identity(*pair) for pair in self.reruns]))

    def correlation(self, one: str, other: str) -> float:
        """Pearson's correlation of two arms' losses over the seeds that both trained."""
        both = self.trained(one, other)
        return float(np.corrcoef(self.losses[one][both], self.losses[other][both])[0, 1])


def replays(rows: Sequence[Row] | None = None) -> dict[tuple[str, Mode], Replay]:
    """Group rows (the recorded ones, if none are given) by canary and mode.

    Raises ValueError where arms have not been trained with the same seeds.
    """
    found: dict[tuple[str, Mode], dict[str, list[Row]]] = {}
    for row in sorted(read() if rows is None else rows, key=lambda row: row.key):
        found.setdefault((row.canary, row.mode), {}).setdefault(row.arm, []).append(row)
    return {(canary, mode): _aligned(canary, mode, arms) for (canary, mode), arms in found.items()}


def _aligned(canary: str, mode: Mode, arms: dict[str, list[Row]]) -> Replay:
    seeds = {tuple(row.seed for row in rows) for rows in arms.values()}
    if len(seeds) > 1:
        raise ValueError(f"{canary} by {mode}: the arms have different seeds")
    return Replay(canary, mode, {arm: tuple(rows) for arm, rows in arms.items()})
