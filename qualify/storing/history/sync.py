"""Bundles between histories without a server: sets of files, so that both sides only grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qualify.storing.history.bundle import NewerError, TornError, checked
from qualify.storing.history.shelf import Shelf


class Store(Protocol):
    """A place that bundles are carried to and from."""

    def all(self) -> set[str]:
        """The digests of what is there."""

    def get(self, digest: str) -> Path:
        """A bundle on this disk."""

    def put(self, digests: list[str], get: Callable[[str], Path]) -> None:
        """Add bundles to what is there, also while others do."""


@dataclass(frozen=True)
class Carried:
    """The digests that were carried; `torn` says of what was left behind why."""

    digests: tuple[str, ...]
    torn: tuple[str, ...] = ()


class ShelfStore:
    """Another history's shelf: a folder, an artifact that was unpacked, a bucket."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def all(self) -> set[str]:
        """The digests of what is there."""
        return self.shelf.all()

    def get(self, digest: str) -> Path:
        """A bundle on this disk."""
        return self.shelf.get(digest)

    def put(self, digests: list[str], get: Callable[[str], Path]) -> None:
        """Add bundles one by one; each is whole or not there."""
        for digest in digests:
            self.shelf.add(get(digest))


def push(shelf: Shelf, store: Store, thinned: set[str]) -> Carried:
    """Carry what the store has not; never what became a thinner bundle since."""
    whole, torn = _whole(shelf.get, sorted(shelf.all() - store.all() - thinned))
    if whole:
        store.put(whole, shelf.get)
    return Carried(tuple(whole), tuple(torn))


def pull(shelf: Shelf, store: Store, thinned: set[str]) -> Carried:
    """Carry what the shelf has not; never what was thinned here."""
    whole, torn = _whole(store.get, sorted(store.all() - shelf.all() - thinned))
    for digest in whole:
        shelf.add(store.get(digest))
    return Carried(tuple(whole), tuple(torn))


def _whole(get: Callable[[str], Path], digests: list[str]) -> tuple[list[str], list[str]]:
    """Those whose bytes are what their name says; why the others are not carried."""
    whole: list[str] = []
    torn: list[str] = []
    for digest in digests:
        wrong = _wrong(get, digest)
        torn.extend([wrong] if wrong else ())
        whole.extend(() if wrong else [digest])
    return whole, torn


def _wrong(get: Callable[[str], Path], digest: str) -> str:
    """Why a bundle is not carried; one that only a newer version reads is."""
    try:
        checked(get(digest), digest)
    except NewerError:
        return ""
    except TornError as error:
        return f"{error.message}; {error.remedy}"
    return ""
