from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qualify.building import files
from qualify.building.environments import EnvironmentInstaller
from qualify.building.tools import find_uv
from qualify.building.wheelfile import read_wheel
from qualify.core.candidate import BuildFailure, Environment
from qualify.core.errors import ConfigError, DiskFullError
from qualify.core.matrix import Lane

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
LOCKED, FREE = Lane(HERE, "cpu", "locked"), Lane(HERE, "cpu", "free")
TOOLS = [pytest.param("uv", marks=pytest.mark.skipif(not find_uv(), reason="no uv")), "pip"]
both = pytest.mark.parametrize("tool", TOOLS)


@pytest.fixture
def toy(wheel_file):
    return read_wheel(wheel_file(headers="Requires-Dist: dep\n"))


@pytest.fixture
def deps(index, wheel_file) -> None:
    index("dep", wheel_file("dep", "1.0"), wheel_file("dep", "2.0"))
    index("extra", wheel_file("extra", "3.0"))


def version_in(environment: Environment, name: str) -> str:
    command = [environment.python, "-I", "-c", f"import {name}; print({name}.VERSION)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@both
@pytest.mark.usefixtures("deps")
def test_a_locked_lane_holds_dependencies_fixed(toy, tmp_path, tool):
    """The lock holds versions and never the candidate's own; requirements are installed too."""
    installer = EnvironmentInstaller(tmp_path / "envs", ["extra>=1"], installer=tool)
    environment = installer.install(toy, LOCKED, ["dep==1.0", "toy==0.9", "unused==7"])
    assert isinstance(environment, Environment)
    assert environment.lock == ("dep==1.0", "extra==3.0")
    assert environment.wheel_sha256 == toy.sha256
    assert environment.python_version.startswith(f"{HERE}.")
    assert (version_in(environment, "toy"), version_in(environment, "dep")) == ("1.0", "1.0")


@both
@pytest.mark.usefixtures("deps")
def test_a_free_lane_takes_what_resolves_today(toy, tmp_path, tool):
    """Without a lock the newest is installed; what the tool put there itself is told apart."""
    installer = EnvironmentInstaller(tmp_path / "envs", installer=tool)
    environment = installer.install(toy, FREE, ["dep==1.0"])
    assert environment.lock == ("dep==2.0",)
    assert environment.installer == tool
    assert any(line.startswith("pip==") for line in environment.seeds) == (tool == "pip")


def test_a_lock_that_the_candidate_excludes_is_not_held(index, wheel_file, tmp_path):
    """What the candidate's own metadata exclude is released from the lock, and told."""
    index("dep", *(wheel_file("dep", version) for version in ("1.0", "2.0")))
    said: list[str] = []
    toy = read_wheel(wheel_file(headers="Requires-Dist: dep>=2\n"))
    installer = EnvironmentInstaller(tmp_path / "envs", report=said.append)
    environment = installer.install(toy, LOCKED, ["dep==1.0"])
    assert environment.lock == ("dep==2.0",)
    assert any("toy 1.0 excludes the baseline's dep==1.0" in line for line in said)


@both
def test_a_lock_that_clashes_with_a_dependency_of_a_dependency(index, wheel_file, tmp_path, tool):
    """What only the resolver finds impossible is released as well, and nothing else."""
    old, new = ("Requires-Dist: deep<2\n", "Requires-Dist: deep>=2\n")
    index("dep", wheel_file("dep", "1.0", headers=old), wheel_file("dep", "2.0", headers=new))
    index("deep", *(wheel_file("deep", version) for version in ("1.0", "2.0")))
    index("extra", *(wheel_file("extra", version) for version in ("3.0", "4.0")))
    said: list[str] = []
    toy = read_wheel(wheel_file(headers="Requires-Dist: dep<2\nRequires-Dist: extra\n"))
    installer = EnvironmentInstaller(tmp_path / "envs", installer=tool, report=said.append)
    environment = installer.install(toy, LOCKED, ["dep==2.0", "deep==2.0", "extra==3.0"])
    assert isinstance(environment, Environment), environment
    assert environment.lock == ("deep==1.0", "dep==1.0", "extra==3.0")
    assert any("excludes the baseline's deep==2.0: not held" in line for line in said)


def test_an_installation_that_no_lock_prevents_fails(index, wheel_file, tmp_path):
    """Without the lock the same requirement is impossible: that is the candidate's failure."""
    index("dep", wheel_file("dep", "1.0"))
    toy = read_wheel(wheel_file(headers="Requires-Dist: dep>=2\n"))
    failure = EnvironmentInstaller(tmp_path / "envs").install(toy, LOCKED, ["dep==1.0"])
    assert isinstance(failure, BuildFailure)


@pytest.mark.skipif(not find_uv(), reason="no uv")
def test_a_minimum_lane_takes_the_oldest_that_is_allowed(index, wheel_file, tmp_path):
    """What the wheel requires is held to its lower bound, as what is installed beside it is."""
    index("dep", *(wheel_file("dep", version) for version in ("1.0", "2.0", "3.0")))
    index("extra", *(wheel_file("extra", version) for version in ("3.0", "4.0")))
    toy = read_wheel(wheel_file(headers="Requires-Dist: dep>=2\n"))
    installer = EnvironmentInstaller(tmp_path / "envs", ["extra"], installer="uv")
    environment = installer.install(toy, Lane(HERE, "cpu", "minimum"), ["dep==3.0"])
    assert environment.lock == ("dep==2.0", "extra==3.0")


def test_extras_are_installed(index, wheel_file, tmp_path):
    """The candidate's extras bring their own dependencies."""
    index("extra", wheel_file("extra", "3.0"))
    headers = 'Provides-Extra: all\nRequires-Dist: extra; extra == "all"\n'
    wheel = read_wheel(wheel_file(headers=headers))
    environment = EnvironmentInstaller(tmp_path / "envs", extras=["all"]).install(wheel, FREE, [])
    assert environment.lock == ("extra==3.0",)


@pytest.mark.usefixtures("deps")
def test_a_second_installation_does_nothing(toy, tmp_path):
    """The environment of the same (wheel, lane, lock) is kept; another lock makes another."""
    told: list[str] = []
    installer = EnvironmentInstaller(tmp_path / "envs", report=told.append)
    first = installer.install(toy, LOCKED, ["dep==1.0"])
    assert installer.install(toy, LOCKED, ["dep==1.0"]) == first
    assert len(told) == 1
    assert installer.install(toy, LOCKED, ["dep==2.0"]).python != first.python


@pytest.mark.usefixtures("deps")
def test_what_resolves_today_is_kept_for_a_day(toy, tmp_path):
    """A free environment of yesterday is not today's."""
    days = iter(["2024-05-01", "2024-05-02"])
    installer = EnvironmentInstaller(tmp_path / "envs", date=lambda: next(days))
    first, second = installer.install(toy, FREE, []), installer.install(toy, FREE, [])
    assert first.python != second.python


@pytest.mark.usefixtures("deps")
def test_a_half_made_environment_is_made_again(toy, tmp_path):
    """Without its record, written last, an environment does not count."""
    installer = EnvironmentInstaller(tmp_path / "envs")
    first = installer.install(toy, LOCKED, [])
    place = Path(first.python).parents[2]
    (place / "environment.json").unlink()
    (place / "venv" / "left over").touch()
    assert installer.install(toy, LOCKED, []) == first
    assert not (place / "venv" / "left over").exists()
    assert json.loads((place / "environment.json").read_text())["lock"] == list(first.lock)


@pytest.mark.usefixtures("deps")
def test_a_changed_installation_is_made_again(toy, tmp_path):
    """Files that are not the wheel's are noticed before an environment is used again."""
    installer = EnvironmentInstaller(tmp_path / "envs")
    first = installer.install(toy, LOCKED, [])
    venv = Path(first.python).parents[1]
    module = next(venv.glob("lib/*/site-packages/toy/__init__.py"))
    module.unlink()
    module.write_text("VERSION = 'forged'\n")
    assert version_in(installer.install(toy, LOCKED, []), "toy") == "1.0"


@pytest.mark.usefixtures("deps")
def test_a_moved_environment_is_made_again(toy, tmp_path):
    """An environment's own paths are absolute: what a cache restored elsewhere does not count."""
    EnvironmentInstaller(tmp_path / "envs").install(toy, LOCKED, [])
    (tmp_path / "envs").rename(tmp_path / "moved")
    again = EnvironmentInstaller(tmp_path / "moved").install(toy, LOCKED, [])
    assert Path(again.python).is_relative_to(tmp_path / "moved")
    assert version_in(again, "toy") == "1.0"


@pytest.mark.usefixtures("deps")
def test_two_at_a_time_make_one_environment(toy, tmp_path):
    """Whoever comes second waits and takes what the first has made."""
    told: list[str] = []
    installer = EnvironmentInstaller(tmp_path / "envs", report=told.append)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: installer.install(toy, LOCKED, []), range(2)))
    assert made[0] == made[1]
    assert len(told) == 1


