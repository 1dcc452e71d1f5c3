"""FLAML: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

DISTRIBUTION = "flaml"
MODULE = "flaml"
# FLAML's extra `automl` pulls xgboost with its CUDA libraries; xgboost-cpu is the same code.
REQUIREMENTS = (
    "lightgbm>=2.3.1",
    "xgboost-cpu",
    "scipy>=1.4.1",
    "pandas>=1.1.4",
    "scikit-learn>=1.0.0",
)
TASKS = ("binary", "multiclass", "regression")
HONOURS = (
    "seed",
    "repeats",
    "iterations",
    "seconds",
    "threads",
    "estimators",
    "weights",
    "categories",
    "missing",
    "dates",
    "numpy",
    "sparse",
    "column_order",
    "extra_columns",
    "resume",
    "threadsafe",
    "inference",
    "versions",
)
ERRORS = ("ValueError", "TypeError", "KeyError", "AssertionError")
EXTRAS = ("notebook",)
INFERENCE = ("lightgbm", "xgboost-cpu", "pandas", "scikit-learn")
PRESET = {"iterations": 12}
_FAMILIES = ("lgbm", "rf", "xgboost", "extra_tree", "xgb_limitdepth", "sgd", "knn")
ESTIMATORS = {
    "binary": (*_FAMILIES, "linear"),
    "multiclass": (*_FAMILIES, "linear"),
    "regression": _FAMILIES,
}
_OWN_NAMES = {"linear": "lrl1", "knn": "kneighbor"}


def start() -> None:
    """Import the package; what this takes is its import time."""
    from flaml import AutoML  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """Make a pandas frame."""
    import pandas as pd

    frame = pd.DataFrame({c["name"]: c["values"] for c in columns})
    numeric = [c["name"] for c in columns if c["kind"] == "numeric"]
    frame[numeric] = frame[numeric].astype("float64")
    for name in (c["name"] for c in columns if c["kind"] == "date"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options, weights."""
    from flaml import AutoML

    model = AutoML()
    model.fit(table, **_asked(labels, settings))
    return model


def resume(model: Any, table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search on from the best settings that a fitted model found."""
    from flaml import AutoML

    further = AutoML()
    points = model.best_config_per_estimator
    further.fit(table, **_asked(labels, settings), starting_points=points)
    return further


def _asked(labels: list[float], settings: dict[str, Any]) -> dict[str, Any]:
    import pandas as pd

    regression = settings["task"] == "regression"
    families = settings["options"].get("estimators", [])
    weights = settings["weights"]
    return {
        "y_train": _labels(labels, regression=regression),
        "task": "regression" if regression else "classification",
        "metric": "rmse" if regression else "log_loss",
        "time_budget": settings["seconds"] or -1,
        "max_iter": settings["iterations"],
        "n_jobs": settings["threads"],
        "seed": settings["seed"],
        "estimator_list": [_OWN_NAMES.get(name, name) for name in families] or "auto",
        "verbose": 0,
        "log_file_name": "",
        **({"sample_weight": pd.Series(weights)} if weights else {}),
    }


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    values = model.predict(table) if task == "regression" else model.predict_proba(table)
    return list(values.tolist())


def save(model: Any, folder: Path) -> None:
    """Write the fitted model as a user would: by pickle, with its class order beside it."""
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    (folder / "card.json").write_text(json.dumps({"estimator": str(model.best_estimator)}))


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    return pickle.loads((folder / "model.pkl").read_bytes())  # noqa: S301  (its own file)


def _labels(labels: list[float], *, regression: bool) -> Any:
    import numpy as np

    values = np.asarray(labels, dtype=float)
    clean = not regression and bool(np.isfinite(values).all())
    return values.astype(int) if clean else values
