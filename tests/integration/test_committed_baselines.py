"""The baselines that the repository ships."""

from pathlib import Path

import pytest

from qualify.core.matrix import Lane
from qualify.datasets.splits import BundledDatasets
from qualify.running.suitefile import read_suite
from qualify.storing.baselines import BaselineFolder, parse

ROOT = Path(__file__).parents[2]
DATASETS = BundledDatasets()
STORED = [
    c
    for c in read_suite(ROOT / "suites/quality/canaries.toml", DATASETS.names())
    if not c.interleaved
]
PATHS = sorted((ROOT / "baselines").glob("*/*/*.jsonl"))


def test_the_default_target_has_baselines():
    """The versions of Python that the project supports have a baseline of the default target."""
    assert {path.stem[:5] for path in PATHS} == {"py310", "py311", "py312", "py313"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_committed_baseline_lies_where_its_first_line_says(path):
    """A baseline is found by target, version and lane."""
    found = parse(path)
    again = BaselineFolder(ROOT / "baselines").read(
        found.target, found.version, Lane.parse(found.lane)
    )
    assert again == found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("canary", STORED, ids=lambda canary: canary.name)
def test_a_committed_baseline_serves_its_canaries(path, canary):
    """Every seed of every canary is there, trained without failure on the data of today."""
    replicates = parse(path).of(canary.name)
    assert [r.seed for r in replicates] == list(canary.seeds())
    assert {r.outcome.value for r in replicates} == {"ok"}
    assert replicates[0].data == DATASETS.split(canary.dataset, 0).digest
