import json
import math

import plotly.graph_objects as go
import pytest

from dashboards import view
from dashboards.effect import effects
from dashboards.history import BUILDS, history
from dashboards.lanes import lanes
from dashboards.share import shares
from dashboards.style import TEMPLATE
from dashboards.view import View, views
from qualify.rendering.shown import drawn
from tests.atlases import ROW, atlas, long_atlas

FIGURES = {
    "history": lambda: history(long_atlas(), ROW, "B0039"),
    "effects": lambda: effects(atlas(), atlas().columns[0]),
    "lanes": lambda: lanes(long_atlas(lanes=3), long_atlas(lanes=3).overview.rows),
    "shares": lambda: shares([atlas().overview, long_atlas().overview]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_knows_everything_that_a_view_says(name):
    """Every figure passes the validation of the plotting library, and is strict JSON."""
    (figure,) = FIGURES[name]()
    go.Figure({**figure, "layout": {**figure["layout"], "template": TEMPLATE}})
    assert json.dumps(figure, allow_nan=False)


def test_views_are_found_by_place():
    """A module with a VIEW takes part where the view says it belongs."""
    assert [one.title for one in views("row")] == ["History"]
    assert [one.title for one in views("build")] == ["Effects"]


def test_a_view_that_fails_says_so(monkeypatch):
    """An error in a team's own view stands where its figure would be, and the rest is drawn."""

    def broken(*_):
        yield {"layout": {}}
        raise ValueError("no such column")

    known = (View("Odd", "row", broken), View("Fine", "row", lambda *_: [{}]))
    monkeypatch.setattr(view, "_all", lambda: known)
    odd, words, fine = drawn("row", "of this", atlas())
    assert (odd["kind"], fine["kind"]) == ("plot", "plot")
    assert words["text"] == "This view failed: ValueError('no such column')"
    assert fine["label"] == "Fine: of this"


def test_a_history_runs_from_old_to_new_with_its_step():
    """The means stand oldest first, over them the levels, below them who made the step."""
    (figure,) = history(long_atlas(), ROW)
    by_name = {trace["name"]: trace for trace in figure["data"]}
    assert (by_name["mean"]["y"][0], by_name["mean"]["y"][-1]) == (0.31, 0.36)
    assert by_name["level"]["x"] == [0, 29.5, None, 29.5, 39, None]
    assert by_name["came with this build"]["x"] == [30, 29, 31]
    assert by_name["red"]["x"] == [39]
    (shade,) = figure["layout"]["shapes"]
    assert (shade["x0"], shade["x1"]) == (28.5, 31.5)


def test_a_long_history_shows_the_builds_around_the_one_looked_at():
    """Of thousands of builds the figure has the newest, or those around an older one."""
    whole = long_atlas(1000, 990)
    (newest,) = history(whole, ROW)
    assert newest["data"][0]["text"][-1].startswith("B0999")
    (older,) = history(whole, ROW, "B0500")
    told = older["data"][0]["text"]
    assert len(told) == BUILDS
    assert any(words.startswith("B0500") for words in told)
    marked = next(t for t in older["data"] if t["name"] == "this build")
    assert told[marked["x"][0]].startswith("B0500")


def test_a_row_without_values_has_no_history_to_draw():
    """A check without metrics gives no figure."""
    whole = atlas()
    assert list(history(whole, whole.overview.rows[0])) == []


def test_effects_stand_in_margins_the_worst_on_top():
    """A loss of one margin lies at 1 whatever its unit."""
    column = atlas().columns[0]
    (figure,) = effects(atlas(), column)
    points = figure["data"][-1]
    assert points["x"] == sorted(points["x"], reverse=True)
    worst = column.squares["quality/breast_cancer@py311-cpu-locked"].verdict.metrics[0]
    assert math.isclose(points["x"][0], worst.effect / worst.threshold, rel_tol=1e-3)
    assert list(effects(atlas(), atlas().columns[1])) == []


def test_names_in_views_are_no_markup():
    """Tags in the names of builds and cells are shown, not followed."""
    whole = long_atlas(3, 1)
    tag = "<a href='http://x'>y</a>"
    heads = [type(head)(tag, tag, head.time, "ship") for head in whole.overview.builds]
    odd = type(whole)(
        type(whole.overview)(tag, tuple(heads), *list(vars(whole.overview).values())[2:])
    )
    for figure in (*history(odd, ROW), *lanes(odd, odd.overview.rows), *shares([odd.overview])):
        assert "<a" not in json.dumps(figure)
