from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualify import plugins
from qualify.core.errors import ConfigError

ENTRIES = """
[qualify.suites]
acme = acme_suites.suites
wrong = acme_suites.nothing
file = acme_suites.adapter
[qualify.adapters]
acme = acme_suites.adapter
"""


def install(folder: Path, name: str, entries: str) -> None:
    """What an installer leaves of a package."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entries)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages with one plugin."""
    package = tmp_path / "acme_suites"
    (package / "suites" / "quality").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "suites" / "__init__.py").write_text("")
    (package / "adapter.py").write_text("raise RuntimeError('the harness must not import it')")
    install(tmp_path, "acme-suites", ENTRIES)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "acme_suites"]:
        del sys.modules[name]


def test_a_plugin_gives_a_folder_of_suites(site):
    """`plugin:NAME` is the folder of the package that the entry point names."""
    assert plugins.suite_folder("plugin:acme", Path("/elsewhere")) == site / "acme_suites/suites"


def test_a_path_is_a_path(tmp_path):
    """A folder of another repository is named from the configuration's folder."""
    assert plugins.suite_folder("../other/suites", tmp_path / "a") == tmp_path / "other/suites"


def test_a_plugin_gives_an_adapter(site):
    """An adapter is a file that is found without being imported."""
    assert plugins.adapters()["acme"] == site / "acme_suites/adapter.py"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("plugin:acne", "there is no plugin 'acne' with suites"),
        ("plugin:wrong", "acme-suites: qualify.suites: wrong: there is no module"),
        ("plugin:file", "acme-suites: qualify.suites: file: acme_suites.adapter is no package"),
    ],
)
def test_a_broken_plugin_says_whose_it_is(written, said, site):
    """The error names the distribution, the entry and the remedy."""
    with pytest.raises(ConfigError, match=said) as caught:
        plugins.suite_folder(written, Path())
    assert caught.value.remedy


def test_two_plugins_of_one_name_are_refused(site):
    """Which of the two is meant does not depend on the order of a path."""
    install(site / "more", "other", "[qualify.adapters]\nacme = other.adapter\n")
    importlib.invalidate_caches()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site / "more"))
        with pytest.raises(ConfigError, match="has one of that name, too"):
            plugins.adapters()
