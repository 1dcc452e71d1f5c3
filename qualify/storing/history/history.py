"""A history as others use it: add builds, and ask what is known of them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from qualify.core.candidate import Build
from qualify.core.data import digest as named
from qualify.core.errors import ConfigError, nearest
from qualify.core.grid import Column
from qualify.core.overview import Overview
from qualify.storing.builds import BuildFolder
from qualify.storing.history.bundle import GoneError, checked, pack, unpack
from qualify.storing.history.choosing import Limits, chosen
from qualify.storing.history.duck import DuckEngine
from qualify.storing.history.engine import Engine, Session
from qualify.storing.history.index import CaughtUp, Index
from qualify.storing.history.names import Renames
from qualify.storing.history.postgres import PostgresEngine
from qualify.storing.history.reading import Reading, read
from qualify.storing.history.series import Measured, Series, series
from qualify.storing.history.shelf import Shelf
from qualify.storing.history.whole import whole_build, whole_column

T = TypeVar("T")
INDEX = "index.duckdb"
_DIGEST = re.compile("[0-9a-f]{64}")
EVERYTHING = Limits(builds=None)


def _quiet(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Added:
    """A bundle that is in the history now; `new` is False where it was before."""

    digest: str
    target: str
    build: str
    new: bool


class History:
    """Bundles of builds on a shelf, and the index that is derived from them."""

    def __init__(
        self,
        shelf: Shelf,
        engine: Engine,
        renames: Mapping[str, str] | None = None,
        report: Callable[[str], None] = _quiet,
    ) -> None:
        self.shelf = shelf
        self.index = Index(engine, shelf)
        self.renames = Renames(renames or {})
        self.report = report
        self.told: set[str] = set()

    @classmethod
    def open(
        cls,
        place: str | Path,
        index: str = "",
        *,
        cache: Path | None = None,
        renames: Mapping[str, str] | None = None,
        report: Callable[[str], None] = _quiet,
    ) -> History:
        """Open the history in a folder or at a URL of fsspec, which need not exist yet.

        `index` is a `postgresql://` URL or a DuckDB file; without one the index of a folder lies in
        it, and that of a URL in `cache`, as do copies of its bundles.
        """
        home = cache or Path(tempfile.gettempdir()) / f"qualify-history-{os.getuid()}"
        shelf = Shelf(str(place), home / named(str(place))[:16])
        if index.startswith(("postgresql://", "postgres://")):
            return cls(shelf, PostgresEngine(index, report), renames, report)
        beside = Path(shelf.root) if shelf.local else shelf.cache
        return cls(shelf, DuckEngine(Path(index) if index else beside / INDEX), renames, report)

    def add(self, folder: Path | BuildFolder) -> Added:
        """Add a judged build's folder, or a bundle's file; the index need not answer for that."""
        path = folder.path if isinstance(folder, BuildFolder) else folder
        with tempfile.TemporaryDirectory(prefix="qualify-") as name:
            if path.is_file():
                manifest, bundle = checked(path, _digest_in(path)), path
            else:
                packed = pack(BuildFolder(path), Path(name))
                manifest, bundle = packed.manifest, packed.path
            digest, new = self.shelf.add(bundle)
        return Added(digest, manifest.target, manifest.head.id, new)

    def ask(self, query: Callable[[Session], T]) -> T:
        """Ask the index after it caught up; torn bundles are reported and left out."""
        answer, done = self.index.ask(query)
        for torn in done.torn:
            if torn not in self.told:
                self.told.add(torn)
                self.report(torn)
        return answer

    def rebuild(self) -> CaughtUp:
        """Forget the index and derive it again."""
        return self.index.rebuild()

    def targets(self) -> tuple[str, ...]:
        """The targets that the history has builds of."""
        frame = self.ask(lambda s: s.query("SELECT DISTINCT target FROM bundles ORDER BY 1"))
        return tuple(frame["target"].tolist())

    def read(self, target: str, limits: Limits = EVERYTHING) -> Reading:
        """Lay out builds of a target, with where their squares come from and contradict."""
        return self.ask(lambda session: read(session, target, limits, self.renames))

    def overview(
        self,
        target: str,
        builds: int | None = 100,
        since: str = "",
        rows: tuple[str, ...] = (),
    ) -> Overview:
        """Lay out the newest builds since a time (ISO 8601), and the rows that globs choose."""
        return self.read(target, Limits(builds, since, rows)).overview

    def column(self, build: str, target: str | None = None) -> Column:
        """All that is known of a build; raises ConfigError for an unknown name."""
        return whole_column(build, self.folders(build, target), self.renames)

    def columns(self, target: str, builds: int | None = None) -> tuple[Column, ...]:
        """All that is known of the newest builds, the newest first."""
        standing = self.read(target, replace(EVERYTHING, builds=builds)).standing
        return tuple(
            whole_column(name, self.folders(name, target, digests), self.renames)
            for name, digests in standing.items()
        )

    def build_record(self, build: str, target: str | None = None) -> Build:
        """A build's record: source, environments, provenance; raises ConfigError."""
        return whole_build(build, [f.candidate() for f in self.folders(build, target)])

    def series(
        self,
        target: str,
        row: str,
        metric: str = "",
        limits: Limits = EVERYTHING,
        against: str = "baseline",
    ) -> tuple[Measured, ...]:
        """What a row's metric measured, the newest build first; without a name, its main one."""
        found = self.all_series(target, limits, against)
        first = metric or next((m for r, m in found if r == row), "")
        return found.get((row, first), ())

    def all_series(
        self, target: str, limits: Limits = EVERYTHING, against: str = "baseline"
    ) -> Series:
        """What every metric of every row measured: one query for all of them."""
        return self.ask(lambda s: series(s, chosen(s, target, limits), self.renames, against))

    def standing(self, build: str, target: str | None = None) -> tuple[str, ...]:
        """The digests of the bundles that a build's squares come from, the oldest first."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.targets() if target is None else (target,):
            found |= self.read(one).standing
        if build not in found:
            raise ConfigError(
                f"there is no build {build!r} in {self.shelf.url}", _hint(build, found)
            )
        return found[build]

    def thinned(self) -> set[str]:
        """The digests of what became thinner bundles, wherever it still lies."""
        sql = "SELECT thinned_from FROM bundles WHERE thinned_from <> ''"
        return set(self.ask(lambda session: session.query(sql))["thinned_from"].tolist())

    def folders(
        self, build: str, target: str | None, standing: Sequence[str] = ()
    ) -> list[BuildFolder]:
        """The unpacked bundles that a build's squares come from, the oldest first.

        `standing` are their digests, where they are known. What is thinned before it is read is
        asked for again; raises GoneError for what is not there then, either.
        """
        try:
            return [self.unpacked(one) for one in standing or self.standing(build, target)]
        except GoneError:  # a bundle is thinned once
            return [self.unpacked(one) for one in self.standing(build, target)]

    def unpacked(self, digest: str) -> BuildFolder:
        """A bundle as a build's folder, kept: what it holds never changes."""
        folder = self.shelf.cache / "unpacked" / digest
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not folder.is_dir():
                path = self.shelf.get(digest)
                checked(path, digest)
                with tempfile.TemporaryDirectory(dir=folder.parent) as name:
                    shutil.move(unpack(path, Path(name) / digest).path, folder)
        return BuildFolder(folder)


def _hint(build: str, known: Mapping[str, object]) -> str:
    return nearest(build, known) if known else "add one with `qualify history add`"


def _digest_in(path: Path) -> str:
    """The digest that a bundle is called by; raises ConfigError."""
    if not _DIGEST.fullmatch(path.stem):
        raise ConfigError(
            f"{path} is not called by the digest of its bytes, so that nothing says it is whole",
            "give it the name back that it had in its history",
        )
    return path.stem
