"""The suites' own checks, run on a tiny model in a real training process."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path

from qualify.adapters import describe
from qualify.core.attempt import Attempt, Training
from qualify.core.candidate import Environment
from qualify.core.plan import Cell
from qualify.datasets.splits import BundledDatasets
from qualify.running.checks import ATTRIBUTE, Check
from qualify.running.lab import CheckFailedError, Lab
from qualify.running.training import LocalTrainer
from tests.fakes import LANE, build

SUITES = Path(__file__).parents[3] / "suites"
HERE = Environment(str(LANE), sys.executable, "3.11", "sha-candidate", (), (), "uv")

# Nearest centroids of a class, or the mean; columns are matched by name, what is odd is refused.
ADAPTER = """
import json, locale, logging, os, pickle, signal, socket, sys, time, warnings

import numpy as np
import pandas as pd

DISTRIBUTION = MODULE = "centroids"
REQUIREMENTS = ()
TASKS = ("binary", "multiclass", "regression")
HONOURS = ("repeats", "iterations", "missing", "column_order", "extra_columns")
ERRORS = ("ValueError", "KeyError")
PRESET = {{"iterations": 1}}


def start():
    {on_start}


def table(columns):
    frame = pd.DataFrame({{c["name"]: c["values"] for c in columns}})
    numbers = [c["name"] for c in columns if c["kind"] == "numeric"]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def numbers(table):
    if not isinstance(table, pd.DataFrame) or table.columns.has_duplicates:
        raise ValueError("no table of named columns")
    values = table.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(values).any() or (np.abs(values) > 1e200).any():
        raise ValueError("too large")
    return values


def fit(table, labels, settings):
    {on_fit}
    values, y = numbers(table), np.asarray(labels, dtype=float)
    if not values.size or len(y) != len(values) or not (np.abs(y) < 1e100).all():
        raise ValueError("no training data")
    means = np.nan_to_num([c[~np.isnan(c)].mean() if (~np.isnan(c)).any() else 0 for c in values.T])
    filled = np.where(np.isnan(values), means, values)
    kinds = [[y.mean()]] if settings["task"] == "regression" else sorted(set(y))
    centres = [filled[y == kind].mean(axis=0) for kind in kinds]
    return {{"names": list(table.columns), "means": means, "centres": centres, "mean": y.mean()}}


def predict(model, table, task):
    if not isinstance(table, pd.DataFrame) or table.columns.has_duplicates:
        raise ValueError("no table of named columns")
    values = numbers(table[model["names"]])
    values = np.where(np.isnan(values), model["means"], values)
    if task == "regression":
        return [float(model["mean"])] * len(values)
    far = np.array([np.abs(values - centre).sum(axis=1) for centre in model["centres"]]).T
    closeness = 1 / (1 + far)
    p = (closeness / closeness.sum(axis=1, keepdims=True)).tolist()
    {on_predict}
    return p


def save(model, folder):
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    {on_save}


def load(folder):
    model = pickle.loads((folder / "model.pkl").read_bytes())
    {on_load}
    return model
"""


@dataclass
class Laboratory:
    """Runs checks of a suite on the tiny model, changed as told."""

    suite: str
    folder: Path
    steps: dict[str, str]
    seen: dict[str, Attempt] = field(default_factory=dict)
    arms: tuple[str, ...] = ("candidate",)

    def __post_init__(self) -> None:
        blank = dict.fromkeys(("on_start", "on_fit", "on_predict", "on_save", "on_load"), "pass")
        path = self.folder / "centroids.py"
        path.write_text(ADAPTER.format(**{**blank, **self.steps}))
        self.adapter = describe(str(path))
        self.datasets = BundledDatasets()
        self.trainer = LocalTrainer(self.folder / "build", path, self.datasets, lambda *_: None)

    def again(self, training: Training) -> Attempt:
        """Train."""
        return self.trainer.train(training, build(), HERE)

    def shared(self, training: Training) -> Attempt:
        """Train what was not trained before."""
        key = self.trainer.digest(training, HERE)
        if key not in self.seen:
            self.seen[key] = self.again(training)
        return self.seen[key]

    def said(self, name: str) -> str:
        """Why a check is broken; "" where it holds."""
        function, check = self._checks()[name]
        cell = Cell(self.suite, name, LANE, name, "main", check.canary)
        folder = SUITES / self.suite
        lab = Lab(cell, "candidate", build(), self, self.datasets, folder, adapter=self.adapter)
        try:
            function(lab)
        except (AssertionError, CheckFailedError) as error:
            return str(error).splitlines()[0]
        return ""

    def broken(self) -> dict[str, str]:
        """Every check that the adapter's promises allow and that is broken, with the reason."""
        honoured = set(self.adapter.honours)
        fits = [name for name, (_, c) in self._checks().items() if set(c.needs) <= honoured]
        return {name: said for name in fits if (said := self.said(name))}

    def _checks(self) -> dict[str, tuple[object, Check]]:
        found = {}
        for path in sorted((SUITES / self.suite).glob("test_*.py")):
            spec = importlib.util.spec_from_file_location(f"{self.suite}_{path.stem}", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            for function in list(vars(module).values()):
                check = getattr(function, ATTRIBUTE, None)
                if check is not None:
                    found[check.name] = (function, check)
        return found
