"""The recipe of an adapter, trained as the harness trains it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from qualify import adapters
from qualify.config import load
from qualify.core.data import Column
from qualify.datasets.splits import BundledDatasets
from qualify.running import guardian, scoring, trainer
from tests.docs.examples import examples, the

DATASETS = BundledDatasets()


def test_the_adapter_is_one(tmp_path) -> None:
    """The recipe's adapter declares everything that the harness asks for, at the path it names."""
    (block,) = (b for b in examples("config") if "adapter" in b.text)
    config_path = tmp_path / "qualify.toml"
    config_path.write_text(block.text)
    config, root = load(config_path, {})
    path = root / config.target.adapter
    path.parent.mkdir()
    path.write_text(the("adapter"))
    found = adapters.describe(config.target.adapter, root)
    assert found.name == config.target.name
    assert found.distribution.replace("-", "_") in config.target.candidate


@pytest.mark.parametrize(
    ("dataset", "task"),
    [("tiny", "multiclass"), ("categorical", "binary"), ("diabetes", "regression")],
)
def test_the_adapter_trains(dataset, task, tmp_path) -> None:
    """The recipe's adapter fits, predicts, saves and loads in the trainer, for every task."""
    adapter = tmp_path / "adapter.py"
    adapter.write_text(the("adapter"))
    split = DATASETS.split(dataset, 0)
    request = {
        "parent": os.getpid(),
        "action": "train",
        "adapter": str(adapter),
        "out": str(tmp_path),
        "reload": None,
        "settings": {"task": task, "seed": 0, "threads": 1, "iterations": 2, "options": {}},
        "train": written(tmp_path / "train.json", split.train, split.train_labels),
        "test": written(tmp_path / "test.json", split.test, ()),
    }
    trained(tmp_path, request)
    predicted = (tmp_path / "predictions.json").read_text()
    assert scoring.quality(task, split.test_labels, json.loads(predicted))
    trained(tmp_path, {**request, "reload": str(tmp_path / "model")})
    assert (tmp_path / "predictions.json").read_text() == predicted


def trained(room, request: dict[str, object]) -> None:
    """Run the trainer as the harness does; its environment is this one."""
    path = room / "request.json"
    path.write_text(json.dumps(request))
    command = [sys.executable, "-I", trainer.__file__, str(path)]
    subprocess.run(command, env=guardian.child_environment(room, 1), check=True)
    assert json.loads((room / "result.json").read_text())["ok"]


def written(path, columns: tuple[Column, ...], labels: tuple[float, ...]) -> str:
    table = [{"name": c.name, "kind": c.kind, "values": c.values} for c in columns]
    path.write_text(json.dumps({"columns": table, "labels": labels}))
    return str(path)
