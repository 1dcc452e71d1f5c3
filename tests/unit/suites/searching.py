"""A tiny search with seeds, families and a way to go on, to be made bad on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualify.adapters import describe
from qualify.core.attempt import Attempt, Training
from qualify.datasets.splits import BundledDatasets
from qualify.running.training import LocalTrainer
from tests.fakes import build
from tests.unit.suites.laboratory import HERE, Laboratory

# The mean of linear models, each of a bootstrap sample; the second family has squares as well.
ADAPTER = """
import json, os, pickle, random, signal, subprocess, sys, tempfile, threading, time
from pathlib import Path

import numpy as np

DISTRIBUTION = MODULE = "bags"
REQUIREMENTS = ()
TASKS = ("binary", "multiclass", "regression")
HONOURS = ("seed", "repeats", "iterations", "threads", "estimators", "resume")
ERRORS = ("ValueError",)
ESTIMATORS = dict.fromkeys(TASKS, ("linear", "squares"))
PRESET = {{"iterations": 20}}
KEPT = []


class Model:
    {in_model}


def start():
    pass


def table(columns):
    return {{c["name"]: [number(v) for v in c["values"]] for c in columns}}


def number(value):
    return float(len(value)) if isinstance(value, str) else value


def features(table, family):
    values = np.nan_to_num(np.array(list(table.values()), dtype=float).T)
    parts = [values, np.ones((len(values), 1))] + ([values**2] if family == "squares" else [])
    return np.hstack(parts)


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def fit(table, labels, settings):
    seed, family = settings["seed"], settings["options"].get("estimators", ["linear"])[0]
    rng = random.Random(seed)
    y = np.asarray(labels, dtype=float)
    {on_fit}
    if settings["task"] != "regression":
        y = np.eye(int(y.max()) + 1)[y.astype(int)]
    model = Model()
    model.family, found = family, []
    x = features({training_table}, family)
    for _ in range(settings["iterations"]):
        try:
            {on_step}
            rows = [rng.randrange(len(x)) for _ in x]
            found.append(np.linalg.lstsq(x[rows], y[rows], rcond=None)[0])
        except KeyboardInterrupt:
            {on_interrupt}
    model.weights = np.mean(found, axis=0)
    {on_fitted}
    return model


def resume(model, table, labels, settings):
    further = fit(table, labels, settings)
    further.weights = (model.weights + further.weights) / 2
    {on_resume}
    return further


def predict(model, table, task):
    values = features(table, model.family) @ model.weights
    if task == "regression":
        return values.tolist()
    values = np.clip(values, 0.01, 1)
    return (values / values.sum(axis=1, keepdims=True)).tolist()


def save(model, folder):
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    {on_save}


def load(folder):
    model = pickle.loads((folder / "model.pkl").read_bytes())
    {on_load}
    return model
"""
USUAL = {
    "on_step": "burn(0.002)",
    "on_interrupt": "raise",
    "training_table": "table",
}
STEPS = ("in_model", "on_fit", "on_fitted", "on_resume", "on_save", "on_load")


@dataclass
class Searching(Laboratory):
    """Runs checks of a suite on the tiny search, changed as told."""

    def __post_init__(self) -> None:
        path = self.folder / "bags.py"
        path.write_text(ADAPTER.format(**{**dict.fromkeys(STEPS, "pass"), **USUAL, **self.steps}))
        self.adapter = describe(str(path))
        self.datasets = BundledDatasets()
        self.trainer = LocalTrainer(self.folder / "build", path, self.datasets, lambda *_: None)

    def again(self, training: Training) -> Attempt:
        """Train, with the preset's share as the plan fills it in."""
        canary = training.canary
        budget = canary.budget.of(self.adapter.preset)
        asked = replace(training, canary=replace(canary, budget=budget))
        return self.trainer.train(asked, build(), HERE)
