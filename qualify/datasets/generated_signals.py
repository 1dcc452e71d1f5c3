"""Generated data with a strong signal, each to the taste of another family of estimators.

RandomState's streams are frozen for good, and what is computed is rounded to 6 digits: the digests
hold on other processors and with other versions of numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualify.datasets.card import dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from qualify.datasets.card import Frame

STRONG = ("strong_signal", "nonlinear")


def numbered(values: np.ndarray) -> pd.DataFrame:
    """Name the columns x0, x1 … and round."""
    import pandas as pd

    names = [f"x{i}" for i in range(values.shape[1])]
    frame: pd.DataFrame = pd.DataFrame(values.round(6), columns=names)
    return frame


def answers(values: np.ndarray) -> pd.Series:
    """Round a target."""
    import pandas as pd

    series: pd.Series = pd.Series(values.astype(float).round(6))
    return series


@dataset("regression", marks=("strong_signal", "linear"))
def linear() -> Frame:
    """Eight numbers of which five act, linearly."""
    import numpy as np

    rng = np.random.RandomState(101)
    x = rng.uniform(-1, 1, (600, 8))
    slopes = np.array([6.0, -3.0, 2.0, 1.0, 0.5, 0.0, 0.0, 0.0])
    return numbered(x), answers((x * slopes).sum(axis=1) + rng.normal(0, 0.3, 600))


@dataset("binary", marks=("strong_signal", "linear"))
def halves() -> Frame:
    """Two sides of a plane with a logistic border."""
    import numpy as np

    rng = np.random.RandomState(102)
    x = rng.normal(0, 1, (700, 6))
    score = 8 * x[:, 0] - 4 * x[:, 1] + 2 * x[:, 2]
    return numbered(x), answers(score + rng.logistic(0, 1, 700) > 0)


@dataset("regression", marks=("strong_signal",))
def friedman2() -> Frame:
    """Friedman's second function: columns of very different scales."""
    import numpy as np

    rng = np.random.RandomState(103)
    x = rng.uniform((0, 40 * np.pi, 0, 1), (100, 560 * np.pi, 1, 11), (600, 4))
    inner = x[:, 1] * x[:, 2] - 1 / (x[:, 1] * x[:, 3])
    return numbered(x), answers(np.sqrt(x[:, 0] ** 2 + inner**2) + rng.normal(0, 30, 600))


@dataset("regression", marks=STRONG)
def steps() -> Frame:
    """A staircase that goes up and down, and one more step."""
    import numpy as np

    rng = np.random.RandomState(104)
    x = rng.uniform(0, 1, (600, 6))
    stairs = np.array([2.0, -5.0, 7.0, 0.0, -3.0])[np.floor(5 * x[:, 0]).astype(int)]
    turn = np.where(x[:, 1] > 0.5, 1.5, -1.5)
    return numbered(x), answers(stairs + turn + rng.normal(0, 0.5, 600))


@dataset("binary", marks=STRONG)
def checkerboard() -> Frame:
    """The sign of a product of two columns."""
    import numpy as np

    rng = np.random.RandomState(105)
    x = rng.uniform(-1, 1, (800, 4))
    return numbered(x), answers(x[:, 0] * x[:, 1] > 0)


@dataset("binary", marks=STRONG)
def rings() -> Frame:
    """A disc and the ring around it."""
    import numpy as np

    rng = np.random.RandomState(106)
    outer = rng.randint(0, 2, 600)
    radius = np.where(outer == 1, 2.5, 1.0) + rng.normal(0, 0.35, 600)
    angle = rng.uniform(0, 2 * np.pi, 600)
    spare = rng.normal(0, 1, (600, 2))
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), spare])
    return numbered(x), answers(outer)


@dataset("multiclass", marks=("strong_signal",))
def clusters() -> Frame:
    """Six classes, each of three clusters at corners of a cube."""
    import numpy as np

    rng = np.random.RandomState(107)
    corners = 2.0 * rng.permutation(np.array(list(np.ndindex((2,) * 6))))[:18] - 1
    corner = rng.randint(0, 18, 900)
    noise = rng.normal(0, 0.45, (900, 6))
    x = np.column_stack([corners[corner] + noise, rng.normal(0, 1, (900, 4))])
    return numbered(x), answers(corner % 6)


@dataset("multiclass", marks=("strong_signal",))
def many_classes() -> Frame:
    """Twenty-four towns on a map, forty houses each."""
    import numpy as np

    rng = np.random.RandomState(108)
    towns = np.array([(a, b) for a in range(6) for b in range(4)], dtype=float)
    town = np.repeat(np.arange(24), 40)
    x = np.column_stack([towns[town] + rng.normal(0, 0.17, (960, 2)), rng.normal(0, 1, (960, 2))])
    return numbered(x), answers(town)
