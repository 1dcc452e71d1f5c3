"""What the sentences of rules are made of: numbers with their unit, failures in a line."""

from __future__ import annotations

import math

from qualify.core.attempt import Attempt
from qualify.core.canary import Judged

_LARGEST = 700.0  # exp() of more overflows


def amount(judged: Judged, value: float) -> str:
    """A loss on the judged scale with its unit: `0.031 nat`, or `12%` on the log scale."""
    if judged.metric.scale == "log":
        return f"{math.expm1(min(value, _LARGEST)) * 100:.3g}%"
    return f"{value:.3g} {judged.metric.unit}".strip()


def margin(judged: Judged) -> str:
    """The margin as people wrote it."""
    return amount(judged, judged.threshold)


def difference(
    judged: Judged, effect: float, interval: tuple[float | None, float | None], trained: str
) -> str:
    """`log_loss is worse by 0.031 nat (95% interval 0.01 to 0.05) over 6 seeds`."""
    size = amount(judged, effect)
    way = f"worse by {size}" if effect >= 0.0 else f"better by {size.removeprefix('-')}"
    if effect == 0.0:
        way = "the same"
    return f"{way}{_interval(judged, interval)} over {trained}"


def _interval(judged: Judged, interval: tuple[float | None, float | None]) -> str:
    """The anytime-valid interval of the loss, as far as it is bounded."""
    lower, upper = interval
    if lower is None and upper is None:
        return ""
    if lower is None or upper is None:
        bound = f"at least {amount(judged, lower)}" if upper is None and lower is not None else ""
        bound = bound or f"at most {amount(judged, upper or 0.0)}"
        return f" (with 95% confidence a loss of {bound})"
    low, high = (
        amount(judged, b).removesuffix(f" {judged.metric.unit}") for b in interval if b is not None
    )
    return f" (95% interval of the loss {low} to {high})"


def what_failed(attempt: Attempt) -> str:
    """The first line of a failure's message, or how it ended where it left none."""
    lines = attempt.message.strip().splitlines()
    return lines[0] if lines else attempt.outcome.value
