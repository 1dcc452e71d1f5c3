"""Which build is meant: by its id, its version, the folder or the bundle that holds it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualify.core.errors import ConfigError, nearest
from qualify.core.grid import Column
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.verbs.judge import whole
from qualify.wiring import Context


@dataclass(frozen=True)
class Picked:
    """A build as it was named, with what its plan records beside it."""

    column: Column
    beside: dict[str, str]


def pick(context: Context, name: str) -> Picked:
    """Read the build of that name; raises ConfigError, with the nearest name."""
    path = Path(name)
    if (path / "candidate.json").is_file():
        return _read(BuildFolder(path))
    if path.suffix == ".zip" and path.is_file():
        return _unpacked(path)
    known = [folder for folder in context.shelf.all() if folder.earlier() is not None]
    versions = {folder.id: folder.candidate().version for folder in known}
    at = _place(name, list(versions.items()))
    return _remembered(context, name, versions) if at is None else _read(known[at])


def _place(name: str, builds: Sequence[tuple[str, str]]) -> int | None:
    """Where the build of that id stands, or the first of that version."""
    version = name.partition("==")[2] or name
    wanted = [at for at, (known, _) in enumerate(builds) if known == name]
    wanted += [at for at, (_, known) in enumerate(builds) if known == version]
    return next(iter(wanted), None)


def _remembered(context: Context, name: str, versions: Mapping[str, str]) -> Picked:
    """A build of the history; what its plan recorded beside it is not kept there."""
    history, target = context.history(), context.config.target.name
    heads = [(head.id, head.version) for head in history.overview(target, builds=None).builds]
    at = _place(name, heads)
    if at is None:
        words = {*versions, *versions.values(), *(word for head in heads for word in head)}
        where = f"{context.work} or its history"
        raise ConfigError(f"there is no build {name!r} in {where}", nearest(name, words))
    return Picked(history.column(heads[at][0], target), {})


def _unpacked(path: Path) -> Picked:
    """A build from its bundle."""
    from qualify.storing.history.bundle import checked, digest_of, unpack

    checked(path, digest_of(path))
    with tempfile.TemporaryDirectory() as folder:
        return _read(unpack(path, Path(folder) / path.stem[:12]))


def _read(folder: BuildFolder) -> Picked:
    """A build's column; what nobody judged yet is decided by what is known so far."""
    decision = folder.decision() or whole(folder, verdicts(folder.ledger.events()))
    plan = folder.plan()
    beside = {"adapter": Path(plan.adapter).stem, "suites": plan.code}
    return Picked(column(folder, decision), beside)
