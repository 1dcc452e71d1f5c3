"""The evidence in words and numbers, the same for the page, the terminal, the summary and JUnit.

Every number is a formatting of the stored value by one function of `text.py`, and is written in no
other way anywhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping

from qualify.core.verdict import FailureEvidence, Finding, MetricEvidence, Verdict
from qualify.rendering import text

NUMBERS: Mapping[str, Callable[[MetricEvidence], str]] = {
    "against": lambda one: one.against,
    "test": lambda one: one.test,
    "n candidate / baseline": text.replicates,
    "loss (> 0: worse)": text.effect,
    "95 % interval": text.interval,
    "margin": text.margin,
    "could have detected": text.detectable,
    "evidence up to regressed": text.worse,
    "evidence down to passed": text.within,
    "p at most": lambda one: text.p_value(one.p_value),
    "share of α": lambda one: text.alpha(one.alpha),
    "more trainings": lambda one: text.more(one.more),
}
"""Everything that is shown of a metric's evidence, in the order in which it is read."""


def key(one: MetricEvidence) -> tuple[str, ...]:
    """What tells the evidence from the cell's other: the metric, the anchor, its spread."""
    anchor = (one.against,) if one.against != "baseline" else ()
    spread = (one.test,) if one.test == "spread" else ()
    return (one.metric, *anchor, *spread)


def name(one: MetricEvidence) -> str:
    """What was judged, in words."""
    return " · ".join(key(one))


def brief(one: MetricEvidence) -> str:
    """The effect in a line."""
    found = f"loss {text.effect(one)} [{text.interval(one)}], margin {text.margin(one)}"
    return f"{name(one)}: {found}, n = {text.replicates(one)}"


def full(one: MetricEvidence) -> str:
    """All numbers in a line; those that are missing are left out."""
    rest = ("test", *list(NUMBERS)[6:])
    told = ((label, NUMBERS[label](one)) for label in rest)
    return "; ".join((brief(one), *(f"{label} {shown}" for label, shown in told if shown != "–")))


def failures(one: FailureEvidence) -> str:
    """How often trainings failed in both arms, and which rate is ruled out."""
    theirs = f"{one.baseline_failed} of {one.baseline_trained} of the baseline's"
    parts = [f"{one.failed} of {one.trained} trainings, {theirs}"]
    if one.excluded < 1:
        parts.append(f"a rate of {text.number(one.excluded * 100, 3)} % is ruled out")
    if any(one.troubles):
        ours, others = one.troubles
        parts.append(f"runner trouble in one arm only: {ours} here, {others} of the baseline's")
    return "; ".join((*parts, f"share of α {text.alpha(one.alpha)}"))


def identity(verdict: Verdict) -> str:
    """How many of the compared seeds predict what the baseline predicts; empty where none was."""
    same = verdict.identical
    return f"{sum(same)} of {len(same)} bit-identical" if same else ""


def finding(one: Finding) -> str:
    """A finding of the whole grid with its numbers in a line."""
    numbers = (("p", text.p_value(one.p_value)), ("share of α", text.alpha(one.alpha)))
    shown = ", ".join(f"{label} {value}" for label, value in numbers if value != "–")
    return f"{one.title}: {one.reason}" + (f" ({shown})" if shown else "")


def exact(one: MetricEvidence) -> Iterator[tuple[str, str]]:
    """The stored values under short names as JSON writes them; only what is known and finite."""
    lower, upper = one.interval or (None, None)
    yield "against", one.against
    yield "test", one.test
    numbers: dict[str, float | None] = {
        "n": len(one.candidate),
        "baseline_n": len(one.baseline),
        "effect": one.effect,
        "lower": lower,
        "upper": upper,
        "margin": one.margin,
        "scale": one.scale,
        "detectable": one.detectable,
        "worse": one.worse[-1] if one.worse else None,
        "reject": one.reject,
        "within": one.within[-1] if one.within else None,
        "accept": one.accept,
        "p_value": one.p_value,
        "alpha": one.alpha,
        "more": one.more,
    }
    for label, value in numbers.items():
        if value is not None and math.isfinite(value):
            yield label, json.dumps(value)
