"""Numbers in the sentences of rules: with unit, relative losses in per cent."""

from __future__ import annotations

import math

from qualify.core.canary import Judged
from qualify.stats.paired import PairedTest

_LARGEST = 700.0  # exp() of more overflows


def amount(judged: Judged, value: float) -> str:
    """A loss on the judged scale with its unit: `0.031 nat`, or `12%` on the log scale."""
    if judged.metric.scale == "log":
        return f"{math.expm1(min(value, _LARGEST)) * 100:.3g}%"
    return f"{value:.3g} {judged.metric.unit}".strip()


def margin(judged: Judged) -> str:
    """The margin as people wrote it."""
    return amount(judged, judged.threshold)


def difference(judged: Judged, test: PairedTest, beta: float) -> str:
    """`log_loss is worse by 0.031 nat (90% interval 0.01 to 0.05) over 6 paired seeds`."""
    name, seeds = judged.name, f"over {test.n} paired seeds"
    if test.mean == 0.0 and test.sd == 0.0:
        return f"{name} is the same as the baseline's {seeds}"
    size = amount(judged, test.mean)
    way = f"worse by {size}" if test.mean >= 0.0 else f"better by {size.removeprefix('-')}"
    return f"{name} is {way}{_interval(judged, test, beta)} {seeds}"


def _interval(judged: Judged, test: PairedTest, beta: float) -> str:
    """The interval of the loss; all looks together miss the truth with probability 2 beta."""
    if test.interval is None:
        return ""
    unit = judged.metric.unit
    lower, upper = (amount(judged, bound).removesuffix(f" {unit}") for bound in test.interval)
    return f" ({100 * (1 - 2 * beta):.3g}% interval of the loss {lower} to {upper})"
