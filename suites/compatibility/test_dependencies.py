"""Searches work beside the newest dependencies and beside the oldest that are allowed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from qualify.suite import Lab, check

EDGES = {
    "owner": "release",
    "lanes": ("*-free", "*-minimum"),
    "share": 0.5,
    "practice": ("Monitor 1", "Infra 4"),
}


@check(dataset="breast_cancer", **EDGES)
def test_two_classes(lab: Lab) -> None:
    """A small search over two classes beats the constant, whatever versions are installed."""
    beats_the_constant(lab, "log_loss")


@check(dataset="wine", task="multiclass", **EDGES)
def test_three_classes(lab: Lab) -> None:
    """A small search over three classes beats the constant, whatever versions are installed."""
    beats_the_constant(lab, "log_loss")


@check(dataset="friedman1", task="regression", **EDGES)
def test_regression(lab: Lab) -> None:
    """A small regression beats the constant, whatever versions are installed."""
    beats_the_constant(lab, "rmse")


@check(dataset="categorical", needs=("categories",), **EDGES)
def test_categories(lab: Lab) -> None:
    """A small search over categories beats the constant, whatever versions are installed."""
    beats_the_constant(lab, "log_loss")


def beats_the_constant(lab: Lab, metric: str) -> None:
    """Train once; what fails is told with the versions that it fails beside."""
    attempt, constant = lab.train(must_succeed=False), lab.constant()[metric]
    beside = f"beside {versions(lab)}"
    assert attempt.ok, f"{beside}: {attempt.outcome.value}: {attempt.message}"
    found = attempt.metrics[metric]
    assert found < constant, f"{beside}: {metric} {found:.4f}, of the constant {constant:.4f}"


def versions(lab: Lab) -> str:
    """The installed versions of what the package and its adapter ask for by name."""
    assert lab.build.wheel is not None, "there is no wheel"
    asked = required(Path(lab.build.wheel.path)) | set(map(name_of, lab.adapter.requirements))
    lines = [line for line in lab.environment.lock if name_of(line) in asked]
    return ", ".join(line.replace("==", " ") for line in lines)


def required(wheel: Path) -> set[str]:
    """The names of all that a wheel's metadata require, by itself or by an extra."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        raw, _ = parse_email(archive.read(name))
    return set(map(name_of, raw.get("requires_dist", [])))


def name_of(requirement: str) -> str:
    """The normalised name of a requirement."""
    found = re.match(r"[\w.-]+", requirement)
    return canonicalize_name(found[0]) if found else ""
