"""Datasets of openml.org by number, `openml:31`: fetched once, kept, and held to their digest.

scikit-learn speaks the protocol and keeps what it got below `~/.cache/automl-qualify`, or below
$QUALIFY_CACHE. Beside it lies the sha256 of each dataset as it was first seen.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualify.core.errors import SuiteError
from qualify.datasets.canonical import canonical
from qualify.datasets.card import Card, Dataset, Task, card, usual
from qualify.datasets.table import Table
from qualify.datasets.traits import measure

if TYPE_CHECKING:
    import pandas as pd

    from qualify.datasets.card import Frame

CACHE_VARIABLE = "QUALIFY_CACHE"
_NAME = re.compile(r"openml:([1-9]\d{0,8})")


@dataclass(frozen=True)
class Fetched:
    """A dataset of OpenML, and its card."""

    card: Card
    table: Table


def named(name: str) -> bool:
    """Whether a name is that of a dataset of OpenML; says nothing of whether there is one."""
    return _NAME.fullmatch(name) is not None


def cache() -> Path:
    """Where fetched datasets are kept."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return (Path(chosen) if chosen else Path.home() / ".cache" / "automl-qualify") / "openml"


@lru_cache(maxsize=4)
def fetch(name: str) -> Fetched:
    """Fetch a dataset, from the cache where it is there; raises SuiteError."""
    number = int(name.partition(":")[2])
    declared = _declared(name, _answer(name, number))
    table = canonical(*declared.load(), declared.text)
    facts = measure(declared, table)
    _hold(name, cache() / f"{number}.sha256", facts.sha256)
    return Fetched(card(declared, facts), table)


def _answer(name: str, number: int) -> Any:
    from sklearn import datasets

    try:
        cache().mkdir(parents=True, exist_ok=True)
        # The faster parser by pandas fails where the names of classes are numbers.
        return datasets.fetch_openml(
            data_id=number, data_home=str(cache().parent), as_frame=True, parser="liac-arff"
        )
    except OSError as error:
        raise SuiteError(
            f"dataset {name!r} cannot be fetched: {error}",
            "connect to https://www.openml.org once, or copy the folder "
            f"{cache()} from a machine where it was fetched",
        ) from None
    except ValueError as error:
        raise SuiteError(
            f"dataset {name!r} cannot be read: {error}",
            f"look at https://www.openml.org/d/{number}: it must be active and hold a table",
        ) from None


def _declared(name: str, bunch: Any) -> Dataset:
    """Say what was fetched: the target's type tells the task, strings are text."""
    import pandas as pd

    if not isinstance(bunch.target, pd.Series):
        raise SuiteError(f"dataset {name!r} has no single target", "choose another dataset")
    known = bunch.target.notna()
    target, task = _coded(bunch.target[known])
    features = bunch.data[known].reset_index(drop=True)
    details = bunch.details

    def load() -> Frame:
        return features, target

    return Dataset(
        name=name,
        task=task,
        about=f"{details['name']}, version {details['version']}",
        load=load,
        source=f"https://www.openml.org/d/{details['id']}",
        licence=details.get("licence", "unknown"),
        split=usual(task),
        text=tuple(str(c) for c in features.columns if _is_text(features[c])),
    )


def _coded(target: pd.Series) -> tuple[pd.Series, Task]:
    """Code the classes 0 … k-1 in the order of their names; numbers stay."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(target):
        return target.astype(float).reset_index(drop=True), "regression"
    labels = target.astype(str)
    classes = sorted(set(labels))
    codes = labels.map({label: code for code, label in enumerate(classes)})
    return codes.reset_index(drop=True), "binary" if codes.max() <= 1 else "multiclass"


def _is_text(series: pd.Series) -> bool:
    """Whether ARFF calls it a string; what it calls nominal is of a categorical type."""
    import pandas as pd

    return not (
        isinstance(series.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(series)
    )


def _hold(name: str, path: Path, sha256: str) -> None:
    """Keep the digest the first time, and hold the content to it from then on."""
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(sha256, encoding="utf-8")
        part.replace(path)
    kept = path.read_text(encoding="utf-8")
    if kept != sha256:
        raise SuiteError(
            f"dataset {name!r} changed: its sha256 is {sha256}, first seen it was {kept}",
            f"if the new content is wanted, delete {path} and record the baselines again",
        )
