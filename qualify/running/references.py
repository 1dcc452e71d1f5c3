"""What a model must beat: the constant predictor and a linear model, fitted by the harness."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from qualify.core.canary import Task
from qualify.core.data import Column, Split
from qualify.running.scoring import quality


def constant(task: Task, split: Split) -> dict[str, float]:
    """Score the training labels' mean, or their class frequencies."""
    labels = np.asarray(split.train_labels)
    rows = len(split.test_labels)
    if task == "regression":
        return quality(task, split.test_labels, [float(labels.mean())] * rows)
    shares = np.bincount(labels.astype(int)) / len(labels)
    return quality(task, split.test_labels, [shares.tolist()] * rows)


def linear(task: Task, split: Split) -> dict[str, float]:
    """Score a ridge or logistic regression on imputed, scaled and one-hot coded features."""
    model = _pipeline(task, split.train)
    labels = np.asarray(split.train_labels)
    model.fit(_frame(split.train), labels)
    test = _frame(split.test)
    given = model.predict(test) if task == "regression" else model.predict_proba(test)
    return quality(task, split.test_labels, given.tolist())


def _pipeline(task: Task, columns: tuple[Column, ...]) -> Pipeline:
    numeric = [c.name for c in columns if c.kind == "numeric"]
    categories = [c.name for c in columns if c.kind in ("category", "date")]
    text = [c.name for c in columns if c.kind == "text"]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        (OneHotEncoder(handle_unknown="ignore"), categories),
        *((TfidfVectorizer(), name) for name in text),
    )
    last = RidgeCV() if task == "regression" else LogisticRegression(max_iter=2000)
    return make_pipeline(prepare, last)


def _frame(columns: tuple[Column, ...]) -> pd.DataFrame:
    """Make a frame; text that is missing is empty, and dates are the month that they fall in."""
    frame: pd.DataFrame = pd.DataFrame({c.name: list(c.values) for c in columns})
    for column in columns:
        if column.kind == "text":
            frame[column.name] = frame[column.name].fillna("")
        if column.kind == "date":
            frame[column.name] = frame[column.name].str[5:7]
    return frame
