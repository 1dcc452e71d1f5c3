"""Every dataset by name: a function that gives features and target, nothing downloaded.

The libraries that carry the data are imported when a dataset is loaded: planning needs names only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    Frame = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class Dataset:
    """A dataset's card. `classes` is 0 for regression."""

    name: str
    classes: int
    about: str
    load: Callable[[], Frame]


def _shipped(name: str) -> Callable[[], Frame]:
    def load() -> Frame:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")(as_frame=True)
        return bunch.data, bunch.target

    return load


def _made(kind: str, **settings: object) -> Callable[[], Frame]:
    def load() -> Frame:
        from sklearn import datasets

        return _frame(*getattr(datasets, f"make_{kind}")(**settings))

    return load


def _frame(features: Any, target: Any) -> Frame:
    """Round what was computed: processors differ in the last bits, and digests must not."""
    import pandas as pd

    names = [f"x{i}" for i in range(features.shape[1])]
    return pd.DataFrame(features.round(6), columns=names), pd.Series(target.round(6))


def _missing() -> Frame:
    """A fifth of breast_cancer's values removed completely at random."""
    import numpy as np
    from sklearn import datasets

    features, target = datasets.load_breast_cancer(return_X_y=True, as_frame=True)
    holes = np.random.RandomState(5).random_sample(features.shape) < 0.2
    return features.mask(holes), target


def _tiny() -> Frame:
    """Twenty flowers of each kind of iris."""
    from sklearn import datasets

    features, target = datasets.load_iris(return_X_y=True, as_frame=True)
    rows = [i for kind in range(3) for i in range(50 * kind, 50 * kind + 20)]
    return features.iloc[rows].reset_index(drop=True), target.iloc[rows].reset_index(drop=True)


def _categorical() -> Frame:
    """Three text columns and two numbers; the effect of `city` cannot be had from its order."""
    import numpy as np
    import pandas as pd

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


_IMBALANCED = {"n_samples": 1500, "n_features": 12, "n_informative": 6, "weights": [0.93]}
_WIDE = {"n_samples": 160, "n_features": 400, "n_informative": 12, "class_sep": 1.5}
_FRIEDMAN1 = {"n_samples": 600, "noise": 1.0}

CATALOGUE: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset("breast_cancer", 2, "569 × 30, numeric", _shipped("breast_cancer")),
        Dataset("wine", 3, "178 × 13, numeric", _shipped("wine")),
        Dataset("digits", 10, "1797 × 64, pixels", _shipped("digits")),
        Dataset("diabetes", 0, "442 × 10, numeric, noisy", _shipped("diabetes")),
        Dataset(
            "friedman1",
            0,
            "600 × 10, generated, strong nonlinear signal",
            _made("friedman1", random_state=3, **_FRIEDMAN1),
        ),
        Dataset(
            "imbalanced",
            2,
            "1500 × 12, generated, 7% positive",
            _made("classification", random_state=7, **_IMBALANCED),
        ),
        Dataset("missing", 2, "breast_cancer with a fifth of its values missing", _missing),
        Dataset("categorical", 2, "900 × 5, generated, three text columns", _categorical),
        Dataset(
            "wide",
            2,
            "160 × 400, generated, more columns than rows",
            _made("classification", random_state=11, **_WIDE),
        ),
        Dataset("tiny", 3, "60 × 4, sixty flowers of iris", _tiny),
    )
}
