"""The baselines that the repository ships."""

from pathlib import Path

import pytest

from qualify.config import Config
from qualify.core.baseline import spreads
from qualify.core.matrix import Lane
from qualify.datasets.splits import BundledDatasets
from qualify.running.suitefile import read_suite
from qualify.stats.limits import EFFECTS
from qualify.storing.baselines import BaselineFolder, parse
from qualify.verbs.baseline import mistakes
from qualify.verbs.cells import collect
from qualify.wiring import Context

ROOT = Path(__file__).parents[2]
DATASETS = BundledDatasets()
STORED = [
    c
    for c in read_suite(ROOT / "suites/quality/canaries.toml", DATASETS.names())
    if not c.interleaved
]
PATHS = sorted((ROOT / "baselines").glob("*/*/*.jsonl"))
RECORDED = [
    pytest.param(path, canary, id=f"{canary.name}-{path.stem}")
    for path in PATHS
    for canary in STORED
    if parse(path).of(canary.name)
]


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


@pytest.mark.parametrize(("path", "canary"), RECORDED)
def test_a_committed_baseline_serves_its_canaries(path, canary):
    """Every seed from the first on is there, trained without failure on the data of today."""
    found = parse(path)
    replicates = found.of(canary.name)
    assert [r.seed for r in replicates] == list(range(len(replicates)))
    assert {r.outcome.value for r in replicates} == {"ok"}
    assert replicates[0].data == DATASETS.split(canary.dataset, 0).digest
    assert mistakes(canary, found) == []


@pytest.mark.parametrize(("path", "canary"), RECORDED)
def test_no_committed_canary_is_insensitive(path, canary):
    """Every margin is at least half of the recorded spread: the grid can decide it."""
    found = parse(path)
    for judged in canary.metrics:
        spread = found.spread(canary.name, judged.name)
        assert judged.threshold >= EFFECTS[0] * spread.scale, judged.name


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_recorded_spread_is_that_of_its_replicates(path):
    """What the design rests on can be computed again from the file."""
    found = parse(path)
    names = {r.canary for r in found.replicates}
    again = {(s.canary, s.metric): s for n in names for s in spreads(n, found.of(n))}
    assert {(s.canary, s.metric) for s in found.spreads} == set(again)
    for one in found.spreads:
        assert one.scale == pytest.approx(again[one.canary, one.metric].scale)
        assert one.m == again[one.canary, one.metric].m


def test_every_canary_that_the_default_target_can_train_is_recorded():
    """On Python 3.11 no stored canary of the default target is trained side by side."""
    context = Context(Config(), ROOT, print)
    lane = Lane("3.11")
    can = {c.name for c in collect(context, [lane]) if c.canary and not c.skip}
    stored = parse(ROOT / "baselines/flaml/2.6.0" / f"{lane}.jsonl")
    assert {r.canary for r in stored.replicates} == can & {canary.name for canary in STORED}


def test_the_default_baseline_knows_how_often_it_repeats_itself():
    """The rule of identical predictions has a record to be compared with."""
    recorded = [repeats for path in PATHS for repeats in parse(path).repeats]
    assert {r.canary for r in recorded} == {param.values[1].name for param in RECORDED}
    assert all(0 <= r.identical <= r.compared for r in recorded)
