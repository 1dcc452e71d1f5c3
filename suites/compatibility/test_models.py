"""Saved models outlive the release that saved them, in both directions."""

from __future__ import annotations

import math

from qualify.suite import Attempt, Lab, NothingToCheckError, check

QUALITIES = ("log_loss", "accuracy", "rmse", "r2")
BACKWARD = {
    "owner": "serving",
    "share": 0.3,
    "earlier": True,
    "needs": ("versions",),
    "practice": ("Infra 3", "Monitor 3"),
}
FORWARD = {
    "owner": "serving",
    "share": 0.3,
    "needs": ("versions",),
    "practice": ("Infra 7",),
}


@check(dataset="breast_cancer", **BACKWARD)
def test_loads_earlier_binary_models(lab: Lab) -> None:
    """What earlier releases saved of two classes loads, and predicts the same."""
    loads_what_others_saved(lab)


@check(dataset="wine", task="multiclass", **BACKWARD)
def test_loads_earlier_multiclass_models(lab: Lab) -> None:
    """What earlier releases saved of three classes loads, and predicts the same."""
    loads_what_others_saved(lab)


@check(dataset="friedman1", task="regression", **BACKWARD)
def test_loads_earlier_regression_models(lab: Lab) -> None:
    """What earlier releases saved of a regression loads, and predicts the same."""
    loads_what_others_saved(lab)


@check(dataset="categorical", **{**BACKWARD, "needs": ("versions", "categories")})
def test_loads_earlier_models_of_categories(lab: Lab) -> None:
    """What earlier releases saved of categories loads, and predicts the same."""
    loads_what_others_saved(lab)


@check(dataset="wine", task="multiclass", **FORWARD)
def test_previous_release_loads_its_models(lab: Lab) -> None:
    """The release before loads what this one saved, and predicts the same."""
    previous_loads(lab)


@check(dataset="friedman1", task="regression", **FORWARD)
def test_previous_release_loads_its_regressions(lab: Lab) -> None:
    """The release before loads what this one saved of a regression, and predicts the same."""
    previous_loads(lab)


def loads_what_others_saved(lab: Lab) -> None:
    """Train on every earlier build that can, and load each model in this one."""
    saved = {arm: lab.train(arm=arm, must_succeed=False) for arm in lab.others}
    usable = {arm: attempt for arm, attempt in saved.items() if attempt.ok}
    require(lab, list(usable))
    for arm, attempt in usable.items():
        loaded = lab.train(reload=attempt, must_succeed=False)
        agree(attempt, loaded, f"{lab.build.version} with a model that {called(arm)} saved")


def previous_loads(lab: Lab) -> None:
    """Train on this build and load the model in the one before."""
    require(lab, list(lab.others))
    saved = lab.train()
    for arm in lab.others[:1]:
        loaded = lab.train(arm=arm, reload=saved, must_succeed=False)
        agree(saved, loaded, f"{called(arm)} with a model that {lab.build.version} saved")


def require(lab: Lab, arms: list[str]) -> None:
    """Where no other build can train, a candidate has shown nothing."""
    if not arms and lab.arm == "candidate":
        raise NothingToCheckError("no earlier release can train here, so none has saved a model")


def agree(saved: Attempt, loaded: Attempt, what: str) -> None:
    """Require that a model was loaded and predicts what it did where it was fitted."""
    assert loaded.ok, f"{what} ends {loaded.outcome.value}: {loaded.message}"
    if saved.predictions != loaded.predictions:
        moved = [
            f"{name} {saved.metrics[name]:.6g} became {loaded.metrics[name]:.6g}"
            for name in QUALITIES
            if name in saved.metrics and not near(saved.metrics[name], loaded.metrics[name])
        ]
        assert not moved, f"{what} predicts otherwise: {', '.join(moved)}"


def near(first: float, second: float) -> bool:
    """Whether two metrics are equal but for the order of sums in other versions of libraries."""
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)


def called(arm: str) -> str:
    """A build as a reader calls it."""
    return arm if arm.startswith("release ") else f"the {arm}"
