"""Training data that is wrong or odd."""

from __future__ import annotations

from typing import Any

FITS = False
NAN = float("nan")


def some_nan_labels(bench: Any) -> str:
    """One label in ten is NaN."""
    return _fitted(bench, labels=[NAN if i % 10 == 0 else y for i, y in enumerate(bench.labels)])


def only_nan_labels(bench: Any) -> str:
    """Every label is NaN."""
    return _fitted(bench, labels=[NAN] * len(bench.labels))


def short_labels(bench: Any) -> str:
    """Five labels less than rows."""
    return _fitted(bench, labels=bench.labels[:-5])


def long_labels(bench: Any) -> str:
    """Five labels more than rows."""
    return _fitted(bench, labels=bench.labels + bench.labels[:5])


def no_rows(bench: Any) -> str:
    """A table and labels without rows."""
    return _fitted(bench, lambda columns: bench.tools.rows(columns, []), labels=[], test=bench.test)


def no_columns(bench: Any) -> str:
    """A table without columns."""
    return _fitted(bench, lambda _: [])


def one_row(bench: Any) -> str:
    """A single row."""
    few = bench.tools.rows(bench.columns, [0])
    return _fitted(bench, lambda _: few, labels=bench.labels[:1], test=bench.test)


def one_class(bench: Any) -> str:
    """All labels are of one class."""
    return _fitted(bench, labels=[0.0] * len(bench.labels))


def lonely_class(bench: Any) -> str:
    """One class has a single row."""
    last = max(bench.labels)
    kept = [i for i, y in enumerate(bench.labels) if y != last] + [bench.labels.index(last)]
    few = bench.tools.rows(bench.columns, kept)
    return _fitted(bench, lambda _: few, labels=[bench.labels[i] for i in kept], test=bench.test)


def missing_column(bench: Any) -> str:
    """A column whose every value is missing."""
    return _fitted(bench, lambda columns: _changed(columns, lambda _: None))


def constant_column(bench: Any) -> str:
    """A column of one value."""
    return _fitted(bench, lambda columns: _changed(columns, lambda _: 1.0))


def infinite(bench: Any) -> str:
    """Infinite numbers in a column."""
    return _fitted(bench, lambda columns: _changed(columns, lambda v: float("inf") if v > 6 else v))


def huge(bench: Any) -> str:
    """Numbers beyond what 32 bits hold."""
    return _fitted(bench, lambda columns: _changed(columns, lambda v: v * 1e300))


def unicode_names(bench: Any) -> str:
    """Columns named in many alphabets."""
    return _fitted(bench, lambda columns: _named(columns, ["größe", "温度 (°C)", "سعر", "🙂"]))


def awkward_names(bench: Any) -> str:
    """Columns whose names hold what formats of models use themselves."""
    return _fitted(bench, lambda columns: _named(columns, ['{"x":[1]}', "a,b", "<c", ""]))


def number_names(bench: Any) -> str:
    """Columns named by numbers, as a frame made of an array has them."""
    return _native(bench, lambda table: table.set_axis(range(table.shape[1]), axis=1))


def duplicate_names(bench: Any) -> str:
    """Two columns of one name."""
    return _native(bench, lambda table: table.set_axis(["a", "a", "b", "c"], axis=1))


def mixed_types(bench: Any) -> str:
    """A column half of numbers and half of words."""

    def change(table: Any) -> Any:
        first = table.columns[0]
        values = [v if i % 2 else "word" for i, v in enumerate(table[first])]
        return table.assign(
            **{first: table[first].astype(object).mask([v == "word" for v in values], "word")}
        )

    return _native(bench, change)


def kept_data(bench: Any) -> bool:
    """Whether the caller's table and labels are the same after a fit."""
    table, labels = bench.table(bench.columns), list(bench.labels)
    before = table.copy(deep=True)
    bench.fit(table, labels)
    return bool(before.equals(table) and labels == bench.labels)


def _fitted(bench: Any, change: Any = None, labels: Any = None, test: Any = None) -> str:
    """What is wrong with what a model fitted on changed data predicts; errors go through."""
    labels = bench.labels if labels is None else labels
    change = change or list
    model = bench.fit(change(bench.columns), labels)
    test = change(bench.test) if test is None else test
    given = bench.adapter.predict(model, bench.table(test), bench.settings["task"])
    return bench.flaw(given, len(bench.test[0]["values"]), len(set(labels)))


def _native(bench: Any, change: Any) -> str:
    model = bench.fit(change(bench.table(bench.columns)))
    table = change(bench.table(bench.test))
    given = bench.adapter.predict(model, table, bench.settings["task"])
    return bench.flaw(given, len(table), len(set(bench.labels)))


def _changed(columns: Any, value: Any) -> Any:
    first = columns[0]
    return [{**first, "values": [value(v) for v in first["values"]]}, *columns[1:]]


def _named(columns: Any, names: Any) -> Any:
    return [{**c, "name": name} for c, name in zip(columns, names, strict=True)]
