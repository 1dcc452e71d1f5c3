"""EvalML: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DISTRIBUTION = "evalml"
MODULE = "evalml"
# featuretools imports pkg_resources, which new setuptools lack. EvalML resolves to numpy 1.26,
# beside which the newest pyarrow does not import.
# nltk 3.10 refuses corpora that are hard links, as an installer with a cache makes them.
REQUIREMENTS = ("setuptools<81", "pyarrow<18", "nltk<3.10")
EXTRAS = ()
INFERENCE = ()
TASKS = ("binary", "multiclass", "regression")
HONOURS = (
    "seed",
    "repeats",
    "iterations",
    "seconds",
    "threads",
    "estimators",
    "categories",
    "missing",
    "text",
    "dates",
    "numpy",
    "threadsafe",
    "versions",
)
ERRORS = ("ValueError", "TypeError", "PipelineError", "AutoMLSearchException")
_FAMILIES = {
    "lgbm": "lightgbm",
    "xgboost": "xgboost",
    "rf": "random_forest",
    "extra_tree": "extra_trees",
    "linear": "linear_model",
}
ESTIMATORS = dict.fromkeys(TASKS, tuple(_FAMILIES))
PRESET = {"iterations": 6}


def start() -> None:
    """Import the package; what this takes is its import time."""
    import evalml  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """A pandas frame with its Woodwork types, so that they are not guessed from the values."""
    import pandas as pd
    import woodwork  # noqa: F401  (its import gives frames their `ww`)

    types = {
        "numeric": ("float64", "Double"),
        "category": ("category", "Categorical"),
        "text": ("string", "NaturalLanguage"),
        "date": ("datetime64[ns]", "Datetime"),
    }
    frame = pd.DataFrame(
        {c["name"]: pd.Series(c["values"], dtype=types[c["kind"]][0]) for c in columns}
    )
    frame.ww.init(logical_types={c["name"]: types[c["kind"]][1] for c in columns})
    return frame


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options."""
    from evalml.automl import AutoMLSearch

    regression = settings["task"] == "regression"
    families = [_FAMILIES[name] for name in settings["options"].get("estimators", [])]
    search = AutoMLSearch(
        X_train=table,
        y_train=_labels(labels, regression=regression),
        problem_type=settings["task"],
        objective="Root Mean Squared Error"
        if regression
        else f"Log Loss {settings['task'].title()}",
        max_iterations=settings["iterations"],
        max_time=settings["seconds"],
        allowed_model_families=families or None,
        # The default algorithm tries forests and linear models whatever the families allowed.
        automl_algorithm="iterative" if families else "default",
        random_seed=settings["seed"],
        n_jobs=settings["threads"],
        optimize_thresholds=False,
    )
    search.search(interactive_plot=False)
    return search.best_pipeline


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    values = model.predict(table) if task == "regression" else model.predict_proba(table)
    return list(values.to_numpy().tolist())


def save(model: Any, folder: Path) -> None:
    """Write the fitted pipeline with its own `save`."""
    model.save(str(folder / "model.pkl"))


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    from evalml.pipelines import PipelineBase

    return PipelineBase.load(str(folder / "model.pkl"))


def _labels(labels: list[float], *, regression: bool) -> Any:
    import numpy as np
    import pandas as pd

    values = np.asarray(labels, dtype=float)
    clean = not regression and bool(np.isfinite(values).all())
    return pd.Series(values.astype(int) if clean else values)
