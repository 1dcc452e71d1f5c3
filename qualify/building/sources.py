"""Fetch a candidate: from an index, a source tree, git, an sdist or a wheel."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from qualify.building.checkouts import checkout
from qualify.building.files import keep, key_of, locked, read_json, room, sha256_of, write_json
from qualify.building.index import Index
from qualify.building.pages import Remote
from qualify.building.process import clean
from qualify.building.settings import configured
from qualify.building.specs import Spec, parse
from qualify.building.trees import snapshot
from qualify.core.candidate import Source
from qualify.core.errors import CandidateError

Report = Callable[[str], None]
_SHOWN = 5


def silent(_: str) -> None:
    """Report nothing."""


class SourceFetcher:
    """Turns what a user wrote into a source in a cache folder of our own."""

    def __init__(self, cache: Path, report: Report = silent, *, wheels: bool = False) -> None:
        """Keep what was fetched in `cache`; `wheels` prefers an index's wheel to its sdist."""
        self._wheels = wheels
        self._cache = cache.resolve()
        self._report = report

    def fetch(self, spec: str) -> Source:
        """Fetch a candidate; its identity names what was fetched.

        An index version that was fetched before needs no network. Raises CandidateError,
        IndexUnreachableError, DiskFullError.
        """
        wanted = parse(spec)
        kinds = {"index": self._index, "tree": self._tree, "git": self._git}
        with room(self._cache):
            return kinds.get(wanted.kind, self._archive)(wanted, clean(spec.strip()))

    def newest(self, name: str) -> str:
        """The newest version of a project that is no pre-release; raises CandidateError."""
        for index in map(Index, configured(os.environ)):
            versions = {file.version for file in index.files(name) if not file.yanked}
            final = [v for v in versions if v and not v.is_prerelease]
            if final:
                return str(max(final))
        raise CandidateError(f"no index has a release of {name}", "check the name")

    def _tree(self, wanted: Spec, spec: str) -> Source:
        found = snapshot(Path(wanted.target), self._cache / "trees")
        return Source("tree", spec, found.identity, str(found.location), found.commit)

    def _git(self, wanted: Spec, spec: str) -> Source:
        self._report(f"fetching {spec}")
        commit, place = checkout(wanted.target, wanted.ref, self._cache / "git")
        folder = place / wanted.subdirectory
        if not folder.is_dir():
            raise CandidateError(
                f"{spec} has no folder {wanted.subdirectory!r}", "check #subdirectory="
            )
        identity = key_of(commit, wanted.subdirectory) if wanted.subdirectory else commit
        return Source("git", spec, identity, str(folder), commit)

    def _archive(self, wanted: Spec, spec: str) -> Source:
        path = Path(wanted.target)
        sha256 = sha256_of(path)
        kept = keep(path, self._cache / "archives" / sha256)
        note = "given as a wheel: no sdist is tested" if wanted.kind == "wheel" else ""
        return Source(wanted.kind, spec, sha256, str(kept), note=note)

    def _index(self, wanted: Spec, spec: str) -> Source:
        indexes = configured(os.environ)
        key = key_of(wanted.target, wanted.version, indexes, self._wheels)
        record = self._cache / "index" / f"{key}.json"
        with locked(record):
            known = read_json(record)
            if known is None or not Path(str(known.get("path"))).exists():
                known = self._download(wanted, indexes)
                write_json(record, known)
        return Source("index", spec, known["sha256"], known["path"], note=known["note"])

    def _download(self, wanted: Spec, indexes: tuple[str, ...]) -> dict[str, Any]:
        chosen = _find(wanted, indexes, wheels=self._wheels)
        self._report(f"downloading {chosen.remote.name}")
        path, sha256 = chosen.index.download(chosen.remote, self._cache / "archives")
        return {"path": str(path), "sha256": sha256, "note": chosen.note}


@dataclass(frozen=True)
class _Chosen:
    index: Index
    remote: Remote
    note: str


def _find(wanted: Spec, indexes: tuple[str, ...], *, wheels: bool) -> _Chosen:
    """The file of the first index that has this version."""
    offered: list[Remote] = []
    version = Version(wanted.version)
    for index in map(Index, indexes):
        files = index.files(wanted.target)
        offered += files
        mine = [file for file in files if file.version == version]
        if mine:
            return _choose(index, mine, prefer_wheels=wheels)
    raise _not_there(wanted, indexes, offered)


def _choose(index: Index, files: list[Remote], *, prefer_wheels: bool) -> _Chosen:
    sdists = sorted((f for f in files if f.sdist), key=lambda f: f.name.endswith(".zip"))
    wheels = sorted((f for f in files if _rank(f) is not None), key=lambda f: _rank(f) or 0)
    best = next(iter([*wheels, *sdists] if prefer_wheels else [*sdists, *wheels]), None)
    if best is None:
        raise CandidateError(
            f"the index has no sdist, and no wheel that fits this machine: {_names(files)}",
            "run on a machine that one of them fits, or choose another version",
        )
    missing = "" if sdists else "no sdist on the index: "
    notes = [] if best.sdist else [f"{missing}its wheel is tested as it is"]
    notes += ["yanked from the index"] if best.yanked else []
    return _Chosen(index, best, "; ".join(note for note in notes if note))


def _rank(file: Remote) -> int | None:
    """0 for a pure wheel, then this python's order of preference; None for what does not fit."""
    if file.sdist:
        return None
    tags = parse_wheel_filename(file.name)[3]
    if any(str(tag) in {"py3-none-any", "py2.py3-none-any"} for tag in tags):
        return 0
    return next((n for n, tag in enumerate(sys_tags(), 1) if tag in tags), None)


def _names(files: list[Remote]) -> str:
    return ", ".join(file.name for file in files[:_SHOWN])


def _not_there(wanted: Spec, indexes: tuple[str, ...], files: list[Remote]) -> CandidateError:
    where = " and ".join(map(clean, indexes))
    if not files:
        return CandidateError(
            f"there is no project {wanted.target!r} on {where}",
            "check the name, or point PIP_INDEX_URL or UV_DEFAULT_INDEX at the index that has it",
        )
    version = Version(wanted.version)
    known = sorted({file.version for file in files})
    below = [v for v in known if v < version][-_SHOWN + 2 :]
    above = [v for v in known if v > version][: _SHOWN - 2]
    near = ", ".join(f"{wanted.target}=={v}" for v in (*below, *above))
    return CandidateError(
        f"there is no {wanted.target}=={wanted.version} on {where}",
        f"the nearest are {near}; the newest is {known[-1]}",
    )
