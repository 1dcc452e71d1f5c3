"""An AutoML package as its adapter describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Adapter:
    """What an adapter file declares about its package.

    `module` is what users import. `honours` are promises (`core/promises.py`), `errors` the kinds
    of exceptions with which wrong input is refused, `preset` the budget of a search of seconds.
    `extras` are those that the smoke suite installs, `inference` what suffices to load and predict.
    `estimators` are the families by task that a search can be limited to. `source` is what of a
    release is taken from an index: `wheel` where its sdists cannot be built.
    """

    name: str
    path: Path
    distribution: str
    module: str
    requirements: tuple[str, ...]
    tasks: tuple[str, ...]
    honours: tuple[str, ...]
    errors: tuple[str, ...]
    preset: Mapping[str, float]
    source: Literal["sdist", "wheel"]
    extras: tuple[str, ...]
    inference: tuple[str, ...]
    estimators: Mapping[str, tuple[str, ...]]
