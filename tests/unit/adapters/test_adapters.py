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


FAMILIES = {
    *("lgbm", "lgbm_tuned", "xgboost", "xgb_limitdepth", "catboost", "hist_gradient"),
    *("rf", "extra_tree", "tree", "linear", "sgd", "knn", "neural", "stacking"),
}


@pytest.mark.parametrize("name", names())
def test_families_have_one_name_in_all_adapters(name):
    """A canary of a family finds it in every package that has it."""
    found = describe(name)
    assert ("estimators" in found.honours) == bool(found.estimators)
    assert {family for known in found.estimators.values() for family in known} <= FAMILIES


@pytest.mark.parametrize("name", names())
def test_a_preset_is_a_budget_that_the_package_honours(name):
    """A canary without a budget can be trained with every package."""
    found = describe(name)
    assert found.preset
    assert set(found.preset) <= {"iterations", "seconds"} & set(found.honours)


@pytest.mark.parametrize("name", names())
def test_what_is_promised_of_saving_is_declared(name):
    """A package that promises inference says what suffices for it, and one that resumes how."""
    found = describe(name)
    assert ("inference" in found.honours) == bool(found.inference)
    assert ("resume" in found.honours) <= ("def resume(" in found.path.read_text())


def test_a_promise_that_is_none_is_named_with_the_nearest(tmp_path):
    """A word that no check needs would never be tried."""
    (tmp_path / "mine.py").write_text(ADAPTER.replace('"seed",', '"seeds",'))
    with pytest.raises(ConfigError, match="unknown promise 'seeds'") as caught:
        describe("mine.py", tmp_path)
    assert "seed" in caught.value.message
