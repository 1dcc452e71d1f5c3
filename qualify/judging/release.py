"""What the cells of a build show together, though none of them need show it alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from qualify.core.budget import Levels
from qualify.core.plan import Cell
from qualify.core.verdict import Finding, MetricEvidence, Verdict
from qualify.stats.cusum import HORIZON, chart
from qualify.stats.identity import Fit
from qualify.stats.multiplicity import benjamini_hochberg, e_bh, e_values
from qualify.stats.pooled import FIRST, Placed, Pooled, pooled_shift
from qualify.stats.rates import Count, p_discordant, p_pooled

Judged = Sequence[tuple[Cell, Verdict]]
CONFIDENT = 0.01
"""The error of calling the environment changed, which is a remark and holds no release."""


def findings(judged: Judged, levels: Levels, fit: Fit) -> tuple[Finding, ...]:
    """Everything that the cells of a build show together; `fit` is of identical predictions."""
    made = (
        _pooled(judged, levels),
        _failures(judged, levels),
        _troubles(judged, levels),
        _drift(judged),
        _identity(judged, fit),
    )
    return tuple(finding for finding in made if finding is not None)


def at_other_shares(judged: Judged, levels: Levels) -> tuple[str, ...]:
    """The cells that were judged at another share of the error budget than `levels`.

    Shares add up to the budget only if all tests are counted before any is read.
    """
    return tuple(
        cell.id
        for cell, verdict in judged
        if cell.canary
        and any(
            m.test != "spread" and not math.isclose(m.alpha, levels.metric) for m in verdict.metrics
        )
    )


def discoveries(judged: Judged, level: float) -> dict[str, tuple[str, ...]]:
    """The cells that two procedures name whose false *discovery* rate is `level`.

    Benjamini & Hochberg (1995) on the p-values and e-BH (Wang & Ramdas 2022) on the e-values they
    calibrate to: a second opinion beside the union bound, valid under weaker assumptions only.
    """
    tests = [(cell.id, m.p_value) for cell, m in _metrics(judged) if m.p_value is not None]
    if not tests:
        return {}
    names, p = [name for name, _ in tests], np.array([value for _, value in tests])
    found = {
        "Benjamini-Hochberg": benjamini_hochberg(p) <= level,
        "e-BH": e_bh(e_values(p), level),
    }
    return {
        view: tuple(dict.fromkeys(name for name, one in zip(names, named, strict=True) if one))
        for view, named in found.items()
    }


def _pooled(judged: Judged, levels: Levels) -> Finding | None:
    """A small loss that is spread over all cells."""
    pooled = pooled_shift(
        Placed(cell.name, len(m.baseline), m.places)
        for cell, m in _first_metrics(judged)
        if m.test in {"ranks", "dual"}
    )
    if pooled is None:
        return None
    worse = pooled.p_worse <= levels.pooled / 2.0
    return Finding(
        "R001",
        "a loss spread over the cells",
        _shift(pooled, "the candidates lie", "their baselines"),
        "hold" if worse else "note",
        pooled.p_worse,
        levels.pooled / 2.0,
    )


def _drift(judged: Judged) -> Finding | None:
    """The environment has changed since the baselines were recorded: one finding for all cells."""
    pooled = pooled_shift(
        Placed(cell.id, len(m.baseline), m.fresh) for cell, m in _first_metrics(judged)
    )
    if pooled is None or pooled.p_either > CONFIDENT:
        return None
    reason = _shift(pooled, "the baseline, trained again, lies", "its stored replicates")
    return Finding(
        "R004", "the environment has changed", reason, "note", pooled.p_either, CONFIDENT
    )


def _shift(pooled: Pooled, who: str, whom: str) -> str:
    lower, upper = pooled.interval
    side = "above" if pooled.shift >= 0.0 else "below"
    return (
        f"over {pooled.groups} canaries {who} {abs(pooled.shift):.2f} standard deviations {side} "
        f"{whom} in loss (95% interval {lower:.2f} to {upper:.2f})"
    )


def ratchet(history: Sequence[Mapping[str, MetricEvidence]], levels: Levels) -> tuple[Finding, ...]:
    """Losses too small for any one release that have added up since the anchor.

    `history` has, for each release of the anchor's time, the evidence against the anchor by the
    name of the test, the oldest first and the newest last. Every test has an even part of the half
    of the pooled budget that the shift of all cells leaves.
    """
    newest = history[-1] if history else {}
    level = levels.pooled / 2.0 / max(1, len(newest))
    made = (_since_anchor(name, history, level) for name in newest)
    return tuple(finding for finding in made if finding is not None)


def _since_anchor(
    name: str, history: Sequence[Mapping[str, MetricEvidence]], level: float
) -> Finding | None:
    """The chart of one test over the releases, where it alarms."""
    releases = [release[name] for release in history if name in release][-HORIZON:]
    size = len(releases[-1].baseline)
    kept = [r.places[:FIRST] for r in releases if len(r.baseline) == size and r.places]
    if not kept:
        return None
    drawn = chart(kept, size, level)
    if drawn.alarm is None or drawn.sums[-1] < drawn.limit:
        return None
    reason = (
        f"{name} has lost about {drawn.losses[-1]:.2f} standard deviations since the anchor, over "
        f"{len(kept)} builds, too little in each to be seen alone"
    )
    return Finding("R006", "a ratchet since the anchor", reason, "hold", level, level)


def _failures(judged: Judged, levels: Levels) -> Finding | None:
    """More failures than the baselines', too few in any one cell to show."""
    parts = [v.failures for _, v in judged if v.failures and v.failures.baseline_trained]
    if not parts:
        return None
    ours = [Count(*part.early) for part in parts]
    theirs = [Count(part.baseline_failed, part.baseline_trained) for part in parts]
    p = p_pooled(ours, theirs)
    failed = Count(sum(c.failed for c in ours), sum(c.total for c in ours))
    expected = Count(sum(c.failed for c in theirs), sum(c.total for c in theirs))
    return Finding(
        "R002",
        "failures spread over the cells",
        f"{failed} first trainings of the cells failed, and {expected} of their baselines'",
        "hold" if p <= levels.pooled_failures else "note",
        p,
        levels.pooled_failures,
    )


