"""Tables of other kinds than the package's own, and labels of a regression that are none."""

from __future__ import annotations

from typing import Any


def sound(bench: Any) -> str:
    """The test rows as they are."""
    return bench.flaw(bench.predictions)


def numpy_arrays(bench: Any) -> str:
    """Arrays instead of frames."""
    return _trained(bench, _array)


def read_only_arrays(bench: Any) -> str:
    """Arrays that nobody may write to."""

    def frozen(columns: Any) -> Any:
        array = _array(columns)
        array.setflags(write=False)
        return array

    return _trained(bench, frozen)


def arrays_by_column(bench: Any) -> float:
    """One array in two memory layouts; returns how far the two answers are."""
    import numpy as np

    model, rows = bench.fit(_array(bench.columns)), _array(bench.test)
    by_row, by_column = np.ascontiguousarray(rows), np.asfortranarray(rows)
    return bench.tools.distance(bench.predict(model, by_row), bench.predict(model, by_column))


def small_floats(bench: Any) -> str:
    """Arrays of 32 bits."""
    return _trained(bench, lambda columns: _array(columns).astype("float32"))


def polars_frames(bench: Any) -> str:
    """Frames of polars."""
    import polars as pl

    return _trained(bench, lambda columns: pl.DataFrame({c["name"]: c["values"] for c in columns}))


def sparse_matrices(bench: Any) -> str:
    """Sparse matrices by row."""
    from scipy import sparse

    return _trained(bench, lambda columns: sparse.csr_matrix(_array(columns)))


def read_only_frame(bench: Any) -> str:
    """A frame over an array that nobody may write to."""
    import pandas as pd

    def frozen(columns: Any) -> Any:
        array = _array(columns)
        array.setflags(write=False)
        return pd.DataFrame(array, columns=[c["name"] for c in columns], copy=False)

    return _trained(bench, frozen)


def odd_index(bench: Any) -> float:
    """Training rows under labels that repeat; returns how far the model's answers move."""
    table = bench.table(bench.columns)
    table.index = [7] * len(table)
    return bench.tools.distance(bench.predictions, bench.predict(bench.fit(table)))


def nan_labels(bench: Any) -> str:
    """One label in ten is NaN."""
    return _labelled(bench, lambda i, y: float("nan") if i % 10 == 0 else y)


def infinite_labels(bench: Any) -> str:
    """One label is infinite."""
    return _labelled(bench, lambda i, y: float("inf") if i == 0 else y)


def huge_labels(bench: Any) -> str:
    """Labels beyond what 32 bits hold."""
    return _labelled(bench, lambda _, y: y * 1e200)


def constant_labels(bench: Any) -> float:
    """All labels are one; returns how far predictions are from it."""
    model = bench.fit(labels=[3.0] * len(bench.labels))
    return max(abs(v - 3.0) for v in bench.tools.flat(bench.predict(model)))


def _trained(bench: Any, kind: Any) -> str:
    """What is wrong with the answers of a model that knows only tables of a kind."""
    model = bench.fit(kind(bench.columns))
    return bench.flaw(bench.adapter.predict(model, kind(bench.test), bench.settings["task"]))


def _labelled(bench: Any, label: Any) -> str:
    model = bench.fit(labels=[label(i, y) for i, y in enumerate(bench.labels)])
    table = bench.table(bench.test)
    return bench.flaw(bench.adapter.predict(model, table, bench.settings["task"]))


def _array(columns: Any) -> Any:
    import numpy as np

    return np.array([c["values"] for c in columns], dtype=float).T.copy()
