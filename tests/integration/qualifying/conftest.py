"""A project a test; environments are made once a worker."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tinyml import FLOWERS, LANE, Project, Ran


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources, wheels and environments of this worker."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> tuple[Project, Ran]:
    """A project whose candidate was qualified; only to be read."""
    project = Project.make(tmp_path_factory.mktemp("first") / "project", cache)
    return project, project.run("run", "--json")


@pytest.fixture
def project(tmp_path: Path, cache: Path) -> Project:
    """A project of its own that shares what was built."""
    return Project.make(tmp_path / "project", cache)


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Project:
    """A project with a reviewed baseline of one canary; only to be read and copied."""
    project = Project.make(tmp_path_factory.mktemp("recording") / "project", cache)
    made = project.run("baseline", "record", "--replicates", "20", "--select", FLOWERS)
    assert made.code == 0, made.err
    assert made.out.strip().endswith(f"baselines/tinyml/1.0/{LANE}.jsonl")
    shutil.rmtree(project.root / ".qualify" / "recordings")
    return project


@pytest.fixture
def recorded(tmp_path: Path, recording: Project) -> Project:
    """A copy of the project with a reviewed baseline."""
    root = tmp_path / "recorded"
    shutil.copytree(recording.root, root, symlinks=True)
    return Project(root)


@pytest.fixture
def qualified(tmp_path: Path, first: tuple[Project, Ran]) -> Project:
    """A copy of the project whose candidate was qualified."""
    root = tmp_path / "qualified"
    shutil.copytree(first[0].root, root, symlinks=True)
    return Project(root)
