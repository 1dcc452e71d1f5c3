"""Real build backends from the package index."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from qualify.building.environments import EnvironmentInstaller
from qualify.building.sources import SourceFetcher
from qualify.building.tools import find_uv
from qualify.building.wheels import WheelBuilder
from qualify.core.candidate import BuildFailure, Environment, Wheel
from qualify.core.matrix import Lane

TOOLS = [pytest.param("uv", marks=pytest.mark.skipif(not find_uv(), reason="no uv")), "pip"]
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def public_index(no_index, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("tool", TOOLS)
def test_flaml_is_built_from_its_sdist(tmp_path, tool):
    """A published sdist becomes a wheel whose own metadata names it."""
    source = SourceFetcher(tmp_path / "cache").fetch("flaml==2.7.0")
    assert Path(source.location).name == "flaml-2.7.0.tar.gz"
    wheel = WheelBuilder(tmp_path / "wheels", tool).build(source)
    assert isinstance(wheel, Wheel)
    assert (wheel.name, wheel.version, wheel.requires_python) == ("flaml", "2.7.0", ">=3.10")


def test_hatchling_builds_a_tree_for_another_python(tmp_path):
    """A tree with a declared backend is built and installed with what it requires."""
    tree = tmp_path / "toy"
    (tree / "toy").mkdir(parents=True)
    (tree / "toy" / "__init__.py").write_text("")
    (tree / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "toy"\nversion = "1.0"\ndependencies = ["six==1.16.0"]\n'
    )
    wheel = WheelBuilder(tmp_path / "wheels").build(SourceFetcher(tmp_path / "c").fetch(str(tree)))
    environment = EnvironmentInstaller(tmp_path / "envs").install(wheel, Lane("3.11"), [])
    if isinstance(environment, BuildFailure):
        pytest.skip(environment.reason)
    assert isinstance(environment, Environment)
    assert environment.lock == ("six==1.16.0",)


def test_setup_that_reads_a_file_missing_from_the_sdist_is_a_failure(tmp_path):
    """A package that builds in its tree and not from its sdist is red, as its users would see."""
    tree = tmp_path / "toy"
    tree.mkdir()
    (tree / "VERSION").write_text("1.0")
    (tree / "MANIFEST.in").write_text("exclude VERSION\n")
    (tree / "setup.py").write_text(
        "from setuptools import setup\nsetup(name='toy', version=open('VERSION').read())\n"
    )
    failure = WheelBuilder(tmp_path / "wheels").build(
        SourceFetcher(tmp_path / "c").fetch(str(tree))
    )
    assert isinstance(failure, BuildFailure)
    assert any("No such file or directory: 'VERSION'" in line for line in failure.lines)


def test_an_sdist_that_is_fetched_need_not_build(tmp_path):
    """A broken sdist is a source like any other; only its build is red."""
    path = tmp_path / "toy-1.0.tar.gz"
    setup = tmp_path / "setup.py"
    setup.write_text("raise RuntimeError('a file is missing from the sdist')\n")
    with tarfile.open(path, "w:gz") as out:
        out.add(setup, "toy-1.0/setup.py")
    failure = WheelBuilder(tmp_path / "wheels").build(
        SourceFetcher(tmp_path / "c").fetch(str(path))
    )
    assert any("a file is missing from the sdist" in line for line in failure.lines)
