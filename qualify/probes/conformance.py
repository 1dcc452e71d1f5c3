"""Whether an adapter keeps its promises: each experiment returns "", or what is wrong.

An experiment that has the name of a promise is run where the adapter gives it; the first two are
asked of every adapter.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def predicts(bench: Any) -> str:
    """One finite number a row, or probabilities that sum to one, a column for each class."""
    return _flaw(bench, bench.predictions)


def saves(bench: Any) -> str:
    """A model that was saved and loaded predicts the same."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        bench.adapter.save(bench.model, Path(folder))
        loaded = bench.adapter.load(Path(folder))
        return _differ(bench, bench.predict(loaded), "the loaded model")


def seed(bench: Any) -> str:
    """Another seed gives another model."""
    others = [bench.predict(bench.fit(seed=seed)) for seed in (1, 2)]
    return "" if any(other != bench.predictions for other in others) else "three seeds, one model"


def repeats(bench: Any) -> str:
    """The same seed gives the same predictions."""
    return _differ(bench, bench.predict(bench.fit()), "the second fit")


def iterations(bench: Any) -> str:
    """A search can be bounded by iterations: one is enough to predict."""
    return _flaw(bench, bench.predict(bench.fit(iterations=1, seconds=None)))


def seconds(bench: Any) -> str:
    """A search can be bounded by seconds."""
    return _flaw(bench, bench.predict(bench.fit(seconds=10.0, iterations=None)))


def threads(bench: Any) -> str:
    """The number of threads can be set."""
    return _flaw(bench, bench.predict(bench.fit(threads=2)))


def estimators(bench: Any) -> str:
    """A search can be limited to each of the families that the adapter names."""
    task = bench.settings["task"]
    found = {}
    for family in bench.adapter.ESTIMATORS.get(task, ()):
        found[family] = bench.predict(bench.fit(options={"estimators": [family]}))
        wrong = _flaw(bench, found[family])
        if wrong:
            return f"{family}: {wrong}"
    names = {bench.tools.name_of(predictions) for predictions in found.values()}
    return "" if len(names) > 1 or len(found) < 2 else "all families predict the same"


def weights(bench: Any) -> str:
    """Training rows can be weighted, and weights act."""
    weights = [0.01 if i % 3 else 1.0 for i in range(len(bench.labels))]
    given = bench.predict(bench.fit(weights=weights))
    return _flaw(bench, given) or ("" if given != bench.predictions else "weights do nothing")


def categories(bench: Any) -> str:
    """Text categories are taken as they are, and unseen ones predicted."""
    return _with(bench, "category", [f"kind-{i % 4}" for i in range(_rows(bench))], "never seen")


def missing(bench: Any) -> str:
    """Missing values are taken as they are."""
    columns = [_holes(c, 7 + n) for n, c in enumerate(bench.columns)]
    test = [_holes(c, 5 + n) for n, c in enumerate(bench.test)]
    return _flaw(bench, bench.predict(bench.fit(columns), test))


def text(bench: Any) -> str:
    """Columns of text are taken as they are."""
    words = ("good", "bad", "quick", "slow", "red", "green", "round")
    said = [f"{words[i % 7]} and {words[i % 5]} but {words[i % 3]}" for i in range(_rows(bench))]
    return _with(bench, "text", said, "words that were never seen")


def dates(bench: Any) -> str:
    """Columns of dates are taken as they are."""
    days = [f"20{10 + i % 12:02}-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(_rows(bench))]
    return _with(bench, "date", days, "2031-05-06")


def numpy(bench: Any) -> str:
    """NumPy arrays are tables, too."""
    return _as(bench, _array)


def polars(bench: Any) -> str:
    """Polars frames are tables, too."""
    import polars as pl

    return _as(bench, lambda columns: pl.DataFrame({c["name"]: c["values"] for c in columns}))


def sparse(bench: Any) -> str:
    """SciPy's sparse matrices are tables, too."""
    from scipy.sparse import csr_matrix

    return _as(bench, lambda columns: csr_matrix(_array(columns)))


def column_order(bench: Any) -> str:
    """Columns are matched by name at prediction."""
    return _differ(bench, bench.predict(columns=bench.test[::-1]), "with columns in other order")


def extra_columns(bench: Any) -> str:
    """Columns that training did not have are ignored at prediction."""
    extra = {**bench.test[0], "name": "a column that training did not have"}
    return _differ(bench, bench.predict(columns=[*bench.test, extra]), "with one column more")


def resume(bench: Any) -> str:
    """Fitting can go on from a fitted model."""
    table = bench.table(bench.columns)
    further = bench.adapter.resume(bench.model, table, bench.labels, bench.settings)
    return _flaw(bench, bench.predict(further))


def threadsafe(bench: Any) -> str:
    """One model can predict in several threads at once."""
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: bench.predict(), range(8)))
    return next((wrong for g in given if (wrong := _differ(bench, g, "a thread"))), "")


def _flaw(bench: Any, given: list[Any]) -> str:
    return str(bench.flaw(given))


def _differ(bench: Any, given: list[Any], what: str) -> str:
    far = bench.tools.distance(given, bench.predictions)
    return "" if far < 1e-9 else f"{what} predicts otherwise, by up to {far:.2g}"


def _rows(bench: Any) -> int:
    return len(bench.labels) + len(bench.test[0]["values"])


def _with(bench: Any, kind: str, values: list[str], unseen: str) -> str:
    rows = len(bench.labels)
    train = {"name": "extra", "kind": kind, "values": values[:rows]}
    test = {"name": "extra", "kind": kind, "values": [unseen, *values[rows + 1 :]]}
    model = bench.fit([*bench.columns, train])
    return _flaw(bench, bench.predict(model, [*bench.test, test]))


def _as(bench: Any, make: Any) -> str:
    model = bench.fit(make(bench.columns))
    return _flaw(bench, bench.predict(model, make(bench.test)))


def _holes(column: dict[str, Any], every: int) -> dict[str, Any]:
    values = [None if i % every == 0 else v for i, v in enumerate(column["values"])]
    return {**column, "values": values}


def _array(columns: list[dict[str, Any]]) -> Any:
    import numpy as np

    return np.column_stack([np.asarray(c["values"], dtype=float) for c in columns])
