"""Words and numbers as people read them; hostile text made harmless to print."""

from __future__ import annotations

import math
import re

from qualify.core.metric import METRICS
from qualify.core.verdict import MetricEvidence

_ANSI = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)")
_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def printable(text: str) -> str:
    """Drop colour codes, controls, surrogates and direction overrides; keep every other character.

    What is left is legal in XML, HTML and UTF-8, and moves no terminal's cursor.
    """
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", _ANSI.sub("", unix))


def one_line(text: str, limit: int = 2000) -> str:
    """Make printable text with single spaces, cut with an ellipsis at `limit` characters."""
    words = " ".join(printable(text[: limit * 4]).split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def number(value: float | None) -> str:
    """Write four significant digits, or a dash where there is none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def loss(value: float | None, evidence: MetricEvidence) -> str:
    """Write a loss on the judged scale with its sign; relative losses in per cent."""
    if value is None or not math.isfinite(value):
        return number(value)
    if _relative(evidence):
        return f"{math.expm1(min(value, 700.0)) * 100:+.3g} %".replace("-", "−")
    return f"{value:+.3g}".replace("-", "−")


def interval(evidence: MetricEvidence) -> str:
    """Write the effect's confidence interval, or a dash."""
    if evidence.interval is None:
        return "–"
    lower, upper = evidence.interval
    return f"{loss(lower, evidence)} … {loss(upper, evidence)}"


def margin(evidence: MetricEvidence) -> str:
    """Write the margin as people wrote it: per cent where the metric is judged relatively."""
    if _relative(evidence):
        return f"{evidence.margin * 100:.3g} %"
    return f"{number(evidence.margin)} {evidence.unit}".strip()


def _relative(evidence: MetricEvidence) -> bool:
    metric = METRICS.get(evidence.metric)
    return metric is not None and metric.scale == "log"
