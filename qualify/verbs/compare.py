"""Compare: any number of builds side by side."""

from __future__ import annotations

from collections.abc import Sequence

from qualify.core.errors import ConfigError
from qualify.judging.comparing import Comparison, Entry
from qualify.judging.comparing import compare as comparing
from qualify.verbs.pick import pick
from qualify.wiring import Context


def compare(context: Context, names: Sequence[str]) -> Comparison:
    """Hold builds against the first of them; raises ConfigError."""
    picked = [pick(context, name) for name in names]
    targets = {one.column.build.target for one in picked}
    if len(targets) > 1:
        raise ConfigError(
            f"builds of {' and '.join(sorted(targets))} have no cells in common",
            "compare builds of one target",
        )
    return comparing([Entry(one.column, one.beside) for one in picked])
