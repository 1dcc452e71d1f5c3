"""Tables that a fitted model meets: odd values, other columns, other types of the same values."""

from __future__ import annotations

import random
from typing import Any


def sound(bench: Any) -> str:
    """The test rows as they are."""
    values = bench.tools.flat(bench.predictions)
    outside = bench.settings["task"] != "regression" and not 0 <= min(values) <= max(values) <= 1
    flaw = bench.flaw(bench.predictions, _rows(bench.test))
    return flaw or (f"probabilities from {min(values):.3g} to {max(values):.3g}" if outside else "")


def nan_cells(bench: Any) -> str:
    """NaN in every third row of a column that had none."""
    return _answer(bench, _spoilt(bench, "numeric", None))


def infinite(bench: Any) -> str:
    """Infinite numbers of both signs."""
    return _answer(bench, _spoilt(bench, "numeric", float("inf"), float("-inf")))


def huge(bench: Any) -> str:
    """Numbers beyond what 32 bits hold."""
    return _answer(bench, _spoilt(bench, "numeric", 1e300, -1e300))


def one_row(bench: Any) -> str:
    """A single row."""
    return _answer(bench, bench.tools.rows(bench.test, [0]))


def no_rows(bench: Any) -> str:
    """A table with all columns and no row."""
    return _answer(bench, bench.tools.rows(bench.test, []))


def no_table(bench: Any) -> str:
    """Nothing at all."""
    return _answer(bench, None, 0)


def lost_column(bench: Any) -> str:
    """The last column is missing."""
    return _answer(bench, bench.test[:-1])


def extra_column(bench: Any) -> float:
    """A column that training did not have; returns how far predictions are from those without."""
    rng = random.Random(0)  # noqa: S311  (no secret)
    noise = [rng.random() for _ in bench.test[0]["values"]]
    extra = {"name": "unheard of", "kind": "numeric", "values": noise}
    return _distance(bench, bench.predict(columns=[*bench.test, extra]))


def other_order(bench: Any) -> float:
    """The same columns in another order; returns how far predictions are from the first."""
    return _distance(bench, bench.predict(columns=bench.test[::-1]))


def unseen_category(bench: Any) -> str:
    """Categories that training did not have, in letters of many alphabets."""
    return _answer(bench, _spoilt(bench, "category", "Łódź", "東京 🙂"))


def missing_category(bench: Any) -> str:
    """A missing value where training had none."""
    return _answer(bench, _spoilt(bench, "category", None))


def numbers_for_categories(bench: Any) -> str:
    """Numbers where training had texts."""
    name = _first(bench, "category")["name"]
    return _retyped(bench, lambda table: table.assign(**{name: 1.5}))


def text_for_numbers(bench: Any) -> str:
    """Words where training had numbers."""
    name = _first(bench, "numeric")["name"]
    return _retyped(bench, lambda table: table.assign(**{name: "a word"}))


def duplicate_names(bench: Any) -> str:
    """Two columns of one name."""

    def named(table: Any) -> Any:
        table.columns = [table.columns[0], *table.columns[:-1]]
        return table

    return _retyped(bench, named)


def numbers_as_objects(bench: Any) -> float:
    """The same numbers with the type `object`; returns how far predictions move."""
    names = [c["name"] for c in bench.test if c["kind"] == "numeric"]
    return _distance(
        bench, bench.predict(columns=_pandas(bench).astype(dict.fromkeys(names, object)))
    )


def nullable_numbers(bench: Any) -> float:
    """The same numbers with the nullable type of pandas; returns how far predictions move."""
    names = [c["name"] for c in bench.test if c["kind"] == "numeric"]
    nullable = _pandas(bench).astype(dict.fromkeys(names, "Float64"))
    return _distance(bench, bench.predict(columns=nullable))


def whole_numbers(bench: Any) -> float:
    """Whole numbers as floats and as integers; returns how far the two answers are."""
    names = [c["name"] for c in bench.test if c["kind"] == "numeric"]
    floats = _pandas(bench)
    floats[names] = floats[names].round()
    whole = floats.astype(dict.fromkeys(names, "int64"))
    return bench.tools.distance(bench.predict(columns=floats), bench.predict(columns=whole))


def odd_index(bench: Any) -> float:
    """The same rows under labels that repeat; returns how far predictions move."""
    table = _pandas(bench)
    table.index = [7] * len(table)
    return _distance(bench, bench.predict(columns=table))


def kept_table(bench: Any) -> bool:
    """Whether the caller's table is the same after it was predicted."""
    table = _pandas(bench)
    before = table.copy(deep=True)
    bench.predict(columns=table)
    return bool(before.equals(table) and list(before.dtypes) == list(table.dtypes))


def _answer(bench: Any, columns: Any, rows: Any = None) -> str:
    """What is wrong with what is predicted; an error of the package goes through."""
    wanted = _rows(columns) if rows is None else rows
    given = bench.adapter.predict(bench.model, bench.table(columns), bench.settings["task"])
    return bench.flaw(given, wanted)


def _retyped(bench: Any, change: Any) -> str:
    table = change(_pandas(bench))
    given = bench.adapter.predict(bench.model, table, bench.settings["task"])
    return bench.flaw(given, len(table))


def _pandas(bench: Any) -> Any:
    return bench.table(bench.test).copy()


def _distance(bench: Any, given: Any) -> float:
    return bench.tools.distance(bench.predictions, given)


def _rows(columns: Any) -> int:
    return len(columns[0]["values"])


def _first(bench: Any, kind: Any) -> Any:
    return next(c for c in bench.test if c["kind"] == kind)


def _spoilt(bench: Any, kind: Any, *values: Any) -> Any:
    """The test rows with other values in every third row of the first column of a kind."""
    spoilt = _first(bench, kind)
    odd = [values[i % len(values)] if i % 3 == 0 else v for i, v in enumerate(spoilt["values"])]
    return [{**c, "values": odd} if c is spoilt else c for c in bench.test]
