import dataclasses
import math
from array import array

from qualify.core.atlas import Atlas
from qualify.core.changes import ChangePoint
from qualify.core.overview import CODES, BuildHead
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.rendering.board import WORST, costs, environments, heads, words
from qualify.rendering.packing import dumped, quantised
from tests.factories import grid


def atlas():
    return Atlas(summed(grid()))


def shown(of):
    return heads(of, quantised(of.overview))


def test_builds_and_rows_are_columns_of_equal_length():
    """Each field of the builds and of the rows is a list in the order of the overview."""
    found = shown(atlas())
    assert found["builds"]["id"] == ["B0003", "B0002", "B0001"]
    assert found["builds"]["answer"] == ["hold", "inconclusive", "ship"]
    assert {len(column) for column in found["builds"].values()} == {3}
    assert {len(column) for column in found["rows"].values()} == {9}
    assert dumped(found)


def test_every_status_has_words_in_the_order_of_its_code():
    """The script reads a square's code as the place of its status."""
    assert list(words()) == [status.value for status in CODES]
    assert words()["not scheduled"]["style"] == "not-scheduled"


def test_every_status_has_a_rank():
    """What is red speaks for a group before what is undecided, and that before green."""
    assert sorted(WORST) == sorted(Status)
    ranks = {status: WORST.index(status) for status in Status}
    undecided = [s for s in Status if not (s.red or s.green)]
    active = [s for s in undecided if s not in (Status.SKIPPED, Status.NOT_SCHEDULED)]
    assert max(ranks[s] for s in Status if s.red) < min(ranks[s] for s in undecided)
    assert max(ranks[s] for s in active) < min(ranks[s] for s in Status if s.green)


def test_a_changed_environment_is_told():
    """A build is marked whose dependencies differ from the build's before; unknown ones do not."""
    builds = [BuildHead("B", "1", "", "ship", environment=one) for one in ("b", "a", "a", "", "c")]
    assert environments(tuple(builds)) == [True, False, False, False, False]
    assert environments(()) == []


def test_a_row_costs_what_its_builds_spend():
    """The mean of the builds that trained it at all."""
    overview = dataclasses.replace(atlas().overview, seconds=array("f", [2.0, 0.0, 4.0] * 9))
    assert list(costs(overview)) == [3.0] * 9


def test_the_newest_change_of_a_row_is_placed():
    """A change point says with which build the row changed last."""
    of = atlas()
    row = of.overview.rows[3].id
    step = ChangePoint(row, "log_loss", "B0002", (), ("", ""), 0.1, (0.0, 0.2), 1.0, 2.0, 0.9)
    changed = shown(dataclasses.replace(of, changes={row: (step,)}))["rows"]["changed"]
    assert changed == [-1, -1, -1, 1, -1, -1, -1, -1, -1]


def test_hostile_names_are_printable():
    """No control character and no colour code reaches a head."""
    of = atlas()
    row = dataclasses.replace(of.overview.rows[0], name="\x1b[31ma\u202e\x00b", owner="\n x")
    overview = dataclasses.replace(of.overview, rows=(row, *of.overview.rows[1:]))
    found = shown(dataclasses.replace(of, overview=overview))["rows"]
    assert (found["name"][0], found["owner"][0]) == ("ab", "x")


def test_an_empty_history_has_no_heads():
    """Before the first build there are no builds and no rows."""
    empty = Atlas(dataclasses.replace(atlas().overview, builds=(), rows=(), statuses=b""))
    empty = dataclasses.replace(
        empty, overview=dataclasses.replace(empty.overview, values=array("f"))
    )
    assert shown(empty)["builds"]["id"] == []
    assert math.isfinite(len(dumped(shown(empty))))
