"""A git branch as a store: one file a bundle, and nothing else; the work tree stays untouched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from qualify.core.errors import ConfigError, InfrastructureError
from qualify.storing.history.bundle import digest_of
from qualify.storing.history.shelf import FOLDER

BRANCH = "qualify-history"
_TRIES = 20
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "qualify"), ("EMAIL", "qualify@localhost"))
}


class GitBranch:
    """A branch of a remote that shares no commit with the code's.

    Two that push at once cannot conflict: each adds files that nobody else names, so whoever comes
    second puts its own upon what the first pushed.
    """

    def __init__(self, repository: Path, remote: str, branch: str, cache: Path) -> None:
        self.repository = repository
        self.remote = remote
        self.branch = branch
        self.cache = cache
        self.ref = f"refs/qualify/{branch}"

    def all(self) -> set[str]:
        """Fetch, and list the digests on the branch."""
        tip = self._fetched()
        if not tip:
            return set()
        names = self._git("ls-tree", "-r", "-z", "--name-only", tip, FOLDER).split("\0")
        paths = [PurePosixPath(name) for name in names]
        return {path.stem for path in paths if path.suffix == ".zip"}

    def get(self, digest: str) -> Path:
        """The bundle's file; what was fetched once is kept."""
        path = self.cache / "branch" / f"{digest}.zip"
        if not path.is_file() or digest_of(path) != digest:
            path.parent.mkdir(parents=True, exist_ok=True)
            blob = f"{self.ref}:{_name(digest)}"
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(self._run(["cat-file", "blob", blob]).stdout)
            part.replace(path)
        return path

    def put(self, digests: list[str], get: Callable[[str], Path]) -> None:
        """Commit the bundles upon whatever is on the branch, again where somebody was faster."""
        blobs = {_name(d): self._git("hash-object", "-w", "--", str(get(d))) for d in digests}
        told = ""
        for _ in range(_TRIES):
            commit = self._commit(self._fetched(), blobs)
            done = self._run(
                [
                    "push",
                    "--quiet",
                    "--no-verify",
                    self.remote,
                    f"{commit}:refs/heads/{self.branch}",
                ],
                check=False,
            )
            if done.returncode == 0:
                return
            told = done.stderr.decode(errors="replace").strip()
            if not any(word in told for word in ("rejected", "fetch first", "cannot lock ref")):
                break
        raise InfrastructureError(
            f"git push to {self.remote} failed: {told}", "nothing is lost: run the same again"
        )

    def _fetched(self) -> str:
        """The tip of the branch on the remote, "" where there is none yet."""
        listed = self._git("ls-remote", self.remote, f"refs/heads/{self.branch}")
        if not listed:
            return ""
        self._git(
            "fetch", "--quiet", "--no-tags", self.remote, f"+{_heads(self.branch)}:{self.ref}"
        )
        return self._git("rev-parse", self.ref)

    def _commit(self, tip: str, blobs: Mapping[str, str]) -> str:
        """Make a commit of the tip's files and ours, in an index of its own."""
        with tempfile.TemporaryDirectory(prefix="qualify-") as name:
            index = {"GIT_INDEX_FILE": str(Path(name) / "index")}
            if tip:
                self._git("read-tree", tip, more=index)
            lines = "".join(f"100644 {blob}\t{path}\n" for path, blob in blobs.items())
            self._run(["update-index", "--add", "--index-info"], lines.encode(), more=index)
            tree = self._git("write-tree", more=index)
        message = f"Add {len(blobs)} bundles"
        parent = ("-p", tip) if tip else ()
        return self._git("commit-tree", tree, *parent, "-m", message, more=_AUTHOR)

    def _git(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        return self._run(list(arguments), more=more).stdout.decode().strip()

    def _run(
        self,
        arguments: list[str],
        given: bytes = b"",
        *,
        more: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> subprocess.CompletedProcess[bytes]:
        found = shutil.which("git")
        if found is None:
            raise ConfigError("there is no git on this machine", "install git")
        done = subprocess.run(
            [found, "-C", str(self.repository), *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**_environment(), **(more or {})},
        )
        if check and done.returncode:
            told = done.stderr.decode(errors="replace").strip()
            raise InfrastructureError(
                f"git {arguments[0]} in {self.repository}: {told}",
                "see whether the remote answers, and whether this is a git repository",
            )
        return done


def _environment() -> dict[str, str]:
    """Ours, without what a git hook would make git believe of the repository."""
    told = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    kept = {name: value for name, value in os.environ.items() if name not in told}
    return {**kept, "GIT_TERMINAL_PROMPT": "0"}


def _heads(branch: str) -> str:
    return f"refs/heads/{branch}"


def _name(digest: str) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}.zip"
