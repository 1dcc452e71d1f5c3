"""A comparison as plain values for JSON; a number that is not finite is null."""

from __future__ import annotations

import math
from dataclasses import asdict, is_dataclass
from typing import Any

from qualify.core.summing import build_head
from qualify.judging.comparing import Comparison


def compare_json(of: Comparison) -> dict[str, Any]:
    """All that is known of the comparison; of its builds, what heads their columns."""
    rest = ("provenance", "environment", "parameters", "verdicts", "metrics", "costs")
    return {
        "builds": [plain(build_head(column)) for column in of.columns],
        **{name: plain(getattr(of, name)) for name in rest},
        "factors": [{**plain(one), "single": one.single, "score": one.score} for one in of.factors],
        "units": list(of.units),
        "left_out": list(of.left_out),
    }


def plain(value: Any) -> Any:
    """Values without types of ours, as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