@both
def test_a_dependency_that_cannot_be_had_is_a_failure(index, wheel_file, tmp_path, tool):
    """The telling lines name what is missing, and the log is kept."""
    index("dep", wheel_file("dep", "1.0"))
    wheel = read_wheel(wheel_file(headers="Requires-Dist: dep>=5\n"))
    installer = EnvironmentInstaller(tmp_path / "envs", installer=tool)
    failure = installer.install(wheel, LOCKED, [])
    assert isinstance(failure, BuildFailure)
    assert f"cannot be installed on {LOCKED}" in failure.reason
    assert any("dep" in line for line in failure.lines)
    assert Path(failure.log).exists()


def test_a_dependency_that_overwrites_the_candidate_is_a_failure(index, wheel_file, tmp_path):
    """What is installed must be what the wheel holds, whoever changed it."""
    files_of_toy = {"toy/__init__.py": "VERSION = 'evil'\n"}
    index("evil", wheel_file("evil", headers="Requires-Dist: toy\n", files=files_of_toy))
    wheel = read_wheel(wheel_file("toy"))
    installer = EnvironmentInstaller(tmp_path / "envs", ["evil"], installer="pip")
    failure = installer.install(wheel, LOCKED, [])
    assert failure.reason == "the installed toy/__init__.py is not the wheel's"


