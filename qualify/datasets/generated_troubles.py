"""Generated data with one trouble each: rare classes, gaps, leaks, noise, odd shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualify.datasets.card import dataset
from qualify.datasets.generated_signals import answers, numbered

if TYPE_CHECKING:
    from qualify.datasets.card import Frame

STRONG = ("strong_signal",)


@dataset("binary", marks=STRONG)
def rare() -> Frame:
    """One positive in a hundred negatives, well apart in three of eight columns."""
    import numpy as np

    rng = np.random.RandomState(201)
    positive = rng.permutation(np.repeat((1, 0), (40, 4000)))
    x = rng.normal(0, 1, (4040, 8))
    x[:, :3] += 2.0 * positive[:, None]
    return numbered(x), answers(positive)


@dataset("regression", marks=STRONG)
def heavy_tail() -> Frame:
    """Claims whose size is lognormal in the features: few rows carry most of the sum."""
    import numpy as np

    rng = np.random.RandomState(202)
    x = rng.uniform(-1, 1, (1500, 5))
    return numbered(x), answers(np.exp(3 * x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(0, 0.1, 1500)))


@dataset("regression", marks=STRONG)
def missing_column() -> Frame:
    """One column has no value at all."""
    import numpy as np

    rng = np.random.RandomState(203)
    x = rng.uniform(-1, 1, (400, 5))
    features = numbered(x)
    features.insert(2, "empty", np.nan)
    return features, answers(4 * x[:, 0] + 3 * x[:, 1] ** 2 + rng.normal(0, 0.2, 400))


@dataset("binary", marks=STRONG)
def constant_column() -> Frame:
    """One number and one category never change."""
    import numpy as np

    rng = np.random.RandomState(204)
    x = rng.normal(0, 1, (400, 4))
    features = numbered(x)
    features.insert(0, "version", 3.0)
    features["country"] = "NZ"
    return features, answers(x[:, 0] + x[:, 1] + rng.normal(0, 0.2, 400) > 0)


@dataset("binary", marks=STRONG)
def telling_gaps() -> Frame:
    """Whether a value is missing says more than the value."""
    import numpy as np

    rng = np.random.RandomState(205)
    x = rng.normal(0, 1, (800, 4))
    target = rng.randint(0, 2, 800)
    x[:, 3] += 0.8 * target
    features = numbered(x)
    gaps = rng.random_sample(800) < np.where(target == 1, 0.92, 0.08)
    features["x0"] = features["x0"].mask(gaps)
    return features, answers(target)


@dataset("binary", split="grouped", marks=STRONG)
def duplicates() -> Frame:
    """Three hundred rows, each one to five times; copies stay on one side of the split."""
    import numpy as np

    rng = np.random.RandomState(206)
    x = rng.normal(0, 1, (300, 5))
    target = x[:, 0] - x[:, 1] + rng.normal(0, 0.3, 300) > 0
    rows = rng.permutation(np.repeat(np.arange(300), rng.randint(1, 6, 300)))
    return numbered(x[rows]), answers(target[rows])


@dataset("binary", marks=("strong_signal", "leaky"))
def leaky() -> Frame:
    """A column written after the answer was known beside weak honest ones."""
    import numpy as np

    rng = np.random.RandomState(207)
    x = rng.normal(0, 1, (600, 6))
    target = 0.6 * x[:, 0] + rng.normal(0, 1, 600) > 0
    features = numbered(x)
    features["refund"] = np.where(target, rng.uniform(1, 50, 600), 0.0).round(2)
    return features, answers(target)


@dataset("binary", marks=("label_noise",))
def label_noise() -> Frame:
    """A plane parts the classes, and one label in five is flipped."""
    import numpy as np

    rng = np.random.RandomState(208)
    x = rng.normal(0, 1, (1000, 6))
    flipped = rng.random_sample(1000) < 0.2
    return numbered(x), answers((x[:, 0] + x[:, 1] - x[:, 2] > 0) ^ flipped)


@dataset("regression")
def wide_regression() -> Frame:
    """Five of nine hundred columns act, on ninety rows."""
    import numpy as np

    rng = np.random.RandomState(209)
    x = rng.normal(0, 1, (90, 900))
    slopes = np.array([5.0, -4.0, 3.0, -2.0, 2.0])
    return numbered(x), answers((x[:, :5] * slopes).sum(axis=1) + rng.normal(0, 0.5, 90))


@dataset("binary", marks=STRONG)
def tall() -> Frame:
    """Fifteen thousand rows of six columns."""
    import numpy as np

    rng = np.random.RandomState(210)
    x = rng.uniform(-1, 1, (15_000, 6))
    score = 6 * x[:, 0] * x[:, 1] + 4 * x[:, 2] + rng.logistic(0, 0.3, 15_000)
    return numbered(x), answers(score > 0)


@dataset("binary")
def twenty() -> Frame:
    """Twenty rows: ten of each class, well apart."""
    import numpy as np

    rng = np.random.RandomState(211)
    target = np.tile((0, 1), 10)
    return numbered(rng.normal(0, 0.5, (20, 3)) + 2 * target[:, None]), answers(target)
