"""Real data that statsmodels carries in its wheel: surveys, panels and series."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qualify.datasets.card import dataset

if TYPE_CHECKING:
    import pandas as pd

    from qualify.datasets.card import Frame

PUBLIC = "public domain, carried by statsmodels (BSD-3-Clause)"
FAIR = "by permission of the author, carried by statsmodels (BSD-3-Clause)"

STRONG = ("strong_signal",)


def _carried(name: str) -> pd.DataFrame:
    """Rounded to 6 digits, which is more than the files have."""
    data: Any = importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data
    frame: pd.DataFrame = data.round(6)
    return frame


@dataset("binary", source="statsmodels: fair", licence=FAIR, slices=("religious",))
def fair() -> Frame:
    """Whether a married woman reports an affair (Redbook, 1974)."""
    data = _carried("fair")
    data["religious"] = "grade " + data["religious"].astype(int).astype(str)
    return data.drop(columns="affairs"), (data["affairs"] > 0).astype(int)


@dataset("binary", source="statsmodels: anes96", licence=PUBLIC, marks=STRONG)
def vote() -> Frame:
    """Clinton or Dole (American National Election Study, 1996)."""
    data = _carried("anes96")
    return data.drop(columns="vote"), data["vote"].astype(int)


@dataset("multiclass", source="statsmodels: anes96", licence=PUBLIC)
def party() -> Frame:
    """Seven grades of party identification; neighbours are hard to tell apart."""
    data = _carried("anes96")
    return data.drop(columns=["PID", "vote"]), data["PID"].astype(int)


@dataset("regression", source="statsmodels: randhie", licence=PUBLIC, split="grouped")
def doctor_visits() -> Frame:
    """Visits to a doctor (RAND health insurance experiment); rows of equal features are a group."""
    data = _carried("randhie").iloc[:12_000]
    return data.drop(columns="mdvis"), data["mdvis"]


@dataset("multiclass", source="statsmodels: modechoice", licence=PUBLIC, marks=STRONG)
def travel_mode() -> Frame:
    """Air, train, bus or car, by the terms of each."""
    data = _carried("modechoice")
    terms = data.pivot_table(index="individual", columns="mode", values=["ttme", "invc", "invt"])
    features = terms.set_axis([f"{term}_{int(mode)}" for term, mode in terms.columns], axis=1)
    chosen = data[data["choice"] == 1].set_index("individual")
    features["income"], features["party"] = chosen["hinc"], chosen["psize"]
    return features.reset_index(drop=True), chosen["mode"].astype(int) - 1


@dataset(
    "regression",
    source="statsmodels: grunfeld",
    licence=PUBLIC,
    slices=("firm",),
    marks=STRONG,
)
def investment() -> Frame:
    """Investment of eleven firms over twenty years (Grunfeld)."""
    data = _carried("grunfeld")
    return data.drop(columns="invest"), data["invest"]


@dataset("regression", source="statsmodels: sunspots", licence=PUBLIC, split="chronological")
def sunspots() -> Frame:
    """Sunspots of a year by those of the eleven years before."""
    import pandas as pd

    data = _carried("sunspots")
    features = _lagged(data["SUNACTIVITY"], 11)
    features.insert(0, "year", pd.to_datetime(data["YEAR"].astype(int).astype(str) + "-01-01"))
    return features.iloc[11:].reset_index(drop=True), data["SUNACTIVITY"].iloc[11:]


@dataset("regression", source="statsmodels: co2", licence=PUBLIC, split="chronological")
def co2() -> Frame:
    """Weekly change of carbon dioxide at Mauna Loa by the four before it; weeks are missing."""
    series = _carried("co2")["co2"].diff().round(6)
    features = _lagged(series, 4)
    features.insert(0, "week", series.index)
    known = series.notna()
    return features[known].reset_index(drop=True), series[known]


def _lagged(series: pd.Series, most: int) -> pd.DataFrame:
    import pandas as pd

    lags: pd.DataFrame = pd.DataFrame({f"lag_{i}": series.shift(i) for i in range(1, most + 1)})
    return lags
