"""What builds and rows of a history are called, wherever they were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qualify.core.errors import ConfigError
from qualify.core.overview import RowHead
from qualify.core.plan import Cell


@dataclass(frozen=True, order=True)
class Key:
    """What orders the builds of a target: the time, then the number, then the identity."""

    time: str
    number: int
    build: str
    identity: str

    @classmethod
    def of(cls, time: str, build: str, identity: str) -> Key:
        """Read the number from a name such as B0042."""
        digits = build.lstrip("B")
        return cls(time, int(digits) if digits.isdecimal() else 0, build, identity)


def displayed(keys: Iterable[Key]) -> dict[str, str]:
    """A name for every identity: B0042, and B0042~ab12 for a later one that has the same name."""
    alike: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        alike[key.build].append(key)
    return {
        key.identity: key.build if place == 0 else f"{key.build}~{_short(key, mine[1:])}"
        for mine in map(sorted, alike.values())
        for place, key in enumerate(mine)
    }


def _short(key: Key, others: Iterable[Key]) -> str:
    """The fewest characters of an identity, four or more, that no other of the name begins with."""
    rest = [other.identity for other in others if other.identity != key.identity]
    length = 4
    whole = len(key.identity)
    while length < whole and any(other.startswith(key.identity[:length]) for other in rest):
        length += 1
    return key.identity[:length]


class Renames:
    """Rows that are called otherwise now: `quality/old` is `quality/new`, on every lane."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self.table = {old: _last(table, old) for old in table}

    def row(self, suite: str, name: str) -> tuple[str, str]:
        """The suite and the name that a row has now."""
        now = self.table.get(f"{suite}/{name}")
        if now is None:
            return suite, name
        suite, _, name = now.partition("/")
        return suite, name

    def cell(self, of: Cell) -> Cell:
        """The cell under its name of now."""
        suite, name = self.row(of.suite, of.name)
        return of if (suite, name) == (of.suite, of.name) else replace(of, suite=suite, name=name)

    def head(self, of: RowHead) -> RowHead:
        """The row's head under its name of now."""
        suite, name = self.row(of.suite, of.name)
        if (suite, name) == (of.suite, of.name):
            return of
        row = f"{suite}/{name}"
        return replace(of, id=f"{row}@{of.lane}" if of.lane else row, suite=suite, name=name)


def _last(table: Mapping[str, str], old: str) -> str:
    """Follow renames to the last; raises ConfigError where they go round."""
    seen, now = [old], table[old]
    while now in table:
        if now in seen:
            ring = " -> ".join((*seen, now))
            raise ConfigError(f"history.renames go round: {ring}", "leave one of them out")
        seen.append(now)
        now = table[now]
    return now
