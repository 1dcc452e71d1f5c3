"""Laws of what is stored: it comes back as it was, whatever it is."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from qualify.core.attempt import Observation, Outcome
from qualify.core.baseline import Baseline, Replicate
from qualify.core.candidate import Provenance
from qualify.core.event import Event
from qualify.core.matrix import Lane
from qualify.core.metric import METRICS
from qualify.storing.baselines import BaselineFolder
from qualify.storing.ledger import JsonlLedger

finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8"), max_size=20)
st.register_type_strategy(float, finite)
st.register_type_strategy(str, text)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | finite | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
observations = st.builds(Observation, text, value=json_values)
st.register_type_strategy(Observation, observations)
events = st.lists(st.one_of(*map(st.from_type, get_args(Event))), max_size=5)
quality = [name for name, metric in METRICS.items() if metric.kind == "quality"]
replicates = st.lists(
    st.builds(
        Replicate,
        st.sampled_from(["wine", "iris"]),
        st.integers(0, 99),
        text,
        st.sampled_from(Outcome),
        st.none() | text,
        st.dictionaries(st.sampled_from(quality), finite),
    ),
    max_size=6,
    unique_by=lambda r: (r.canary, r.seed),
)
baselines = st.builds(
    Baseline,
    st.just("tinyml"),
    st.just("1.0"),
    st.just("py311-cpu-locked"),
    st.from_type(Provenance),
    st.lists(text, max_size=3).map(tuple),
    replicates.map(tuple),
)


@given(events)
def test_events_come_back(written: list[Event]) -> None:
    """Any events, with any text in them, are read as they were written, in order."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = JsonlLedger(Path(folder) / "ledger.jsonl")
        for event in written:
            ledger.append(event)
        assert list(ledger.events()) == written


@given(events.filter(bool), st.integers(0, 10**6))
def test_a_crash_costs_the_last_event_only(written: list[Event], cut: int) -> None:
    """Cut off anywhere, a ledger still holds every event that was whole before."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = JsonlLedger(Path(folder) / "ledger.jsonl")
        sizes = [0]
        for event in written:
            ledger.append(event)
            sizes.append(ledger.path.stat().st_size)
        cut %= sizes[-1] + 1
        ledger.path.write_bytes(ledger.path.read_bytes()[:cut])
        whole = sum(size - 1 <= cut for size in sizes[1:])
        assert list(ledger.events()) == written[:whole]
        ledger.append(written[0])
        assert list(ledger.events()) == [*written[:whole], written[0]]


@given(baselines)
def test_baselines_come_back(baseline: Baseline) -> None:
    """Any baseline is read as it was written, every float exactly."""
    with tempfile.TemporaryDirectory() as folder:
        store = BaselineFolder(Path(folder))
        store.write(baseline)
        found = store.read("tinyml", "1.0", Lane("3.11"))
        assert found == baseline
        for one, other in zip(found.replicates, baseline.replicates, strict=True):
            signs = [
                (math.copysign(1, one.metrics[m]), math.copysign(1, other.metrics[m]))
                for m in one.metrics
            ]
            assert all(a == b for a, b in signs)
