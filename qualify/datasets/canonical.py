"""A frame as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualify.core.data import Column, Kind
from qualify.datasets.table import Table

if TYPE_CHECKING:
    import pandas as pd


def canonical(features: pd.DataFrame, target: pd.Series, text: Sequence[str] = ()) -> Table:
    """Turn a frame into plain values; columns named in `text` are text, not categories."""
    columns = (_column(str(name), features[name], text) for name in features.columns)
    return Table(tuple(columns), tuple(float(y) for y in target))


def _column(name: str, series: pd.Series, text: Sequence[str]) -> Column:
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(series):
        return Column(name, "date", _dates(series))
    gaps = series.isna()
    if pd.api.types.is_numeric_dtype(series):
        pairs = zip(series, gaps, strict=True)
        return Column(name, "numeric", tuple(None if gap else float(v) for v, gap in pairs))
    kind: Kind = "text" if name in text else "category"
    pairs = zip(series, gaps, strict=True)
    return Column(name, kind, tuple(None if gap else str(v) for v, gap in pairs))


def _dates(series: pd.Series) -> tuple[str | None, ...]:
    """ISO 8601; without the time of day where no row has one."""
    import pandas as pd

    days = (series.dropna() == series.dropna().dt.normalize()).all()
    form = "%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S"
    return tuple(None if pd.isna(v) else v.strftime(form) for v in series)
