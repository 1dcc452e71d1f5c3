"""A dataset as plain values: the one form that is digested, split and measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from qualify.core.data import Column, Value, digest


@dataclass(frozen=True)
class Table:
    """Columns and one label a row; classes are coded 0 … k-1."""

    columns: tuple[Column, ...]
    labels: tuple[float, ...]

    @property
    def digest(self) -> str:
        """The sha256 of every value in it, numbers to 9 significant digits.

        What a library computes when it loads a dataset differs in the last bits by its version.
        """
        columns = [(c.name, c.kind, [_rounded(v) for v in c.values]) for c in self.columns]
        return digest([columns, [_rounded(y) for y in self.labels]])

    @property
    def rows(self) -> tuple[tuple[Any, ...], ...]:
        """The features, row by row."""
        return tuple(zip(*(c.values for c in self.columns), strict=True))

    def take(self, rows: Iterable[int]) -> Table:
        """Return some of the rows, in the order given."""
        rows = tuple(rows)
        return Table(
            tuple(replace(c, values=tuple(c.values[i] for i in rows)) for c in self.columns),
            tuple(self.labels[i] for i in rows),
        )


def _rounded(value: Value) -> Value:
    return f"{value:.9g}" if isinstance(value, float) else value
