"""The recipes of CONTRIBUTING.md, executed as they are printed."""

from __future__ import annotations

import types

import pytest

from qualify.adapters import flaml
from qualify.config import load
from qualify.core.canary import Canary
from qualify.core.matrix import Lane, matches
from qualify.core.verdict import Status
from qualify.datasets.splits import BundledDatasets
from qualify.judging import cell
from qualify.judging.rule import explanation, title
from qualify.judging.rules import CELL_RULES, RULES
from qualify.running.checks import ATTRIBUTE
from qualify.running.suitefile import read_suite
from tests.docs.examples import PAGES, examples, the
from tests.docs.examples import blocks as fenced
from tests.trainings import CENTRE, attempts, canary, evidence, reference

DATASETS = BundledDatasets()
KINDS = {"canary", "check", "adapter", "rule", "view", "config"}


def executed(kind: str) -> dict[str, object]:
    """Run an example as a module of its own."""
    module = types.ModuleType(f"example_{kind}")
    exec(compile(the(kind), f"<{kind}>", "exec"), module.__dict__)  # noqa: S102
    return vars(module)


def test_every_example_is_of_a_known_kind() -> None:
    """Every block of Python or TOML is marked as an example that a test executes."""
    found = [b for page in PAGES for b in fenced(page)]
    assert {b.kind for b in found if b.kind} == KINDS
    assert all(b.kind for b in found if b.language in ("toml", "python"))


def the_canary(tmp_path) -> Canary:
    path = tmp_path / "quality" / "canaries.toml"
    path.parent.mkdir()
    path.write_text(the("canary"))
    (read,) = read_suite(path, DATASETS.names())
    return read


def test_the_canary_is_read(tmp_path) -> None:
    """The recipe's canary passes every validation, and what it sets is what it says."""
    read = the_canary(tmp_path)
    assert [j.name for j in read.metrics] == ["log_loss", "auc"]
    assert matches(str(Lane("3.11")), read.lanes)
    assert not matches(str(Lane("3.10")), read.lanes)


def test_the_canary_sets_options_that_its_adapter_honours(tmp_path) -> None:
    """An option in the recipe is one that the shipped adapter declares."""
    assert set(the_canary(tmp_path).options) <= set(flaml.HONOURS)


def test_the_check_is_declared() -> None:
    """The recipe's check has a canary to train, and its promise is the cell's description."""
    function = executed("check")["test_survives_more_columns_than_rows"]
    declared = getattr(function, ATTRIBUTE)
    assert declared.canary.dataset in DATASETS.names()
    assert declared.about.endswith("beats the constant predictor.")


@pytest.mark.parametrize("block", examples("config"), ids=lambda b: b.page.name)
def test_configurations_are_valid(block, tmp_path) -> None:
    """Every configuration that the documents print is accepted."""
    path = tmp_path / "qualify.toml"
    path.write_text(block.text)
    config, _ = load(path, {})
    assert config.target.candidate != config.target.baseline


def test_the_rule_judges(monkeypatch) -> None:
    """The recipe's rule, named in the catalogue, decides a cell and explains itself."""
    rule = executed("rule")["TooGoodToBeTrue"]
    assert rule.code not in {known.code for known in RULES}
    assert title(rule)
    assert explanation(rule)
    monkeypatch.setattr(cell, "CELL_RULES", (rule, *CELL_RULES))
    perfect = cell.judge(evidence(canary(), attempts([0.0]), reference()))
    assert (perfect.status, perfect.code) == (Status.INCONCLUSIVE, rule.code)
    assert "seed 0" in perfect.reason
    usual = cell.judge(evidence(canary(), attempts([CENTRE]), reference()))
    assert usual.code != rule.code
