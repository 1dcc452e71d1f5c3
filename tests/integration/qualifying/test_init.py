"""The skeleton that `qualify init` writes, and suites that come from elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qualify import adapters
from qualify.config import load
from qualify.core.errors import ConfigError
from qualify.datasets.splits import BundledDatasets
from qualify.running.suitefile import read_suite
from qualify.verbs.init import init
from tests.tinyml import ADAPTER, ALL, LANE, SEEDS, Project, variables


def qualify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qualify", *arguments]
    environment = {**variables(), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    written = init(tmp_path / "mine", "My-ML")
    assert all(path.is_file() for path in written)
    return tmp_path / "mine"


def test_everything_it_writes_is_valid(skeleton):
    """The configuration loads, the adapter declares what it must, and three canaries are read."""
    config, root = load(skeleton / "qualify.toml", {})
    adapter = adapters.describe(config.target.adapter, root)
    assert (adapter.distribution, adapter.module) == ("my-ml", "my_ml")
    canaries = read_suite(skeleton / "suites/quality/canaries.toml", BundledDatasets().names())
    assert len(canaries) == 3
    assert {canary.task for canary in canaries} <= set(adapter.tasks)
    workflow = (skeleton / ".github/workflows/qualify.yml").read_text()
    assert "${{ github.ref }}" in workflow
    assert not any("%%" in path.read_text() for path in skeleton.rglob("*") if path.is_file())


def test_its_cells_are_listed(skeleton):
    """Stages, canaries and one check, none of them skipped."""
    listed = qualify(skeleton, "cells", "--json")
    assert listed.returncode == 0, listed.stderr
    cells = json.loads(listed.stdout)
    assert [cell["skip"] for cell in cells] == [""] * 7
    assert sum(cell["id"].startswith("quality/") for cell in cells) == 3


def test_nothing_is_overwritten(skeleton):
    """Files that are there are named and left; --force writes them, and leaves .gitignore."""
    (skeleton / "qualify.toml").write_text("mine")
    (skeleton / ".gitignore").write_text("mine")
    (skeleton / "suites/README.md").unlink()
    with pytest.raises(ConfigError, match=r"overwrite:\n.*qualify\.toml") as caught:
        init(skeleton, "my-ml")
    assert "--force" in caught.value.remedy
    assert not (skeleton / "suites/README.md").exists()
    assert (skeleton / "qualify.toml").read_text() == "mine"
    forced = qualify(skeleton, "init", "--name", "my-ml", "--force")
    assert forced.returncode == 0, forced.stderr
    assert "suites/README.md" in forced.stdout.splitlines()
    assert ".gitignore" not in forced.stdout.splitlines()
    assert (skeleton / "qualify.toml").read_text() != "mine"
    assert (skeleton / ".gitignore").read_text() == "mine"


@pytest.mark.parametrize("name", ["1st", "my ml", "class", "scikit-learn", "müll"])
def test_a_name_that_cannot_be_a_package_is_refused(name, tmp_path):
    """Nothing is written under a name that could not be imported or installed."""
    with pytest.raises(ConfigError):
        init(tmp_path / "mine", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("PIP_NO_INDEX") == "1", reason="the sample needs an index")
def test_it_runs_at_once(skeleton):
    """`qualify run` in the skeleton builds, trains and ships the sample."""
    ran = qualify(skeleton, "run", "--json")
    assert ran.returncode == 0, ran.stderr
    assert set(json.loads(ran.stdout)["cells"].values()) == {"passed"}


ENTRIES = """
[qualify.suites]
acme = acme_q.suites
[qualify.adapters]
acme = acme_q.adapter
"""


@pytest.fixture
def plugged(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with suites in another repository, and an adapter and suites of a plugin."""
    site = tmp_path / "site"
    files = {
        "site/acme_q/__init__.py": "",
        "site/acme_q/adapter.py": ADAPTER,
        "site/acme_q/suites/__init__.py": "",
        "site/acme_q/suites/extra/test_seeds.py": SEEDS,
        "site/acme_q-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme-q\nVersion: 1.0\n",
        "site/acme_q-1.0.dist-info/entry_points.txt": ENTRIES,
        "other/suites/elsewhere/test_seeds.py": SEEDS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (project.root / "tinyml_adapter.py").unlink()
    settings = project.settings.replace("tinyml_adapter.py", "acme")
    paths = '\n[paths]\nsuites = ["suites", "../other/suites", "plugin:acme"]\n'
    project.write("qualify.toml", settings + paths)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
    return project


def test_suites_come_from_other_folders_and_from_plugins(plugged):
    """Cells of the project, of another repository and of a plugin are filled by one run."""
    wanted = ("reproducibility/*", "elsewhere/*", "extra/*")
    ran = plugged.run("run", "--json", *(word for glob in wanted for word in ("--select", glob)))
    assert ran.code == 0, ran.err
    names = ("reproducibility", "elsewhere", "extra")
    assert {f"{name}/seeds_act@{LANE}" for name in names} <= set(ran.cells)


def test_a_plugin_that_is_not_there_is_named(plugged):
    """A misspelt plugin is an error with the nearest name, before anything is built."""
    plugged.write("qualify.toml", plugged.settings.replace("plugin:acme", "plugin:acne"))
    ran = plugged.run("cells")
    assert ran.code == 2
    assert "did you mean 'acme'?" in ran.err


def test_plugins_of_pytest_change_no_cell(project, tmp_path, monkeypatch):
    """What is installed beside the tool takes no part, not even a plugin that cannot be loaded."""
    site = tmp_path / "site"
    (site / "loud-1.0.dist-info").mkdir(parents=True)
    (site / "loud-1.0.dist-info/METADATA").write_text("Name: loud\nVersion: 1.0\n")
    (site / "loud-1.0.dist-info/entry_points.txt").write_text("[pytest11]\nloud = loud\n")
    (site / "loud.py").write_text("raise ImportError('loud')\n")
    monkeypatch.setenv("PYTHONPATH", str(site))
    assert "ImportError: loud" in project.pytest("--collect-only").err
    listed = project.run("cells", "--json")
    assert listed.code == 0, listed.err
    assert {cell["id"] for cell in listed.answer} == ALL
