"""mljar-supervised: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

DISTRIBUTION = "mljar-supervised"
MODULE = "supervised"
REQUIREMENTS: tuple[str, ...] = ()
EXTRAS: tuple[str, ...] = ()
INFERENCE = ()
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
    "text",
    "dates",
    "numpy",
    "column_order",
    "extra_columns",
    "threadsafe",
    "versions",
)
ERRORS = ("ValueError", "TypeError", "AutoMLException")
# "Neural Network" is left out: the package drops it unless n_jobs is -1.
_FAMILIES = {
    "linear": "Linear",
    "tree": "Decision Tree",
    "rf": "Random Forest",
    "extra_tree": "Extra Trees",
    "lgbm": "LightGBM",
    "xgboost": "Xgboost",
    "catboost": "CatBoost",
    "knn": "Nearest Neighbors",
}
ESTIMATORS = dict.fromkeys(TASKS, tuple(_FAMILIES))
PRESET = {"iterations": 1}
# Each model costs 1-3 CPU seconds of plots and thresholds, so the usual search is a short one.
_USUAL = ("linear", "lgbm")
_SPLIT = {"validation_type": "split", "train_ratio": 0.75, "shuffle": True, "stratify": True}
_TASKS = {"binary": "binary_classification", "multiclass": "multiclass_classification"}


def start() -> None:
    """Import the package; what this takes is its import time."""
    from supervised import AutoML  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """Make a pandas DataFrame; texts and categories are told apart by the package itself."""
    import pandas as pd

    kinds = {"numeric": "float64", "date": "datetime64[ns]"}
    frame = {c["name"]: pd.Series(c["values"], dtype="object") for c in columns}
    return pd.DataFrame(frame).astype({c["name"]: kinds.get(c["kind"], "object") for c in columns})


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options, weights."""
    import numpy as np
    from supervised import AutoML

    model = AutoML(
        results_path=tempfile.mkdtemp(prefix="mljar-"),
        ml_task=_TASKS.get(settings["task"], "regression"),
        mode="Explain",
        algorithms=[_FAMILIES[name] for name in settings["options"].get("estimators", _USUAL)],
        # The mode's own split; its seed reaches all models, `random_state` hardly any.
        validation_strategy={**_SPLIT, "random_seed": settings["seed"]},
        start_random_models=settings["iterations"] or "auto",
        total_time_limit=max(1, round(settings["seconds"] or 3600)),  # whole seconds only
        explain_level=0,
        n_jobs=settings["threads"],
        random_state=settings["seed"],
        verbose=0,
    )
    weights = settings["weights"]
    model.fit(table, np.asarray(labels), None if weights is None else np.asarray(weights))
    return model


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    values = model.predict(table) if task == "regression" else model.predict_proba(table)
    return list(values.tolist())


def save(model: Any, folder: Path) -> None:
    """Copy the folder in which the package keeps its models."""
    shutil.copytree(model.results_path, folder, dirs_exist_ok=True)


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    from supervised import AutoML

    return AutoML(results_path=str(folder))