def _troubles(judged: Judged, levels: Levels) -> Finding | None:
    """The runner fails where the candidate trains, and not where the baseline does."""
    struck = [v.failures.troubles for _, v in judged if v.failures]
    ours, theirs = sum(a for a, _ in struck), sum(b for _, b in struck)
    if not ours + theirs:
        return None
    p = p_discordant(ours, theirs)
    return Finding(
        "R003",
        "the runner's troubles",
        f"the runner failed the candidate alone {ours} times, and the baseline beside it alone "
        f"{theirs} times",
        "hold" if p <= levels.infra else "note",
        p,
        levels.infra,
    )


def _identity(judged: Judged, fit: Fit) -> Finding | None:
    """Predictions are identical as often as the baseline repeats its own."""
    compared = [one for _, verdict in judged for one in verdict.identical]
    if not compared:
        return None
    return Finding(
        "R005",
        "identical predictions",
        f"{sum(compared)} of {len(compared)} first predictions are bit-identical to the baseline's;"
        f" {fit.single} cells match once in three, {fit.expected:.1f} were expected",
        "note" if fit.fits else "undecided",
        fit.p_value,
        fit.level,
    )


def _first_metrics(judged: Judged) -> Iterator[tuple[Cell, MetricEvidence]]:
    """The first metric of every cell against the last release: metrics of one cell depend."""
    seen: set[str] = set()
    for cell, metric in _metrics(judged):
        if cell.id not in seen and metric.against == "baseline":
            seen.add(cell.id)
            yield cell, metric


def _metrics(judged: Judged) -> Iterator[tuple[Cell, MetricEvidence]]:
    return ((cell, metric) for cell, verdict in judged for metric in verdict.metrics)
