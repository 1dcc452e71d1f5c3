"""The row of suspects of a bisection: builds or commits, from the good end to the bad one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from packaging.version import Version

from qualify.building.checkouts import GitError, checkout, git
from qualify.building.index import Index
from qualify.building.process import clean
from qualify.building.settings import configured
from qualify.building.specs import Spec, parse
from qualify.core.errors import CandidateError

Kind = Literal["build", "commit", "dependency"]
_SHOWN = 12  # characters of a commit


@dataclass(frozen=True)
class Suspect:
    """One build of the row: `about` is a commit's subject, or a dependency's old and new version.

    `lock` are the `name==version` lines of its environment; None: those of the good end.
    """

    name: str
    spec: str
    about: str = ""
    lock: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Row:
    """Suspects from the good end (first) to the bad end; `backwards`: the good end is newer."""

    kind: Kind
    suspects: tuple[Suspect, ...]
    backwards: bool = False


def row_of(good: str, bad: str, between: Sequence[str], cache: Path) -> Row:
    """The builds that were named, the versions of an index, or the commits between two ends.

    `cache` is where sources are kept. Raises CandidateError where nothing lies between.
    """
    if between:
        specs = tuple(dict.fromkeys((good, *between, bad)))
        return Row("build", tuple(Suspect(clean(spec), spec) for spec in specs))
    one, other = parse(good), parse(bad)
    same = (one.kind, one.target) == (other.kind, other.target)
    if same and one.kind == "index":
        return _versions(one, other)
    if same and one.kind == "git":
        return _commits(one, other, cache / "git")
    raise CandidateError(
        f"what lies between {good} and {bad} is not known",
        "name two versions of one project, two commits of one repository, or --builds A,B,C",
    )


def _versions(good: Spec, bad: Spec) -> Row:
    """Every release between two versions; pre-releases and yanked ones only where they are ends."""
    ends = Version(good.version), Version(bad.version)
    extras = f"[{','.join(good.extras)}]" if good.extras else ""
    files = (file for url in configured(os.environ) for file in Index(url).files(good.target))
    released = {f.version for f in files if not f.yanked and not f.version.is_prerelease}
    inside = {v for v in released if min(ends) < v < max(ends)}
    backwards = ends[0] > ends[1]
    names = [f"{good.target}{extras}=={v}" for v in sorted(inside | {*ends}, reverse=backwards)]
    return _row("build", [Suspect(name, name) for name in names], backwards=backwards)


def _commits(good: Spec, bad: Spec, cache: Path) -> Row:
    """The first-parent history from one commit to the other, whichever of them is the older."""
    old, _ = checkout(good.target, good.ref, cache)
    new, place = checkout(bad.target, bad.ref, cache)
    backwards = not _ancestor(old, new, place)
    if backwards:
        old, new = new, old
        _, place = checkout(good.target, new, cache)
        if not _ancestor(old, new, place):
            raise CandidateError(
                f"neither of {good.ref} and {bad.ref} is an ancestor of the other",
                "give two commits of one branch: git merge-base names the last common one",
            )
    shown = git("log", "--first-parent", "--format=%H%x09%s", f"{old}..{new}", cwd=place)
    commits = [line.partition("\t") for line in shown.splitlines()]
    subject = git("log", "-1", "--format=%s", old, cwd=place).strip()
    row = [Suspect(h[:_SHOWN], _at(good, h), clean(s)) for h, _, s in reversed(commits)]
    row.insert(0, Suspect(old[:_SHOWN], _at(good, old), clean(subject)))
    return _row("commit", row[::-1] if backwards else row, backwards=backwards)


def _ancestor(old: str, new: str, place: Path) -> bool:
    try:
        git("merge-base", "--is-ancestor", old, new, cwd=place)
    except GitError:
        return False
    return True


def _at(spec: Spec, commit: str) -> str:
    folder = f"#subdirectory={quote(spec.subdirectory)}" if spec.subdirectory else ""
    return f"git+{spec.target}@{commit}{folder}"


def _row(kind: Kind, suspects: list[Suspect], *, backwards: bool) -> Row:
    if len(suspects) < 2:  # noqa: PLR2004
        raise CandidateError("the good end and the bad end are the same build", "name two")
    return Row(kind, tuple(suspects), backwards)


def held_to(row: Row, lock: tuple[str, ...]) -> Row:
    """The row with every suspect that has no lock of its own held to this one."""
    return replace(
        row,
        suspects=tuple(s if s.lock is not None else replace(s, lock=lock) for s in row.suspects),
    )
