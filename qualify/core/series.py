"""The history of one metric of one row in numbers, before anybody looks for steps in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """What each build's trainings say of a metric, the oldest build first.

    `mean` is on the judged scale (larger is worse), `n` the trainings that it is worth and `sd` the
    spread of one, NaN where it is not known; a build that says nothing has n = 0 and a NaN mean.
    All four tuples have one length.
    """

    row: str
    metric: str
    builds: tuple[str, ...]
    mean: tuple[float, ...]
    n: tuple[float, ...]
    sd: tuple[float, ...]

    def newest(self, most: int) -> Series:
        """The last `most` builds of it."""
        cut = slice(max(0, len(self.builds) - most), None)
        return Series(
            self.row, self.metric, self.builds[cut], self.mean[cut], self.n[cut], self.sd[cut]
        )
