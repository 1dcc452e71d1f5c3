"""A source tree: which files belong to it, their digest, and a snapshot that nobody edits."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qualify.building.checkouts import GitError, git
from qualify.building.files import sha256_of

_NEVER = {".git", "__pycache__"}
_MADE = {"build", "dist"}


@dataclass(frozen=True)
class Snapshot:
    """A copy of a tree's files; `location` is the folder to build in, `commit` its HEAD."""

    identity: str
    location: Path
    commit: str | None


def snapshot(tree: Path, cache: Path) -> Snapshot:
    """Copy the files that belong to a tree and name them by their digest.

    Under git these are the tracked and the untracked files that are not ignored, and the tags
    near HEAD belong to the digest, for versions may be made of them. Raises OSError.
    """
    cache.mkdir(parents=True, exist_ok=True)
    top = _top(tree)
    inside = tree.relative_to(top) if top else Path()
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        copy = Path(scratch, "tree")
        _copy(top or tree, copy, under_git=top is not None)
        described = _describe(copy) if top else ""
        identity = digest(copy / inside, f"{described}\n{inside.as_posix()}")
        if not (cache / identity).exists():
            copy.replace(cache / identity)
    return Snapshot(identity, cache / identity / inside, _commit(top) if top else None)


def digest(folder: Path, salt: str = "") -> str:
    """A digest over relative names, executable bits, link targets and contents."""
    whole = hashlib.sha256(salt.encode("utf-8", "surrogateescape"))
    files = _walk(folder, _is_git)
    for path in sorted(files, key=lambda p: p.relative_to(folder).as_posix()):
        if path.is_symlink():
            content = f"link {path.readlink()}"
        else:
            content = f"{os.access(path, os.X_OK)} {sha256_of(path)}"
        line = f"{path.relative_to(folder).as_posix()}\0{content}\n"
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _copy(source: Path, copy: Path, *, under_git: bool) -> None:
    if under_git and _commit(source):
        git("clone", "--quiet", "--shared", "--no-checkout", source, copy, cwd=source)
        git("reset", "--quiet", cwd=copy)
    files = _listed(source) if under_git else _walk(source, _unwanted)
    for path in files:
        place = copy / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place, follow_symlinks=False)


def _listed(top: Path) -> Iterator[Path]:
    names = git("ls-files", "-z", "-co", "--exclude-standard", cwd=top).split("\0")
    for path in sorted({top / name for name in names if name}):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, _is_git)
        elif path.is_symlink() or path.is_file():
            yield path


def _walk(folder: Path, leave: Callable[[Path, Path], bool]) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not leave(Path(here, name), folder)]
        links = (name for name in folders if Path(here, name).is_symlink())
        yield from (Path(here, name) for name in (*links, *files) if name != ".git")


def _is_git(folder: Path, _: Path) -> bool:
    return folder.name == ".git"


def _unwanted(folder: Path, top: Path) -> bool:
    if folder.name in _NEVER or folder.name.endswith(".egg-info"):
        return True
    made = folder.parent == top and folder.name in _MADE
    return made or (folder / "pyvenv.cfg").exists()


def _top(tree: Path) -> Path | None:
    """The repository that tracks the tree; None when there is none or it ignores the tree."""
    try:
        top = Path(git("rev-parse", "--show-toplevel", cwd=tree).rstrip("\n")).resolve()
        return top if git("ls-files", "-co", "--exclude-standard", cwd=tree) else None
    except GitError:
        return None


def _describe(copy: Path) -> str:
    try:
        return git("describe", "--tags", "--long", "--always", cwd=copy).strip()
    except GitError:
        return ""


def _commit(top: Path) -> str | None:
    try:
        commit = git("rev-parse", "--verify", "HEAD^{commit}", cwd=top).strip()
        dirty = git("status", "--porcelain", cwd=top).strip()
    except GitError:
        return None
    return f"{commit}+dirty" if dirty else commit
