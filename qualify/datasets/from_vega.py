"""Real data that vega_datasets carries in its wheel: text, dates and many categories."""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Any

from qualify.datasets.card import dataset

if TYPE_CHECKING:
    import pandas as pd

    from qualify.datasets.card import Frame

_FEWEST = 40  # airports of a state


def _file(name: str) -> io.BytesIO:
    carried: Any = importlib.import_module("vega_datasets").local_data
    return io.BytesIO(getattr(carried, name).raw())


def _csv(name: str, **options: Any) -> pd.DataFrame:
    import pandas as pd

    frame: pd.DataFrame = pd.read_csv(_file(name), **options).round(6)
    return frame


@dataset(
    "regression",
    source="vega_datasets: cars",
    licence="StatLib (Donoho and Ramos, 1982), carried by vega_datasets (MIT)",
    text=("Name",),
    slices=("Origin",),
    marks=("strong_signal",),
)
def cars() -> Frame:
    """Miles per gallon of a car."""
    import json

    import pandas as pd

    data = pd.DataFrame(json.load(_file("cars"))).dropna(subset="Miles_per_Gallon")
    data["Year"] = pd.to_datetime(data["Year"])
    features = data.drop(columns="Miles_per_Gallon").reset_index(drop=True)
    return features, data["Miles_per_Gallon"].astype(float)


@dataset(
    "multiclass",
    source="vega_datasets: seattle_weather",
    licence="public domain (NOAA), carried by vega_datasets (MIT)",
)
def weather() -> Frame:
    """The weather of a day in Seattle; 5 kinds, snow is rare."""
    import pandas as pd

    data = _csv("seattle_weather")
    data["date"] = pd.to_datetime(data["date"], format="%Y/%m/%d")
    kinds = sorted(set(data["weather"]))
    return data.drop(columns="weather"), data["weather"].map(kinds.index)


@dataset(
    "multiclass",
    source="vega_datasets: airports",
    licence="public domain (ourairports.com), carried by vega_datasets (MIT)",
    text=("name",),
    marks=("strong_signal",),
)
def airports() -> Frame:
    """The state of an airport, of the states that have forty or more."""
    data = _csv("airports", keep_default_na=False)
    size = data.groupby("state")["iata"].transform("size")
    data = data[(size >= _FEWEST) & (data["state"] != "NA")].reset_index(drop=True)
    states = sorted(set(data["state"]))
    return data[["name", "city", "latitude", "longitude"]], data["state"].map(states.index)
