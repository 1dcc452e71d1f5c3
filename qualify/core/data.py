"""Tables as plain values: what crosses into a candidate's environment, as JSON."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Literal

Value = float | int | str | None
Kind = Literal["numeric", "category", "text", "date"]
Prediction = float | list[float]
_OPENML = re.compile(r"openml:[1-9]\d{0,8}")


@dataclass(frozen=True)
class Column:
    """One feature. None is a missing value; dates are ISO 8601 strings."""

    name: str
    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Split:
    """Training and test rows of a dataset; classes are coded 0 … k-1.

    The candidate sees `train`, `train_labels` and `test`; `test_labels` stay with the harness.
    """

    train: tuple[Column, ...]
    train_labels: tuple[float, ...]
    test: tuple[Column, ...]
    test_labels: tuple[float, ...]

    @property
    def digest(self) -> str:
        """The sha256 of every value in it: two trainings are paired only on equal digests."""
        return digest(asdict(self))


def fetched(name: str) -> bool:
    """Whether a dataset goes by its number at openml.org: `openml:31`."""
    return _OPENML.fullmatch(name) is not None


def digest(value: object) -> str:
    """The sha256 of a value's canonical JSON; floats by their shortest exact form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
