"""FLAML: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

DISTRIBUTION = "flaml"
# FLAML's extra `automl` pulls xgboost with its CUDA libraries; xgboost-cpu is the same code.
REQUIREMENTS = (
    "lightgbm>=2.3.1",
    "xgboost-cpu",
    "scipy>=1.4.1",
    "pandas>=1.1.4",
    "scikit-learn>=1.0.0",
)
TASKS = ("binary", "multiclass", "regression")
HONOURS = ("seed", "iterations", "seconds", "threads", "estimators")
_FAMILIES = ("lgbm", "rf", "xgboost", "extra_tree", "xgb_limitdepth", "sgd")
ESTIMATORS = {
    "binary": (*_FAMILIES, "lrl1"),
    "multiclass": (*_FAMILIES, "lrl1"),
    "regression": _FAMILIES,
}


def start() -> None:
    """Import the package; what this takes is its import time."""
    from flaml import AutoML  # noqa: F401


def fit(columns: list[dict[str, Any]], labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options."""
    from flaml import AutoML

    regression = settings["task"] == "regression"
    model = AutoML()
    model.fit(
        _frame(columns),
        _labels(labels, regression=regression),
        task="regression" if regression else "classification",
        metric="rmse" if regression else "log_loss",
        time_budget=settings["seconds"] or -1,
        max_iter=settings["iterations"],
        n_jobs=settings["threads"],
        seed=settings["seed"],
        estimator_list=settings["options"].get("estimators", "auto"),
        verbose=0,
        log_file_name="",
    )
    return model


def predict(model: Any, columns: list[dict[str, Any]], task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    frame = _frame(columns)
    values = model.predict(frame) if task == "regression" else model.predict_proba(frame)
    return list(values.tolist())


def save(model: Any, folder: Path) -> None:
    """Write the fitted model as a user would: by pickle, with its class order beside it."""
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    (folder / "card.json").write_text(json.dumps({"estimator": str(model.best_estimator)}))


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    return pickle.loads((folder / "model.pkl").read_bytes())  # noqa: S301  (its own file)


def _frame(columns: list[dict[str, Any]]) -> Any:
    import pandas as pd

    frame = pd.DataFrame({c["name"]: c["values"] for c in columns})
    numeric = [c["name"] for c in columns if c["kind"] == "numeric"]
    frame[numeric] = frame[numeric].astype("float64")
    return frame


def _labels(labels: list[float], *, regression: bool) -> Any:
    import numpy as np

    values = np.asarray(labels, dtype=float)
    clean = not regression and bool(np.isfinite(values).all())
    return values.astype(int) if clean else values
