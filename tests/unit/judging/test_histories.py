"""What a row's history says, from columns and from statuses."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from qualify.core.overview import BuildHead, Overview, Point, RowHead, overview
from qualify.core.verdict import Status
from qualify.judging.histories import changes, first_bad, judged_series, series
from qualify.stats.changepoints import MOST
from tests import factories

BUILDS = tuple(f"B{number:04}" for number in range(1, 21))
G, R, I, N = Status.PASSED, Status.REGRESSED, Status.INCONCLUSIVE, Status.NOT_SCHEDULED  # noqa: E741


def trained(shift: float, first: int = 10, level: float = 1.0) -> dict[str, dict[int, float]]:
    """Five seeds a build around a level, from one build on moved by a shift."""
    rng = np.random.default_rng(0)
    return {
        build: {
            seed: level + shift * (at >= first) + 0.01 * float(rng.standard_normal())
            for seed in range(5)
        }
        for at, build in enumerate(BUILDS)
    }


def history(*statuses: Status) -> Overview:
    """One row; statuses of builds B0001, B0002, …, the oldest first."""
    heads = [BuildHead(b, "1", "", "ship") for b in BUILDS[: len(statuses)]]
    points = {("row", h.id): Point(s) for h, s in zip(heads, statuses, strict=True)}
    return overview("flaml", heads[::-1], [RowHead("row", "quality", "row")], points)


def test_a_loss_is_positive_whichever_way_is_better():
    """A higher log loss and a lower AUC are both a shift above 0, with levels in the unit."""
    for metric, shift in (("log_loss", 0.1), ("auc", -0.1)):
        (change,) = changes(series("row", metric, BUILDS, trained(shift)))
        assert (change.row, change.metric, change.build) == ("row", metric, "B0011")
        assert change.bounds[0] < 0.1 < change.bounds[1]
        assert change.before == pytest.approx(1.0, abs=0.02)
        assert change.after == pytest.approx(1.0 + shift, abs=0.02)


def test_relative_metrics_step_in_logarithms():
    """An RMSE that doubles loses log 2, and its levels are RMSEs."""
    (change,) = changes(series("row", "rmse", BUILDS, trained(1.0)))
    assert change.shift == pytest.approx(math.log(2.0), abs=0.02)
    assert (change.before, change.after) == (
        pytest.approx(1.0, abs=0.02),
        pytest.approx(2.0, abs=0.02),
    )


def test_an_unknown_metric_is_a_loss_as_it_is():
    """A metric of somebody's own steps on its raw scale, larger is worse."""
    (change,) = changes(series("row", "surprise", BUILDS, trained(-1.0, level=-5.0)))
    assert change.shift == pytest.approx(-1.0, abs=0.03)
    assert change.after == pytest.approx(-6.0, abs=0.03)


def test_a_missing_build_is_a_suspect():
    """The build before the first bad one has no column: it may have introduced it as well."""
    values = trained(0.1)
    del values["B0010"]
    (change,) = changes(series("row", "log_loss", BUILDS, values))
    assert change.build == "B0011"
    assert change.interval == ("B0010", "B0011")
    assert dict(change.posterior)["B0010"] == pytest.approx(
        dict(change.posterior)["B0011"], rel=0.01
    )
    assert sum(p for _, p in change.posterior) == pytest.approx(change.confidence)


def test_values_off_the_scale_say_nothing():
    """A NaN, an infinity and a logarithm of nothing are no values."""
    values = {"a": {0: math.nan, 1: math.inf}, "b": {0: 0.0}, "c": {0: 2.0}}
    found = series("row", "rmse", ("a", "b", "c", "d"), values)
    assert [math.isnan(m) for m in found.mean] == [True, True, False, True]
    assert found.n == (0.0, 0.0, 1.0, 0.0)


def test_a_row_without_values_has_no_changes():
    """Nothing was ever trained: no history, no step, no failure."""
    assert changes(series("row", "auc", BUILDS, {})) == ()
    assert changes(series("row", "auc", (), {})) == ()


def test_very_long_histories_are_cut_to_the_newest():
    """Steps are looked for among the newest builds."""
    builds = [f"B{n}" for n in range(MOST + 50)]
    values = {b: {0: float(n >= 20) + float(n >= 440)} for n, b in enumerate(builds)}
    assert [c.build for c in changes(series("row", "log_loss", builds, values))] == ["B440"]


def columns(shift: float, moved: float) -> list:
    """Twelve builds, the newest first; from the seventh on another baseline, lower by `moved`."""
    made = []
    for number in range(12):
        square = factories.square(factories.cell("quality", "breast_cancer"))
        (metric,) = square.verdict.metrics
        values = tuple(v + shift * (number >= 6) for v in metric.candidate)
        baseline = tuple(v - moved * (number >= 6) for v in metric.baseline)
        judged = dataclasses.replace(metric, candidate=values, baseline=baseline)
        verdict = dataclasses.replace(square.verdict, metrics=(judged,))
        build = factories.build(f"B{number:04}", f"1.{number}", "2025-03-01")
        one = dataclasses.replace(square, verdict=verdict)
        made.append(factories.column(build, "ship", one))
    return made[::-1]


def test_a_step_is_seen_in_columns():
    """The values of a cell's candidates, whatever order the columns are shown in."""
    found = columns(0.05, 0.0)
    cell = next(iter(found[0].squares))
    (change,) = changes(judged_series(found, cell, "log_loss"))
    assert change.build == "B0006"
    assert change.shift == pytest.approx(0.05, abs=1e-3)


def test_another_baseline_is_no_step():
    """What builds are compared with may change: they are the same builds."""
    found = columns(0.0, 0.05)
    cell = next(iter(found[0].squares))
    assert changes(judged_series(found, cell, "log_loss")) == ()
    assert judged_series(found, cell, "log_loss") == judged_series(
        columns(0.0, 0.0), cell, "log_loss"
    )


def test_a_column_without_the_cell_says_nothing():
    """A build that does not know the cell, or judged another metric, is missing."""
    found = columns(0.05, 0.0)
    cell = next(iter(found[0].squares))
    assert sum(judged_series(found, "quality/none", "log_loss").n) == 0.0
    assert sum(judged_series(found, cell, "auc").n) == 0.0


def test_first_bad_is_the_oldest_red_since_the_last_green():
    """Undecided builds between green and red are suspects; those within the reds are not."""
    found = first_bad(history(G, G, I, N, R, I, R), 0)
    assert found is not None
    assert (found.row, found.good, found.build) == ("row", "B0002", "B0005")
    assert found.undecided == ("B0003", "B0004")


def test_a_row_that_is_green_again_is_not_bad():
    """A red that was mended, and a row that never was red, are no news."""
    assert first_bad(history(G, R, R, G), 0) is None
    assert first_bad(history(G, G), 0) is None
    assert first_bad(history(I, N), 0) is None


def test_an_undecided_newest_build_does_not_hide_reds():
    """The newest build that decided anything counts; running and missing ones are passed over."""
    found = first_bad(history(G, R, I, Status.RUNNING), 0)
    assert found is not None
    assert (found.good, found.build, found.undecided) == ("B0001", "B0002", ())


def test_a_row_that_was_never_green_is_bad_since_its_first_red():
    """Without a good build there is nothing to search between."""
    found = first_bad(history(N, I, R, R), 0)
    assert found is not None
    assert (found.good, found.build, found.undecided) == ("", "B0003", ())
