"""A small search over scikit-learn: the control that shows what a change of environment alone does.

The package under qualification is scikit-learn itself, so that a release of it is judged alone.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

DISTRIBUTION = "scikit-learn"
MODULE = "sklearn"
SOURCE = "wheel"  # building NumPy's stack from its sdists takes an hour
REQUIREMENTS = ("pandas>=2",)
INFERENCE = ("pandas>=2",)
TASKS = ("binary", "multiclass", "regression")
HONOURS = (
    "seed",
    "repeats",
    "iterations",
    "threads",
    "estimators",
    "weights",
    "categories",
    "missing",
    "threadsafe",
    "inference",
)
ERRORS = ("ValueError", "TypeError")
PRESET = {"iterations": 3}
_FAMILIES = ("rf", "extra_tree", "hist_gradient", "linear", "knn", "neural")
ESTIMATORS = {"binary": _FAMILIES, "multiclass": _FAMILIES, "regression": _FAMILIES}
# By family: the classifier, the regressor, and what the search may choose.
_MODELS: dict[str, tuple[str, str, dict[str, list[Any]]]] = {
    "rf": (
        "ensemble.RandomForestClassifier",
        "ensemble.RandomForestRegressor",
        {"max_features": [0.3, 0.6, 1.0], "n_estimators": [60]},
    ),
    "extra_tree": (
        "ensemble.ExtraTreesClassifier",
        "ensemble.ExtraTreesRegressor",
        {"max_features": [0.3, 0.6, 1.0], "n_estimators": [60]},
    ),
    "hist_gradient": (
        "ensemble.HistGradientBoostingClassifier",
        "ensemble.HistGradientBoostingRegressor",
        {"learning_rate": [0.05, 0.1, 0.2], "max_leaf_nodes": [7, 15, 31], "max_iter": [60]},
    ),
    "linear": (
        "linear_model.LogisticRegression",
        "linear_model.Ridge",
        {"max_iter": [2000]},
    ),
    "knn": (
        "neighbors.KNeighborsClassifier",
        "neighbors.KNeighborsRegressor",
        {"n_neighbors": [5, 9, 15, 25], "weights": ["uniform", "distance"]},
    ),
    "neural": (
        "neural_network.MLPClassifier",
        "neural_network.MLPRegressor",
        {"hidden_layer_sizes": [(32,)], "alpha": [1e-4, 1e-2, 1.0], "max_iter": [60]},
    ),
}


def start() -> None:
    """Import the package; what this takes is its import time."""
    import sklearn.ensemble  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """Make a pandas frame: numbers, and categories for everything else."""
    import pandas as pd

    frame = pd.DataFrame({c["name"]: c["values"] for c in columns})
    kinds = {c["name"]: "float64" if c["kind"] == "numeric" else "object" for c in columns}
    return frame.astype(kinds)


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search each family in turn and keep the best; `iterations` are candidates a family."""
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.utils import check_random_state

    regression = settings["task"] == "regression"
    found = []
    for family in settings["options"].get("estimators", ["rf", "extra_tree"]):
        choices = {f"model__{name}": values for name, values in _MODELS[family][2].items()}
        search = RandomizedSearchCV(
            _pipeline(family, table, settings, regression=regression),
            choices,
            n_iter=min(settings["iterations"], _count(choices)),
            cv=3,
            scoring="neg_root_mean_squared_error" if regression else "neg_log_loss",
            random_state=check_random_state(settings["seed"]),
            error_score="raise",
        )
        weights = {"model__sample_weight": settings["weights"]} if settings["weights"] else {}
        found.append(search.fit(table, _labels(labels, regression=regression), **weights))
    return max(found, key=lambda search: search.best_score_)


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    values = model.predict(table) if task == "regression" else model.predict_proba(table)
    return list(values.tolist())


def save(model: Any, folder: Path) -> None:
    """Write the fitted search by pickle."""
    (folder / "model.pkl").write_bytes(pickle.dumps(model))


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    return pickle.loads((folder / "model.pkl").read_bytes())  # noqa: S301  (its own file)


def _pipeline(family: str, table: Any, settings: dict[str, Any], *, regression: bool) -> Any:
    import importlib

    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline, make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numeric = [n for n in table.columns if table[n].dtype.kind in "fiub"]
    others = [n for n in table.columns if n not in numeric]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        (OneHotEncoder(handle_unknown="ignore"), others),
        sparse_threshold=0.0,
    )
    module, name = _MODELS[family][int(regression)].split(".")  # type: ignore[union-attr]
    model = getattr(importlib.import_module(f"sklearn.{module}"), name)()
    seeded = {k: v for k, v in _common(settings).items() if k in model.get_params()}
    return Pipeline([("prepare", prepare), ("model", model.set_params(**seeded))])


def _common(settings: dict[str, Any]) -> dict[str, Any]:
    return {"random_state": settings["seed"], "n_jobs": settings["threads"]}


def _count(choices: dict[str, list[Any]]) -> int:
    total = 1
    for values in choices.values():
        total *= len(values)
    return total


def _labels(labels: list[float], *, regression: bool) -> list[float]:
    missing = any(y != y for y in labels)  # noqa: PLR0124
    return labels if regression or missing else [int(y) for y in labels]
