"""LightAutoML: fit, predict, save and load, in the candidate's environment."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

DISTRIBUTION = "lightautoml"
MODULE = "lightautoml"
# The pinned torch has a build for the CPU alone; a later one would bring gigabytes of CUDA.
REQUIREMENTS = ("torch==2.13.0",)
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
    "weights",
    "categories",
    "missing",
    "dates",
    "column_order",
    "extra_columns",
    "threadsafe",
)
# Labels that it does not take end in an assertion.
ERRORS = ("AssertionError", "ValueError", "TypeError", "KeyError")
_FAMILIES = {
    "lgbm": "lgb",
    "lgbm_tuned": "lgb_tuned",
    "linear": "linear_l2",
    "catboost": "cb",
    "xgboost": "xgb",
    "rf": "rf",
}
ESTIMATORS = dict.fromkeys(TASKS, tuple(_FAMILIES))
# An iteration is one trial of the tuner, which only `lgb_tuned` and `cb_tuned` have.
PRESET = {"iterations": 1}
_TASK = {"binary": "binary", "multiclass": "multiclass", "regression": "reg"}
_TARGET = "target__"
_WEIGHTS = "weights__"
# Folds of cross-validation: with its default of five, the digits took it over two minutes.
_FOLDS = 3
# What a fit by iterations may take: the timer also decides what is left out, so it is ample.
_AMPLE = 3600.0


def start() -> None:
    """Import the package; what this takes is its import time."""
    from lightautoml.automl.presets.tabular_presets import TabularAutoML  # noqa: F401
    from lightautoml.tasks import Task  # noqa: F401


def table(columns: list[dict[str, Any]]) -> Any:
    """A pandas frame: float64, object and datetime64 columns."""
    import pandas as pd

    dtypes = {"numeric": "float64", "date": "datetime64[ns]"}
    return pd.DataFrame(
        {c["name"]: pd.Series(c["values"], dtype=dtypes.get(c["kind"], "object")) for c in columns}
    )


def fit(table: Any, labels: list[float], settings: dict[str, Any]) -> Any:
    """Search and fit. `settings`: task, seed, threads, iterations, seconds, options, weights."""
    from lightautoml.automl.presets.tabular_presets import TabularAutoML
    from lightautoml.tasks import Task

    seed, iterations = settings["seed"], settings["iterations"]
    families = [_FAMILIES[name] for name in settings["options"].get("estimators", [])]
    model = TabularAutoML(
        task=Task(_TASK[settings["task"]]),
        timeout=settings["seconds"] or _AMPLE,
        cpu_limit=settings["threads"],
        general_params={"use_algos": [families] if families else "auto"},
        reader_params={"random_state": seed, "n_jobs": settings["threads"], "cv": _FOLDS},
        tuning_params={"max_tuning_iter": iterations or "auto"},
        lgb_params={"default_params": {"random_state": seed}},
        cb_params={"default_params": {"random_seed": seed}},
        xgb_params={"default_params": {"seed": seed}},
        rf_params={"default_params": {"random_state": seed}},
    )
    frame = table.assign(**{_TARGET: labels})
    roles = {"target": _TARGET}
    if settings["weights"] is not None:
        frame[_WEIGHTS] = settings["weights"]
        roles["weights"] = _WEIGHTS
    model.fit_predict(frame, roles=roles, verbose=0)
    return model


def predict(model: Any, table: Any, task: str) -> list[Any]:
    """One number a row, or one probability a class and row (classes in ascending order)."""
    values = model.predict(table).data
    if task == "regression":
        return list(values[:, 0].tolist())
    if task == "binary":
        return [[1 - p, p] for p in values[:, 0].tolist()]
    return list(values.tolist())


def save(model: Any, folder: Path) -> None:
    """Write the fitted model as a user would: by pickle."""
    (folder / "model.pkl").write_bytes(pickle.dumps(model))


def load(folder: Path) -> Any:
    """Read what `save` wrote."""
    return pickle.loads((folder / "model.pkl").read_bytes())  # noqa: S301  (its own file)
