from __future__ import annotations

from pathlib import Path

import pytest

from qualify.adapters import describe, names
from qualify.core.errors import ConfigError
from tests.tinyml import ADAPTER


def test_every_shipped_adapter_describes_itself():
    """An adapter is read without its package."""
    assert "flaml" in names()
    for name in names():
        found = describe(name)
        assert found.name == name
        assert found.distribution
        assert {"seed"} <= set(found.honours)
        assert not found.estimators or set(found.estimators) == set(found.tasks)


def test_an_adapter_of_ones_own(tmp_path: Path):
    """A path is relative to the configuration's folder."""
    (tmp_path / "mine.py").write_text(ADAPTER)
    found = describe("mine.py", tmp_path)
    assert (found.name, found.distribution, found.tasks) == (
        "mine",
        "tinyml",
        ("binary", "multiclass"),
    )
    assert found.path == (tmp_path / "mine.py").resolve()


@pytest.mark.parametrize("name", ["falml", "nowhere/flaml.py"])
def test_an_adapter_that_is_not_there(name, tmp_path):
    """A name that is unknown is answered with the nearest."""
    with pytest.raises(ConfigError, match="there is no adapter") as caught:
        describe(name, tmp_path)
    assert "flaml" in caught.value.remedy


BROKEN = {
    "a function": (ADAPTER.replace("def save(", "def keep("), "save"),
    "a declaration": (ADAPTER.replace("HONOURS", "HONORS"), "HONOURS"),
    "its syntax": (ADAPTER + "\ndef (", "invalid syntax"),
    "its imports": ("import nothing_like_it\n" + ADAPTER, "nothing_like_it"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_adapter_that_lacks_something(case, tmp_path):
    """What is missing or broken in an adapter is named with its file."""
    text, said = BROKEN[case]
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(ConfigError, match=r"mine\.py") as caught:
        describe("mine.py", tmp_path)
    assert said in caught.value.message
