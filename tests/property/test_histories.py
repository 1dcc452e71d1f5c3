"""Laws of the history: sets of bundles are united, whatever the order and wherever they meet."""

from __future__ import annotations

import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qualify.core.errors import ConfigError
from qualify.core.overview import RowHead
from qualify.core.verdict import Status
from qualify.storing.history.history import History
from qualify.storing.history.merging import Origin, in_order
from qualify.storing.history.names import Key, Renames, displayed
from qualify.storing.junitfile import _rows, _streamed, _tree
from tests.histories import judged, one, square

ids = st.text("ab1", min_size=1, max_size=6)
keys = st.lists(
    st.builds(Key.of, st.sampled_from(["1", "2"]), st.sampled_from(["B0001", "B0002"]), ids),
    unique_by=lambda key: key.identity,
    max_size=6,
)
origins = st.lists(
    st.builds(
        Origin, st.integers(0, 9), ids, st.just("t"), st.just("i"), ids, ids, st.integers(0, 3)
    ),
    unique_by=lambda origin: origin.digest,
    max_size=6,
)


@given(keys, st.randoms())
def test_no_two_builds_have_one_name(found, random):
    """Every identity has a name of its own, whatever the order in which they came."""
    names = displayed(found)
    assert len(set(names.values())) == len(found)
    random.shuffle(found)
    assert displayed(found) == names
    assert all(names[key.identity].startswith(key.build) for key in found)


@given(origins, st.randoms())
def test_the_order_of_bundles_is_their_own(found, random):
    """It does not depend on where a bundle was seen first; a ledger that grew stays newer."""
    ordered = in_order(found)
    random.shuffle(found)
    assert in_order(found) == ordered
    for started in {origin.started for origin in found}:
        grown = [origin.events for origin in ordered if origin.started == started]
        assert grown == sorted(grown)


rows = st.sampled_from(["a/x", "a/y", "b/x", "b/z"])


@given(st.dictionaries(rows, rows), rows)
def test_a_row_has_one_last_name(table, row):
    """Renaming twice is renaming once, unless names go round, which is refused."""
    try:
        renames = Renames(table)
    except ConfigError:
        return
    suite, _, name = row.partition("/")
    once = renames.head(RowHead(f"{row}@py311-cpu-locked", suite, name, "py311-cpu-locked"))
    assert renames.head(once) == once
    assert once.id == f"{once.suite}/{once.name}@py311-cpu-locked"


cells = st.dictionaries(st.sampled_from("abc"), st.sampled_from([Status.PASSED, Status.FAILED]))
builds = st.lists(
    st.tuples(st.integers(1, 2), st.integers(10, 12), cells.filter(bool)), min_size=1, max_size=3
)


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(builds, st.randoms())
def test_histories_that_hold_the_same_say_the_same(made, random):
    """In any order, with any of them twice: the overview depends on the set of bundles alone."""
    with tempfile.TemporaryDirectory() as name:
        folders = []
        for place, (number, hour, statuses) in enumerate(made):
            column = one(f"B000{number}", *(square(k, v) for k, v in sorted(statuses.items())))
            at = f"2025-01-01T{hour}:00:00+00:00"
            folders.append(judged(column, Path(name) / f"machine{place}", f"{number}", at))
        said = []
        for turn in range(2):
            history = History.open(Path(name) / f"h{turn}", cache=Path(name) / f"c{turn}")
            for folder in [*folders, *folders[: turn + 1]]:
                history.add(folder)
                if turn:
                    history.overview("flaml")
            read = history.read("flaml")
            told = {(d.identity, d.cell, d.newer, d.older) for d in read.disagreements}
            said.append((repr(read.overview), told))
            random.shuffle(folders)
        assert said[0] == said[1]


letters = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=8)
INNER = [
    "",
    "<failure message='no'>text &amp; more</failure>",
    "<error/>",
    "<skipped message='why'/>",
    "<system-out>noise <![CDATA[<failure/>]]></system-out>",
    "<system-out>x</system-out><failure>late</failure>",
    "<properties><property name='metric:auc' value='0.5'/></properties>",
    "<properties><property name='owner' value='me'/></properties>",
    "<rerunFailure message='once'><stackTrace>s</stackTrace></rerunFailure>",
    "<flakyFailure message='again'/>",
    "<unknown><failure/></unknown>",
]
cases = st.builds(
    lambda name, group, rest, inner: (
        f"<testcase name={quoteattr(name)} classname={quoteattr(group)} {rest}>{inner}</testcase>"
    ),
    letters,
    letters,
    st.sampled_from(["", "time='1.5'", "time='x'", "status='notrun'", "status='failed'"]),
    st.sampled_from(INNER),
)
suites = st.recursive(
    st.lists(cases, max_size=3).map("".join),
    lambda inner: st.builds(
        lambda name, counts, body: f"<testsuite name={quoteattr(name)} {counts}>{body}</testsuite>",
        letters,
        st.sampled_from(["", "tests='2' failures='1'", "errors='3'"]),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=4,
)


@given(suites)
def test_both_readers_of_junit_agree(body):
    """Streamed or as a tree, a file has the same rows with the same executions."""
    data = f"<testsuites><testsuite name='s'>{body}</testsuite></testsuites>".encode()
    path = Path("x.xml")
    assert _rows(path, _streamed(path, data)) == _rows(path, _tree(path, data))
