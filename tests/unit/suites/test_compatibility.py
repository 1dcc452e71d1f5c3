"""The compatibility suite against releases whose saved models part ways."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from qualify.adapters import describe
from qualify.core.attempt import Attempt, Training
from qualify.core.candidate import Environment, Wheel
from qualify.core.plan import Cell
from qualify.datasets.splits import BundledDatasets
from qualify.running.checks import ATTRIBUTE
from qualify.running.lab import CheckFailedError, Lab, NothingToCheckError
from qualify.running.training import LocalTrainer
from tests.fakes import LANE, build

SUITE = Path(__file__).parents[3] / "suites" / "compatibility"
# How often each class is, or the mean; `{reads}` are the formats of models that a release loads.
ADAPTER = """
import json

DISTRIBUTION = MODULE = "frequencies"
REQUIREMENTS, TASKS, HONOURS = ("numpy>=1",), ("binary", "multiclass", "regression"), ()
ERRORS, PRESET = (), {{"iterations": 1}}


def start():
    pass


def table(columns):
    return columns


def fit(columns, labels, settings):
    {on_fit}
    regression = settings["task"] == "regression"
    counts = [labels.count(kind) / len(labels) for kind in sorted(set(labels))]
    return sum(labels) / len(labels) if regression else counts


def predict(model, columns, task):
    return [model] * len(columns[0]["values"])


def save(model, folder):
    (folder / "model.json").write_text(json.dumps([{writes}, model]))


def load(folder):
    form, model = json.loads((folder / "model.json").read_text())
    if form not in {reads}:
        raise ValueError(f"models of format {{form}} are not known")
    {on_load}
    return model
"""


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"compatibility_{name}", SUITE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


models, dependencies = load("test_models"), load("test_dependencies")


class Releases:
    """Trains every arm with the code of its release."""

    def __init__(self, folder: Path, **code: dict[str, str]) -> None:
        self.folder = folder
        self.arms = tuple(arm.replace("_", " ") for arm in code)
        self.environment = Environment(
            str(LANE), sys.executable, "3.11", "sha", ("numpy==2.2.6", "scipy==1.15"), (), "uv"
        )
        self.adapters = {}
        for arm, steps in zip(self.arms, code.values(), strict=True):
            path = folder / f"{arm}.py"
            usual = {"on_fit": "pass", "on_load": "pass", "writes": "1", "reads": "(1,)"}
            path.write_text(ADAPTER.format(**{**usual, **steps}))
            self.adapters[arm] = path

    def again(self, training: Training) -> Attempt:
        """Train, anew."""
        adapter = self.adapters[training.arm]
        trainer = LocalTrainer(self.folder / "build", adapter, BundledDatasets(), lambda *_: None)
        return trainer.train(training, build(), self.environment)

    def said(self, check, arm: str = "candidate") -> str:
        """Why a check is broken; "" where it holds."""
        declared = getattr(check, ATTRIBUTE)
        cell = Cell("compatibility", "x", LANE, "x", canary=declared.canary)
        wheel = self.folder / "frequencies-2.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            metadata = "Metadata-Version: 2.1\nName: frequencies\nRequires-Dist: scipy>1\n"
            archive.writestr("frequencies-2.0.dist-info/METADATA", metadata)
        made = replace(
            build(),
            wheel=Wheel(str(wheel), "sha", "frequencies", "2.0"),
            environments={str(LANE): self.environment},
        )
        adapter = describe(str(self.adapters[arm]))
        lab = Lab(cell, arm, made, self, BundledDatasets(), SUITE, adapter=adapter)
        try:
            check(lab)
        except (AssertionError, CheckFailedError) as error:
            return str(error).splitlines()[0]
        return ""


@pytest.mark.parametrize(
    "check",
    [
        models.test_loads_earlier_binary_models,
        models.test_loads_earlier_regression_models,
        models.test_previous_release_loads_its_models,
        models.test_previous_release_loads_its_regressions,
    ],
)
def test_models_that_outlive_releases(tmp_path, check):
    """Releases that read one another's models break nothing, in either direction."""
    releases = Releases(tmp_path, candidate={}, baseline={}, release_1_0={})
    assert releases.said(check) == ""


def test_a_model_that_is_no_longer_read(tmp_path):
    """A build that cannot load what some release saved is told with both versions."""
    releases = Releases(
        tmp_path,
        candidate={"writes": "2", "reads": "(1, 2)"},
        baseline={},
        release_1={"writes": "0", "reads": "(0,)"},
    )
    assert releases.said(models.test_loads_earlier_multiclass_models) == (
        "2.0 with a model that release 1 saved ends error: "
        "ValueError: models of format 0 are not known"
    )


def test_a_model_that_the_previous_release_cannot_read(tmp_path):
    """A step back that loses the new models is told; releases before that are not asked."""
    releases = Releases(
        tmp_path, candidate={"writes": "2", "reads": "(2,)"}, baseline={}, release_1={}
    )
    said = releases.said(models.test_previous_release_loads_its_models)
    assert said.startswith("the baseline with a model that 2.0 saved ends error")
    assert "format 2" in said


def test_a_model_that_predicts_otherwise(tmp_path):
    """A model that loads and predicts something else is told with what moved."""
    swapped = {"on_load": "model = model[::-1]"}
    releases = Releases(tmp_path, candidate=swapped, baseline={})
    said = releases.said(models.test_loads_earlier_binary_models)
    assert said.startswith("2.0 with a model that the baseline saved predicts otherwise: log_loss")


def test_the_last_digit_is_no_difference(tmp_path):
    """Sums in another order give another last digit, and not another model."""
    shaken = {"on_load": "model = [p * (1 + 1e-15) for p in model]"}
    releases = Releases(tmp_path, candidate=shaken, baseline={})
    assert releases.said(models.test_loads_earlier_binary_models) == ""


def test_a_release_that_cannot_train_is_left_out(tmp_path):
    """What never came to be need not load; where no release can train, nothing is shown."""
    fails = {"on_fit": "raise OSError"}
    some = Releases(tmp_path, candidate={}, baseline={}, release_1=fails)
    assert some.said(models.test_loads_earlier_binary_models) == ""
    none = Releases(tmp_path, candidate={}, baseline=fails)
    with pytest.raises(NothingToCheckError, match="no earlier release"):
        none.said(models.test_loads_earlier_binary_models)
    assert none.said(models.test_loads_earlier_binary_models, "baseline") == ""


def test_searches_beside_other_versions(tmp_path):
    """A search no better than the constant is told with the versions that were asked for."""
    releases = Releases(tmp_path, candidate={})
    said = releases.said(dependencies.test_two_classes)
    assert said.startswith("beside numpy 2.2.6, scipy 1.15: log_loss 0.")
    assert "of the constant 0." in said


def test_a_search_that_fails_beside_other_versions(tmp_path):
    """So is a search that fails."""
    releases = Releases(tmp_path, candidate={"on_fit": "raise KeyError('gone')"})
    said = releases.said(dependencies.test_regression)
    assert said == "beside numpy 2.2.6, scipy 1.15: error: KeyError: 'gone'"
