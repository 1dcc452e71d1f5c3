"""Every dataset by name: a function that gives features and target, nothing downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn import datasets

Frame = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class Dataset:
    """A dataset's card. `classes` is 0 for regression."""

    name: str
    classes: int
    about: str
    load: Callable[[], Frame]


def _shipped(loader: Callable[..., object]) -> Callable[[], Frame]:
    def load() -> Frame:
        bunch = loader(as_frame=True)
        return bunch.data, bunch.target  # type: ignore[attr-defined]

    return load


def _frame(features: np.ndarray, target: np.ndarray) -> Frame:
    names = [f"x{i}" for i in range(features.shape[1])]
    return pd.DataFrame(features, columns=names), pd.Series(target)


def _imbalanced() -> Frame:
    return _frame(
        *datasets.make_classification(
            n_samples=1500, n_features=12, n_informative=6, weights=[0.93], random_state=7
        )
    )


def _wide() -> Frame:
    return _frame(
        *datasets.make_classification(
            n_samples=160, n_features=400, n_informative=12, class_sep=1.5, random_state=11
        )
    )


def _friedman1() -> Frame:
    return _frame(*datasets.make_friedman1(n_samples=600, noise=1.0, random_state=3))


def _missing() -> Frame:
    """A fifth of breast_cancer's values removed completely at random."""
    features, target = datasets.load_breast_cancer(return_X_y=True, as_frame=True)
    holes = np.random.RandomState(5).random_sample(features.shape) < 0.2
    return features.mask(holes), target


def _tiny() -> Frame:
    """Twenty flowers of each kind of iris."""
    features, target = datasets.load_iris(return_X_y=True, as_frame=True)
    rows = [i for kind in range(3) for i in range(50 * kind, 50 * kind + 20)]
    return features.iloc[rows].reset_index(drop=True), target.iloc[rows].reset_index(drop=True)


def _categorical() -> Frame:
    """Three text columns and two numbers; the effect of `city` cannot be had from its order."""
    rng = np.random.RandomState(13)
    rows = 900
    city = rng.randint(0, 12, rows)
    plan = rng.randint(0, 4, rows)
    device = rng.randint(0, 3, rows)
    age, use = rng.normal(40, 12, rows).round(1), rng.gamma(2.0, 3.0, rows).round(2)
    effect = np.array([2, -2, 1, -1, 2, -2, 0, 1, -1, 2, -2, 0])[city]
    score = effect + 0.9 * (plan == 2) - 0.7 * (device == 1) + 0.03 * (age - 40) + 0.1 * use - 0.6
    target = (score + rng.logistic(0, 0.7, rows) > 0).astype(int)
    features = pd.DataFrame(
        {
            "city": [f"city-{c}" for c in city],
            "plan": [("free", "basic", "pro", "team")[p] for p in plan],
            "device": [("phone", "desktop", "tablet")[d] for d in device],
            "age": age,
            "use": use,
        }
    )
    return features, pd.Series(target)


CATALOGUE: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset("breast_cancer", 2, "569 × 30, numeric", _shipped(datasets.load_breast_cancer)),
        Dataset("wine", 3, "178 × 13, numeric", _shipped(datasets.load_wine)),
        Dataset("digits", 10, "1797 × 64, pixels", _shipped(datasets.load_digits)),
        Dataset("diabetes", 0, "442 × 10, numeric, noisy", _shipped(datasets.load_diabetes)),
        Dataset("friedman1", 0, "600 × 10, generated, strong signal", _friedman1),
        Dataset("imbalanced", 2, "1500 × 12, generated, 7% positive", _imbalanced),
        Dataset("missing", 2, "breast_cancer with a fifth of its values missing", _missing),
        Dataset("categorical", 2, "900 × 5, generated, three text columns", _categorical),
        Dataset("wide", 2, "160 × 400, generated, more columns than rows", _wide),
        Dataset("tiny", 3, "60 × 4, sixty flowers of iris", _tiny),
    )
}
