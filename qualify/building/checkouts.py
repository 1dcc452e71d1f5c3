"""Git: what a reference means, a checkout of it, and which files a working tree is made of."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from qualify.building.files import key_of, locked
from qualify.building.process import clean
from qualify.core.errors import CandidateError, nearest

_COMMIT = re.compile(r"[0-9a-f]{40}")
_TIMEOUT_S = 900
_HEADS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


class GitError(Exception):
    """A git command failed; the message is git's last line."""


def git(*arguments: str | Path, cwd: Path) -> str:
    """Run git without prompts or hooks; raises GitError."""
    found = shutil.which("git")
    if found is None:
        raise GitError("git is not installed")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_DIR")}
    unwanted = ("GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    environment = {k: v for k, v in inherited.items() if k not in unwanted} | quiet
    environment["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh"
    command = [found, "-c", f"core.hooksPath={os.devnull}", *map(str, arguments)]
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {arguments[0]} took longer than {_TIMEOUT_S} s") from error
    if done.returncode:
        lines = clean(done.stderr.decode("utf-8", "replace")).strip().splitlines()
        raise GitError(lines[-1] if lines else f"git ended with {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape")


def checkout(url: str, ref: str, cache: Path) -> tuple[str, Path]:
    """The commit that `ref` means today and a clone in which it is checked out.

    A full commit that was fetched before needs no network. Raises CandidateError.
    """
    mirror = cache / "mirrors" / key_of(url)
    with locked(mirror):
        commit = _resolve(mirror, url, ref)
        place = cache / "commits" / f"{key_of(url)[:12]}-{commit}"
        if not place.exists():
            _clone(mirror, url, commit, place)
    return commit, place


def _resolve(mirror: Path, url: str, ref: str) -> str:
    if not mirror.exists():
        mirror.mkdir(parents=True)
        git("init", "--quiet", "--bare", cwd=mirror)
    if _COMMIT.fullmatch(ref) and (known := _commit_of(mirror, ref)):
        return known
    try:
        git("fetch", "--quiet", "--force", "--prune", url, *_HEADS, cwd=mirror)
    except GitError as error:
        raise CandidateError(
            f"{clean(url)} cannot be fetched: {error}",
            "check the address, the network and your rights to read it",
        ) from error
    names = () if ref == "HEAD" else (f"refs/heads/{ref}", f"refs/tags/{ref}", ref)
    commit = next((found for name in names if (found := _commit_of(mirror, name))), None)
    return commit or _fetch_one(mirror, url, ref)


def _fetch_one(mirror: Path, url: str, ref: str) -> str:
    try:
        git("fetch", "--quiet", url, ref, cwd=mirror)
        return git("rev-parse", "--verify", "FETCH_HEAD^{commit}", cwd=mirror).strip()
    except GitError as error:
        shown = "--format=%(refname:short)"
        known = git("for-each-ref", shown, "refs/heads", "refs/tags", cwd=mirror).split()
        raise CandidateError(
            f"{clean(url)} has no branch, tag or commit {ref!r}", nearest(ref, known)
        ) from error


def _commit_of(mirror: Path, name: str) -> str | None:
    try:
        found = git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", cwd=mirror)
    except GitError:
        return None
    return found.strip()


def _clone(mirror: Path, url: str, commit: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        clone = Path(scratch, "clone")
        try:
            git("clone", "--quiet", "--no-checkout", mirror, clone, cwd=mirror)
            git("remote", "set-url", "origin", url, cwd=clone)
            git("checkout", "--quiet", "--detach", commit, cwd=clone)
            if (clone / ".gitmodules").exists():
                git("submodule", "--quiet", "update", "--init", "--recursive", cwd=clone)
        except GitError as error:
            raise CandidateError(
                f"{clean(url)} cannot be checked out at {commit[:12]}: {error}",
                "check that its submodules can be read from here",
            ) from error
        clone.replace(place)
