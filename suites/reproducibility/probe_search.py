"""What must change a model, and what may change it, but not how good it is.

The latter is seen in one family, where the package can be limited to one.
"""

from __future__ import annotations

import random
from typing import Any

_SEEDS = (1, 2)


def seeds(bench: Any) -> int:
    """How many different models three seeds of the default search give; rounding makes none."""
    models = [bench.predictions]
    for seed in _SEEDS:
        found = bench.predict(bench.fit(seed=seed))
        if all(bench.tools.distance(found, other) > 1e-9 for other in models):
            models.append(found)
    return len(models)


def columns_shuffled(bench: Any) -> list[Any]:
    """Predictions of a model whose columns come in another order, in training and after."""
    order = list(range(len(bench.columns)))
    random.Random(5).shuffle(order)  # noqa: S311  (no secret)
    columns = [bench.columns[i] for i in order]
    model = bench.fit(columns, **bench.one_family)
    return bench.predict(model, [bench.test[i] for i in order])


def rows_shuffled(bench: Any) -> list[Any]:
    """Predictions of a model whose training rows come in another order."""
    order = list(range(len(bench.labels)))
    random.Random(5).shuffle(order)  # noqa: S311  (no secret)
    columns, labels = bench.tools.rows(bench.columns, order), [bench.labels[i] for i in order]
    model = bench.fit(columns, labels, **bench.one_family)
    return bench.predict(model)


def two_threads(bench: Any) -> list[Any]:
    """Predictions of a model fitted on two threads."""
    return bench.predict(bench.fit(threads=2, **bench.one_family))


def as_given(bench: Any) -> list[Any]:
    """Predictions of the model that nothing was changed for."""
    return bench.predict(bench.fit(**bench.one_family))
