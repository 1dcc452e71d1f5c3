"""Histories that meet on a git branch: real repositories, two clones."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qualify.core.errors import InfrastructureError
from qualify.storing.history.gitbranch import BRANCH, GitBranch
from qualify.storing.history.history import History
from qualify.storing.history.retention import Retention, thin
from qualify.storing.history.shelf import Shelf
from qualify.storing.history.sync import ShelfStore, pull, push
from tests.histories import judged, one, square


def git(cwd: Path, *arguments: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        [str(shutil.which("git")), *who, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "first")
    (tmp_path / "first" / "code.py").write_text("x = 1")
    git(tmp_path / "first", "add", "code.py")
    git(tmp_path / "first", "commit", "--quiet", "-m", "code")
    git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:main")
    return tmp_path / "remote.git"


class Machine:
    """A clone with a history of its own."""

    def __init__(self, folder: Path, remote: Path, name: str) -> None:
        self.home = folder / name
        git(folder, "clone", "--quiet", "--branch", "main", str(remote), name)
        self.history = History.open(folder / f"{name}-history", cache=folder / f"{name}-cache")
        self.store = GitBranch(self.home, "origin", BRANCH, folder / f"{name}-cache")

    def make(self, build: str, day: str) -> None:
        folder = judged(one(build, square("wine"), day=day), self.home.parent / f"{build}-made")
        self.history.add(folder)

    def push(self) -> int:
        return len(push(self.history.shelf, self.store, self.history.thinned()).digests)

    def pull(self) -> int:
        return len(pull(self.history.shelf, self.store, self.history.thinned()).digests)

    def ids(self) -> list[str]:
        return [head.id for head in self.history.overview("flaml").builds]


@pytest.fixture
def machines(tmp_path: Path, remote: Path) -> tuple[Machine, Machine]:
    return Machine(tmp_path, remote, "here"), Machine(tmp_path, remote, "there")


def test_a_pushed_build_is_pulled_elsewhere(machines, remote):
    """The branch shares no commit with the code, and the work tree stays as it is."""
    here, there = machines
    here.make("B0001", "2025-01-01")
    assert (here.push(), here.push()) == (1, 0)
    assert (there.pull(), there.pull()) == (1, 0)
    assert there.ids() == ["B0001"]
    assert git(here.home, "status", "--porcelain") == ""
    assert git(here.home, "branch", "--list") == "* main"
    assert git(remote, "ls-tree", "-r", "--name-only", BRANCH).count("\n") == 0
    with pytest.raises(subprocess.CalledProcessError):
        git(remote, "merge-base", "main", BRANCH)


def test_two_that_push_at_once_do_not_conflict(machines):
    """Whoever comes second puts its bundles upon the first's: both end with all of them."""
    here, there = machines
    for number in range(3):
        here.make(f"B000{number}", f"2025-01-0{number + 1}")
        there.make(f"B001{number}", f"2025-02-0{number + 1}")
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(Machine.push, machines)) == [3, 3]
    assert (here.pull(), there.pull()) == (3, 3)
    assert here.ids() == there.ids()
    assert len(here.ids()) == 6
    assert (here.push(), there.push()) == (0, 0)


def test_what_was_thinned_is_not_pulled_again(machines):
    """The branch keeps both; a history that thinned its own does not take the whole one back."""
    here, _ = machines
    here.make("B0001", "2025-01-01")
    here.make("B0002", "2025-01-02")
    here.push()
    thin(here.history, Retention(1, 0), "2026-01-01T00:00:00+00:00", really=True)
    assert here.pull() == 0
    assert here.push() == 1
    assert here.ids() == ["B0002", "B0001"]


def test_a_torn_bundle_is_not_carried(machines, tmp_path):
    """What is broken here does not reach others."""
    here, _ = machines
    here.make("B0001", "2025-01-01")
    here.make("B0002", "2025-01-02")
    (digest, *_) = here.history.shelf.all()
    path = here.history.shelf.get(digest)
    path.write_bytes(path.read_bytes()[:50])
    done = push(here.history.shelf, here.store, set())
    assert len(done.digests) == 1
    assert digest[:12] in done.torn[0]


def test_a_remote_that_does_not_answer(machines, tmp_path):
    """The error names git's own words, and nothing is lost."""
    here, _ = machines
    here.make("B0001", "2025-01-01")
    (tmp_path / "remote.git").rename(tmp_path / "gone.git")
    with pytest.raises(InfrastructureError, match="git ls-remote"):
        here.push()
    (tmp_path / "gone.git").rename(tmp_path / "remote.git")
    assert here.push() == 1


def test_a_folder_is_a_place_to_carry_to(machines, tmp_path):
    """An artifact that a pipeline keeps is a folder of bundles: what is there already stays."""
    here, there = machines
    here.make("B0001", "2025-01-01")
    there.make("B0002", "2025-01-02")
    store = ShelfStore(Shelf(str(tmp_path / "artifact"), tmp_path / "c"))
    for machine in machines:
        assert len(push(machine.history.shelf, store, set()).digests) == 1
    for machine in machines:
        assert len(pull(machine.history.shelf, store, set()).digests) == 1
    assert here.ids() == there.ids() == ["B0002", "B0001"]
