"""Generated data with dates: as features, and as the time of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualify.datasets.card import dataset
from qualify.datasets.generated_signals import answers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from qualify.datasets.card import Frame


@dataset("regression")
def dates() -> Frame:
    """Visitors by two dates: weekday, season and the days between them act."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(304)
    day, ahead = rng.randint(0, 1461, 900), rng.randint(0, 60, 900)
    features = pd.DataFrame(
        {
            "visit": days("2020-01-01", day),
            "booked": days("2020-01-01", day - ahead),
            "persons": rng.randint(1, 7, 900).astype(float),
        }
    )
    features["booked"] = features["booked"].mask(rng.random_sample(900) < 0.1)
    weekend = np.where((day + 2) % 7 >= 5, 25.0, 0.0)  # the first day was a Wednesday
    season = 20 * np.sin(2 * np.pi * day / 365.25)
    visitors = 60 + weekend + season - 0.4 * ahead + rng.normal(0, 3, 900)
    return features, answers(visitors)


@dataset("regression", split="chronological", marks=("strong_signal",))
def seasonal() -> Frame:
    """A daily demand with trend, week and year, by its last fourteen days."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(306)
    day = np.arange(1200)
    week = np.array([0.0, 4.0, 6.0, 3.0, 10.0, -8.0, -15.0])[day % 7]
    demand = 100 + 0.01 * day + week + 20 * np.sin(2 * np.pi * day / 365.25)
    demand = pd.Series((demand + rng.normal(0, 2, 1200)).round(6))
    features = pd.DataFrame({f"lag_{i}": demand.shift(i) for i in range(1, 15)})
    features.insert(0, "day", pd.Timestamp("2021-01-01") + pd.to_timedelta(day, unit="D"))
    return features.iloc[14:].reset_index(drop=True), demand.iloc[14:]


def days(first: str, offsets: np.ndarray) -> pd.DatetimeIndex:
    """Count days from the first one."""
    import pandas as pd

    counted: pd.DatetimeIndex = pd.Timestamp(first) + pd.to_timedelta(offsets, unit="D")
    return counted