def test_a_wheel_that_changed_since_is_refused(toy, tmp_path):
    """The digest is checked before anything is installed."""
    Path(toy.path).write_bytes(b"another")
    failure = EnvironmentInstaller(tmp_path / "envs").install(toy, LOCKED, [])
    assert "no longer the wheel" in failure.reason


@pytest.mark.parametrize(
    ("tag", "headers", "words"),
    [
        ("cp37-cp37m-linux_x86_64", "", "its wheel is cp37-cp37m"),
        ("py3-none-any", "Requires-Python: <3.8\n", "requires python <3.8"),
    ],
)
def test_a_wheel_of_another_python_is_a_failure(wheel_file, tmp_path, tag, headers, words):
    """Tags and Requires-Python are checked before anything is made; the remedy is told."""
    wheel = read_wheel(wheel_file(tag=tag, headers=headers))
    failure = EnvironmentInstaller(tmp_path / "envs").install(wheel, LOCKED, [])
    assert words in failure.reason
    assert "drop the lane" in failure.reason


def test_a_python_that_is_not_there_is_told(toy, tmp_path):
    """A lane whose python is missing says how to have it."""
    failure = EnvironmentInstaller(tmp_path / "envs").install(toy, Lane("3.99"), [])
    assert "python 3.99 is not on this machine" in failure.reason


def test_a_full_disk_is_no_fault_of_the_candidate(toy, tmp_path, monkeypatch):
    """Below a gigabyte no environment is begun."""
    monkeypatch.setattr(files, "free", lambda _: 5 * files.MIB)
    with pytest.raises(DiskFullError, match="5 MB are free"):
        EnvironmentInstaller(tmp_path / "envs").install(toy, LOCKED, [])


def test_a_requirement_that_is_none_is_an_error_of_the_configuration(toy, tmp_path):
    """Requirements and lock lines cannot smuggle options to the installer."""
    with pytest.raises(ConfigError, match="--index-url"):
        EnvironmentInstaller(tmp_path, ["--index-url=http://evil"])
    with pytest.raises(ConfigError, match="-r other"):
        EnvironmentInstaller(tmp_path).install(toy, LOCKED, ["-r other.txt"])
