"""Fits of each family of estimators alone: each must take its seed from the settings."""

from __future__ import annotations

from typing import Any

FITS = False
_ROWS = 150


def same_seed(bench: Any) -> dict[str, float]:
    """How far two fits with one seed lie apart, by family."""
    return {name: _apart(bench, family) for name, family in _families(bench).items()}


def _apart(bench: Any, settings: dict[str, Any]) -> float:
    kept = list(range(min(_ROWS, len(bench.labels))))
    columns, labels = bench.tools.rows(bench.columns, kept), [bench.labels[i] for i in kept]
    found = [bench.predict(bench.fit(columns, labels, **settings)) for _ in range(2)]
    return bench.tools.distance(*found)


def _families(bench: Any) -> dict[str, dict[str, Any]]:
    """Settings by family; a package that can't be limited has its default search alone."""
    if "estimators" not in bench.adapter.HONOURS:
        return {"the default search": {}}
    families = bench.adapter.ESTIMATORS[bench.settings["task"]]
    return {family: {"options": {"estimators": [family]}} for family in families}
