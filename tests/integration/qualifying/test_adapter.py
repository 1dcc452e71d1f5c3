"""`qualify adapter`: what an adapter promises, tried on its package's newest release."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tinyml import ADAPTER, Project


@pytest.fixture
def published(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A local index with two releases of tinyml, the newer of which ignores its seed."""
    page = tmp_path / "index" / "tinyml"
    page.mkdir(parents=True)
    build = "import backend, sys; backend.build_sdist(sys.argv[1])"
    project.package("first", "1.0")
    project.package("second", "2.0", on_fit="seed = 0")
    for name in ("first", "second"):
        tree = project.root / "trees" / name
        subprocess.run([sys.executable, "-c", build, str(page)], cwd=tree, check=True)
    links = [f'<a href="{path.name}">{path.name}</a>' for path in page.glob("*.tar.gz")]
    (page / "index.html").write_text("\n".join(links))
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, (tmp_path / "index").as_uri())
    return project


def test_the_newest_release_is_tried(published: Project):
    """A promise that the newest release breaks is named with its task, and the exit code is 1."""
    ran = published.run("adapter", "check", "tinyml_adapter.py", "--json")
    assert ran.code == 1, ran.err
    assert ran.answer["version"] == "2.0"
    assert not ran.answer["conforms"]
    assert ran.answer["seen"]["seed"] == dict.fromkeys(
        ("binary", "multiclass"), "three seeds, one model"
    )
    assert set(ran.answer["seen"]) == {"predicts", "saves", "seed", "iterations"}
    assert "three seeds, one model" in ran.err


def test_a_release_that_is_named_is_tried(published: Project):
    """An older release that keeps every promise conforms."""
    ran = published.run("adapter", "check", "tinyml_adapter.py", "--version", "1.0")
    assert ran.code == 0, ran.err
    assert "keeps its promises on tinyml 1.0" in ran.out


def test_what_serving_needs_is_tried_where_it_is_promised(published: Project):
    """A promise about serving is tried with nothing but the packages that the adapter names."""
    served = ADAPTER.replace('("seed",', '("inference", "seed",', 1) + 'INFERENCE = ("tinyml",)\n'
    published.write("served.py", served)
    command = ("adapter", "check", "served.py", "--version", "1.0", "--json")
    assert published.run(*command).answer["seen"]["inference"] == {"binary": ""}
    published.write("served.py", served + "def load(folder):\n    import numpy\n")
    told = published.run(*command).answer["seen"]["inference"]["binary"]
    assert "numpy" in told


def test_an_adapter_whose_package_no_index_has(published: Project):
    """The name is the first thing to check."""
    published.write("other.py", ADAPTER.replace('"tinyml"', '"tinyml-of-nobody"', 1))
    ran = published.run("adapter", "check", "other.py")
    assert ran.code == 2
    assert "no index has a release of tinyml-of-nobody" in ran.err


def test_the_adapters_that_ship_are_listed(project: Project):
    """Each with its package, its tasks and what it promises."""
    listed = {one["name"]: one for one in json.loads(project.run("adapter", "list", "--json").out)}
    assert {"flaml", "autogluon", "sklearn_reference"} <= set(listed)
    assert "seed" in listed["flaml"]["honours"]
    assert "flaml" in project.run("adapter", "list").out
