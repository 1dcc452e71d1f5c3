"""TPOT: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

DISTRIBUTION = "tpot"
MODULE = "tpot"
# TPOT's dependency stopit imports pkg_resources, which setuptools 82 dropped.
REQUIREMENTS = ("setuptools<82",)
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
    "numpy",
    "resume",
    "threadsafe",
)
ERRORS = ("ValueError", "TypeError", "KeyError")
# By family: the classifier and the regressor.
_FAMILIES = {
    "lgbm": ("LGBMClassifier", "LGBMRegressor"),
    "xgboost": ("XGBClassifier", "XGBRegressor"),
    "rf": ("RandomForestClassifier", "RandomForestRegressor"),
    "extra_tree": ("ExtraTreesClassifier", "ExtraTreesRegressor"),
    "hist_gradient": ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"),
    "tree": ("DecisionTreeClassifier", "DecisionTreeRegressor"),
    "knn": ("KNeighborsClassifier", "KNeighborsRegressor"),
    "linear": ("LogisticRegression", "LinearSVR"),
}
ESTIMATORS = dict.fromkeys(TASKS, tuple(_FAMILIES))
PRESET = {"iterations": 2}
# An iteration is one generation: this many pipelines, each scored on this many folds.
_POPULATION = 4
_FOLDS = 3
_CHECKPOINT = "population.pkl"


class Model(NamedTuple):
    """The best pipeline, and the population that a later search goes on from."""

    pipeline: Any
    population: bytes


def start() -> None:
    """Import the package; what this takes is its import time."""
    import tpot  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """A pandas frame: float64, object and datetime64 columns."""
    import pandas as pd

    dtypes = {"numeric": "float64", "date": "datetime64[ns]"}
    return pd.DataFrame(
        {c["name"]: pd.Series(c["values"], dtype=dtypes.get(c["kind"], "object")) for c in columns}
    )


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Evolve pipelines and fit the best. `settings`: task, seed, threads, iterations, seconds."""
    return _search(table, labels, settings, population=b"")


def resume(model: Model, table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Evolve the model's population further, by TPOT's own checkpoint."""
    return _search(table, labels, settings, population=model.population)


def predict(model: Model, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    pipeline = model.pipeline
    values = pipeline.predict(table) if task == "regression" else pipeline.predict_proba(table)
    return list(values.tolist())


def save(model: Model, folder: Path) -> None:
    """Write the fitted pipeline as a user would, by pickle, and TPOT's checkpoint beside it."""
    (folder / "model.pkl").write_bytes(pickle.dumps(model.pipeline))
    (folder / _CHECKPOINT).write_bytes(model.population)


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    pipeline = pickle.loads((folder / "model.pkl").read_bytes())  # noqa: S301  (its own file)
    return Model(pipeline, (folder / _CHECKPOINT).read_bytes())


def _search(table: Any, labels: list[float], settings: dict[str, Any], population: bytes) -> Model:
    from dask.distributed import Client, LocalCluster

    # TPOT's own cluster is of processes, whose CPU time is not this one's; threads search alike.
    cluster = LocalCluster(
        n_workers=settings["threads"],
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        silence_logs=50,
    )
    with tempfile.TemporaryDirectory(dir=".") as folder, cluster, Client(cluster) as client:
        checkpoint = Path(folder) / _CHECKPOINT
        if population:
            checkpoint.write_bytes(population)
        model = _estimator(table, labels, settings, client=client, folder=folder)
        model.fit(table, _labels(labels, regression=settings["task"] == "regression"))
        return Model(model.fitted_pipeline_, checkpoint.read_bytes())


def _estimator(
    table: Any, labels: list[float], settings: dict[str, Any], *, client: Any, folder: str
) -> Any:
    import tpot

    regression = settings["task"] == "regression"
    seconds = settings["seconds"]
    return (tpot.TPOTRegressor if regression else tpot.TPOTClassifier)(
        search_space=_space(table, labels, settings),
        scorers=["neg_root_mean_squared_error" if regression else "neg_log_loss"],
        scorers_weights=[1],
        cv=_FOLDS,
        preprocessing=True,
        population_size=_POPULATION,
        generations=settings["iterations"],
        max_time_mins=seconds / 60 if seconds else float("inf"),
        max_eval_time_mins=float("inf"),
        random_state=settings["seed"],
        verbose=0,
        periodic_checkpoint_folder=folder,
        client=client,
    )


def _space(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    from tpot.config import get_search_space

    families = settings["options"].get("estimators")
    if not families:
        return "linear"
    regression = settings["task"] == "regression"
    return get_search_space(
        [_FAMILIES[name][int(regression)] for name in families],
        n_classes=len(set(labels)),
        n_samples=len(labels),
        n_features=table.shape[1],
        random_state=settings["seed"],
    )


def _labels(labels: list[float], *, regression: bool) -> Any:
    import numpy as np

    values = np.asarray(labels, dtype=float)
    clean = not regression and bool(np.isfinite(values).all())
    return values.astype(int) if clean else values
