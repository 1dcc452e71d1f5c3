"""A loss of one metric in words: how large, against what, and how it compares with the noise."""

from __future__ import annotations

from qualify.core.metric import find, slice_of
from qualify.core.verdict import MetricEvidence, Status
from qualify.rendering.text import effect, loss, margin, number


def spoken(metric: str) -> str:
    """A metric's name in words: `log loss where city is Rome`."""
    part = slice_of(metric)
    if part is None:
        return metric.replace("_", " ")
    return f"{part.metric.replace('_', ' ')} where {part.column} is {part.value}"


def difference(one: MetricEvidence, who: str, name: str, other: str) -> str:
    """`flaml 2.3.0 loses 0.031 nat of log loss on breast_cancer against flaml 2.2.0`."""
    metric = spoken(one.metric)
    if one.effect is None or one.effect == 0.0:
        way = "better" if one.status is Status.IMPROVED else "worse"
        return f"{who} is {way} than {other} in {metric} on {name}"
    size = loss(one.effect, one).lstrip("+−")
    known = find(one.metric)
    if known and known.scale == "log":
        higher = (one.effect > 0) == (known.direction == "lower")
        return (
            f"{who} has a {size} {'higher' if higher else 'lower'} {metric} on {name} than {other}"
        )
    verb = "loses" if one.effect > 0 else "gains"
    amount = f"{size} {one.unit}".strip()
    return f"{who} {verb} {amount} of {metric} on {name} against {other}"


def noise(one: MetricEvidence) -> str:
    """How the loss compares with the scatter of trainings, and with what is tolerated."""
    allowed = number(one.threshold / one.scale, 2) if one.scale else margin(one)
    return f"{in_noise(one, '{}; ')}a loss of at most {allowed} would be tolerated"


def in_noise(one: MetricEvidence, form: str) -> str:
    """The size of the effect in standard deviations, in a form; nothing without a scale."""
    if not one.scale or one.effect is None:
        return ""
    found = number(abs(one.effect) / one.scale, 2)
    return form.format(f"{found} standard deviations of training noise")


def seen(one: MetricEvidence) -> str:
    """`+0.016 nat, but anything from −0.001 to +0.033 is possible`, as far as it is bounded."""
    lower, upper = one.interval or (None, None)
    unit = "" if effect(one).endswith("%") else f" {one.unit}".rstrip()
    ends = [loss(bound, one) for bound in (lower, upper)]
    if lower is None and upper is None:
        return f"{effect(one)}{unit}"
    if lower is None or upper is None:
        side = f"at least {ends[0]}" if upper is None else f"at most {ends[1]}"
        return f"{effect(one)}{unit}, with 95 % confidence {side}"
    return f"{effect(one)}{unit}, but anything from {ends[0]} to {ends[1]} is possible"
