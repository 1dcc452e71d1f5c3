"""Words and numbers as people read them; hostile text made harmless to print."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from qualify.core.metric import find
from qualify.core.verdict import MetricEvidence

_ANSI = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)")
_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def printable(text: str) -> str:
    """Drop colour codes, controls, surrogates and direction overrides; keep every other character.

    What is left is legal in XML, HTML and UTF-8, and moves no terminal's cursor.
    """
    if text.isprintable():  # nearly every text, and quick to tell
        return text
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", _ANSI.sub("", unix))


def one_line(text: str, limit: int = 2000) -> str:
    """Make printable text with single spaces, cut with an ellipsis at `limit` characters."""
    words = " ".join(printable(text[: limit * 4]).split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def amount(count: int, noun: str) -> str:
    """Write how many there are of what: `1 row`, `2 rows`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def number(value: float | None, digits: int = 4) -> str:
    """Write so many significant digits, or a dash where there is no number."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def loss(value: float | None, evidence: MetricEvidence) -> str:
    """Write a loss on the judged scale with its sign; relative losses in per cent."""
    if value is None or not math.isfinite(value):
        return number(value)
    if _relative(evidence):
        return f"{math.expm1(min(value, 700.0)) * 100:+.3g} %".replace("-", "−")
    return f"{value:+.3g}".replace("-", "−")


def effect(evidence: MetricEvidence) -> str:
    """Write the loss that was found, or a dash."""
    return loss(evidence.effect, evidence)


def interval(evidence: MetricEvidence) -> str:
    """Write the effect's confidence interval, an open side as infinite; or a dash."""
    if evidence.interval is None:
        return "–"
    lower, upper = evidence.interval
    return f"{loss(lower, evidence)} … {loss(upper, evidence)}"


def margin(evidence: MetricEvidence) -> str:
    """Write the margin as people wrote it: per cent where the metric is judged relatively."""
    if _relative(evidence):
        return f"{evidence.margin * 100:.3g} %"
    return f"{number(evidence.margin)} {evidence.unit}".strip()


def detectable(evidence: MetricEvidence) -> str:
    """Write the loss that so many trainings show in four of five cases, or a dash."""
    return loss(evidence.detectable, evidence)


def replicates(evidence: MetricEvidence) -> str:
    """Write how many values of the candidate were compared with how many of the baseline."""
    return f"{len(evidence.candidate)} / {len(evidence.baseline)}"


def worse(evidence: MetricEvidence) -> str:
    """Write the last evidence that grows with a loss, and the limit that regresses."""
    limit = evidence.reject
    return _against_limit(evidence.worse, limit, lambda one: limit is not None and one >= limit)


def within(evidence: MetricEvidence) -> str:
    """Write the last evidence that falls while there is no loss, and the limit that passes."""
    limit = evidence.accept
    return _against_limit(evidence.within, limit, lambda one: limit is not None and one <= limit)


def p_value(value: float | None) -> str:
    """Write the bound of a p-value, or a dash."""
    return number(value, 3)


def alpha(value: float | None) -> str:
    """Write a share of the error budget, or a dash."""
    return number(value, 3)


def more(value: int | None) -> str:
    """Write how many further trainings are expected to decide, or a dash."""
    return "–" if value is None else f"about {value}"


def _against_limit(
    path: Sequence[float], limit: float | None, reached: Callable[[float], bool]
) -> str:
    """The last evidence, its limit, and after which training it was first there."""
    if not path or limit is None or math.isinf(limit):
        return number(path[-1], 3) if path else "–"
    first = next((n for n, one in enumerate(path, 1) if reached(one)), None)
    met = f" reached at {first}" if first else ""
    return f"{number(path[-1], 3)}, limit {number(limit, 3)}{met}"


def _relative(evidence: MetricEvidence) -> bool:
    metric = find(evidence.metric)
    return metric is not None and metric.scale == "log"
