"""What a probe works with inside the candidate's environment; the standard library only.

A probe is a file of experiments: every public function of it that takes a `bench`, in the order of
their definition. What an experiment returns is JSON; what it raises is an observation, too.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
import time
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import IO, Any

Columns = list[dict[str, Any]]
OFF_ONE = 1e-4
"""So far from one may a row of probabilities be in sum: they may be single precision."""


class Bench:
    """The adapter, one split of a dataset, and a model fitted on it."""

    def __init__(  # noqa: PLR0917
        self,
        adapter: Any,
        columns: Columns,
        labels: list[float],
        test: Columns,
        settings: dict[str, Any],
        folder: Path,
    ) -> None:
        self.adapter = adapter
        self.columns = columns
        self.labels = labels
        self.test = test
        self.settings = settings
        self.folder = folder

    @property
    def tools(self) -> ModuleType:
        """The functions of this module, for probes."""
        return sys.modules[__name__]

    @cached_property
    def model(self) -> Any:
        """The model that most experiments share."""
        return self.fit()

    @cached_property
    def predictions(self) -> list[Any]:
        """What the shared model predicts for the test rows."""
        return self.predict()

    @property
    def one_family(self) -> dict[str, Any]:
        """The settings of a search of one family, where the package can be limited to one.

        A search that chooses among families may choose by the clock.
        """
        families = getattr(self.adapter, "ESTIMATORS", {}).get(self.settings["task"], ())
        limited = "estimators" in self.adapter.HONOURS
        return {"options": {"estimators": [families[0]]}} if families and limited else {}

    def flaw(self, given: Any, rows: int | None = None, classes: int | None = None) -> str:
        """Say what is wrong with predictions for so many rows (of the test), "" if they are sound.

        Sound are finite numbers, one a row, or probabilities of all `classes` that sum to one.
        """
        task = self.settings["task"]
        wanted = len(self.test[0]["values"]) if rows is None else rows
        try:
            found = shape(given, task)
            widths = {len(row) if isinstance(row, list) else 1 for row in given}
        except (TypeError, ValueError):
            return f"no predictions but {str(given)[:80]}"
        if found["rows"] != wanted:
            return f"{found['rows']} predictions for {wanted} rows"
        if not found["finite"] or found["off_one"] > OFF_ONE:
            return "predictions that are not finite or do not sum to one"
        known = len(set(self.labels)) if classes is None else classes
        width = 1 if task == "regression" else known
        return "" if widths <= {width} else f"{max(widths)} classes of {width}"

    def fit(self, columns: Any = None, labels: list[float] | None = None, **settings: Any) -> Any:
        """Fit on the training rows, or on what is given: columns, or a table of another kind."""
        table = self.table(self.columns if columns is None else columns)
        return self.adapter.fit(
            table, self.labels if labels is None else labels, {**self.settings, **settings}
        )

    def predict(self, model: Any = None, columns: Any = None) -> list[Any]:
        """Predict the test rows, or what is given, with the shared model or another."""
        table = self.table(self.test if columns is None else columns)
        model = self.model if model is None else model
        given = self.adapter.predict(model, table, self.settings["task"])
        return list(given)

    def table(self, columns: Any) -> Any:
        """Make the package's own table of columns; tables of other kinds pass through."""
        plain = isinstance(columns, list) and all(isinstance(c, dict) for c in columns)
        return self.adapter.table(columns) if plain else columns


def rows(columns: Columns, wanted: list[int]) -> Columns:
    """Take rows by position, in that order."""
    return [{**c, "values": [c["values"][i] for i in wanted]} for c in columns]


def distance(first: list[Any], second: list[Any]) -> float:
    """Give the largest difference between two lists of predictions; infinite for other shapes."""
    a, b = flat(first), flat(second)
    if len(a) != len(b):
        return float("inf")
    return max((abs(x - y) for x, y in zip(a, b, strict=True)), default=0.0)


def flat(predictions: list[Any]) -> list[float]:
    """All numbers of predictions, row after row."""
    return [
        float(v) for row in predictions for v in (row if isinstance(row, (list, tuple)) else [row])
    ]


def name_of(predictions: list[Any]) -> str:
    """Name predictions by a digest: equal names are equal bit for bit."""
    return hashlib.sha256(json.dumps(predictions).encode()).hexdigest()


def shape(predictions: list[Any], task: str) -> dict[str, Any]:
    """Say what the harness needs to know to call predictions sound."""
    values = flat(predictions)
    finite = all(v == v and abs(v) != float("inf") for v in values)  # noqa: PLR0124
    sums = [] if task == "regression" else [abs(sum(map(float, row)) - 1) for row in predictions]
    return {"rows": len(predictions), "finite": finite, "off_one": max(sums, default=0.0)}


def perform(probe: Any, bench: Bench, skip: list[str], out: IO[str]) -> None:
    """Run the experiments one by one; each begins and ends with a line of JSON.

    The shared model is fitted first, so that a package which cannot fit fails the whole probe.
    """
    if getattr(probe, "FITS", True):
        _ = bench.predictions
    for name, experiment in experiments(probe).items():
        if name not in skip:
            _write(out, {"name": name})
            _write(out, {"name": name, **_observed(experiment, bench)})


def experiments(probe: Any) -> dict[str, Any]:
    """Every experiment of a probe by name."""
    return {
        name: function
        for name, function in vars(probe).items()
        if inspect.isfunction(function)
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "bench"
    }


def _observed(experiment: Any, bench: Bench) -> dict[str, Any]:
    begin = time.process_time()
    try:
        seen: dict[str, Any] = {"value": experiment(bench)}
    except Exception as error:  # noqa: BLE001  (whatever the candidate raises is observed)
        seen = {"error": type(error).__name__, "message": str(error)[:500]}
        seen["kinds"] = [kind.__name__ for kind in type(error).__mro__]
    return {**seen, "seconds": time.process_time() - begin}


def _write(out: IO[str], line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()
