"""AutoGluon Tabular: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

DISTRIBUTION = "autogluon.tabular"
MODULE = "autogluon.tabular"
SOURCE = "wheel"  # the sdists on the index cannot be built
# The estimator libraries by themselves: the extra `all` would pull torch with its CUDA libraries.
# Releases before 1.6 import typing_extensions without declaring it.
REQUIREMENTS = ("lightgbm>=4.0", "xgboost-cpu>=2.1.1", "catboost>=1.2", "typing-extensions")
EXTRAS = ("lightgbm", "xgboost", "catboost")
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
    "column_order",
    "extra_columns",
    "threadsafe",
)
ERRORS = ("ValueError", "TypeError", "AssertionError", "KeyError", "RuntimeError")
_FAMILIES = {
    "lgbm": "GBM",
    "xgboost": "XGB",
    "catboost": "CAT",
    "rf": "RF",
    "extra_tree": "XT",
    "linear": "LR",
    "knn": "KNN",
}
ESTIMATORS = dict.fromkeys(TASKS, tuple(_FAMILIES))
PRESET = {"iterations": 50}
# `fit` takes neither a seed nor a number of iterations; its models do, each by its own name.
_ROUNDS = {
    "GBM": "num_boost_round",
    "XGB": "n_estimators",
    "CAT": "iterations",
    "RF": "n_estimators",
    "XT": "n_estimators",
}
_SEEDS = {
    "GBM": "seed",
    "XGB": "seed",
    "CAT": "random_seed",
    "RF": "random_state",
    "XT": "random_state",
    "LR": "random_state",
}
_LABEL = "__label__"
_WEIGHT = "__weight__"


def start() -> None:
    """Import the package; what this takes is its import time."""
    from autogluon.tabular import TabularPredictor  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """Make a pandas DataFrame; texts and categories are told apart by the package itself."""
    import pandas as pd

    kinds = {"numeric": "float64", "date": "datetime64[ns]"}
    frame = {c["name"]: pd.Series(c["values"], dtype="object") for c in columns}
    return pd.DataFrame(frame).astype({c["name"]: kinds.get(c["kind"], "object") for c in columns})


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options, weights."""
    from autogluon.tabular import TabularPredictor

    weighted = settings["weights"] is not None
    predictor = TabularPredictor(
        label=_LABEL,
        problem_type=settings["task"],
        eval_metric="root_mean_squared_error" if settings["task"] == "regression" else "log_loss",
        path=str(Path(tempfile.mkdtemp(prefix="autogluon-")) / "model"),
        verbosity=0,
        sample_weight=_WEIGHT if weighted else None,
        # The only way to the seed of the split that models are chosen and stopped by.
        learner_kwargs={"random_state": settings["seed"]},
    )
    predictor.fit(
        _labelled(table, labels, settings["weights"]),
        hyperparameters=_search(settings),
        time_limit=settings["seconds"],
        num_cpus=settings["threads"],
        num_gpus=0,
    )
    return predictor


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    if task == "regression":
        return list(model.predict(table, as_pandas=False).tolist())
    found = model.predict_proba(table, as_pandas=False, as_multiclass=True)
    return list(found.tolist())


def save(model: Any, folder: Path) -> None:
    """Copy what the predictor keeps on disk, as its documentation says."""
    model.clone(str(folder), dirs_exist_ok=True)


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    from autogluon.tabular import TabularPredictor

    return TabularPredictor.load(str(folder), verbosity=0)


def _search(settings: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The package's own default search, limited to families, with our seed and iterations."""
    from autogluon.tabular.configs.hyperparameter_configs import get_hyperparameter_config

    default = get_hyperparameter_config("default")
    usual = [name for name, own in _FAMILIES.items() if own in default]
    chosen = [_FAMILIES[name] for name in settings["options"].get("estimators", usual)]
    return {own: _variants(own, default.get(own, {}), settings) for own in chosen}


def _variants(family: str, default: Any, settings: dict[str, Any]) -> list[dict[str, Any]]:
    given = {_SEEDS[family]: settings["seed"]} if family in _SEEDS else {}
    if settings["iterations"] is not None and family in _ROUNDS:
        given[_ROUNDS[family]] = settings["iterations"]
    variants = default if isinstance(default, list) else [default]
    return [{**variant, **given} for variant in variants]


def _labelled(table: Any, labels: list[float], weights: list[float] | None) -> Any:
    """Add label and weight as columns; what is no DataFrame is left for the package to refuse."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        return table
    extra = {_LABEL: labels} if weights is None else {_LABEL: labels, _WEIGHT: weights}
    return pd.concat([table, pd.DataFrame(extra, index=table.index)], axis=1)
