"""What probes work with inside the candidate's environment."""

# ruff: noqa: ARG002 -- an adapter names what its functions are given

from __future__ import annotations

import io
import json
from types import ModuleType

import pytest

from qualify.running import bench as tools

COLUMNS = [{"name": "x", "kind": "numeric", "values": [1.0, 2.0, 3.0]}]


class Doubling:
    """An adapter whose model is the mean label, and that knows one kind of table."""

    def table(self, columns):
        return [("row", value) for value in columns[0]["values"]]

    def fit(self, table, labels, settings):
        if settings.get("refuse"):
            raise ValueError("no")
        return sum(labels) / len(labels) + settings["seed"]

    def predict(self, model, table, task):
        return [model for _ in table]


def bench(**settings):
    given = {"task": "regression", "seed": 0, **settings}
    return tools.Bench(Doubling(), COLUMNS, [1.0, 2.0, 3.0], COLUMNS, given, None)


def performed(*functions, skip=(), **settings):
    probe = ModuleType("probe")
    for function in functions:
        setattr(probe, function.__name__, function)
    out = io.StringIO()
    tools.perform(probe, bench(**settings), list(skip), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def good(bench):
    return bench.predictions


def bad(bench):
    raise KeyError("x")


def _helper(bench):
    raise AssertionError


def other(values):
    raise AssertionError


def test_experiments_are_functions_that_take_a_bench():
    """Helpers and other functions are no experiments; the order is that of definition."""
    lines = performed(good, _helper, other, bad)
    assert [line["name"] for line in lines] == ["good", "good", "bad", "bad"]


def test_an_experiment_begins_before_it_ends():
    """The first line only names it, the second says what was seen."""
    begun, ended = performed(good)
    assert begun == {"name": "good"}
    assert ended["value"] == [2.0, 2.0, 2.0]


def test_what_an_experiment_raises_is_seen():
    """The kind of the exception and its classes are kept, and the next experiment runs."""
    lines = performed(bad, good)
    assert (lines[1]["error"], lines[1]["kinds"][:2]) == ("KeyError", ["KeyError", "LookupError"])
    assert lines[3]["value"] == [2.0, 2.0, 2.0]


def test_what_was_seen_before_is_skipped():
    """Only the rest is run."""
    assert [line["name"] for line in performed(bad, good, skip=["bad"])] == ["good", "good"]


def test_a_package_that_cannot_fit_fails_the_probe():
    """No experiment begins on a model that could not be fitted."""
    with pytest.raises(ValueError, match="no"):
        performed(good, refuse=True)


def test_tables_of_other_kinds_pass_through():
    """Columns become the package's table; anything else goes to the package as it is."""
    assert bench().predict(columns=COLUMNS) == [2.0, 2.0, 2.0]
    assert bench().predict(columns=["a", "b"]) == [2.0, 2.0]


def test_settings_of_one_fit():
    """A fit takes the bench's settings, changed as told."""
    assert bench().fit(seed=5) == 7.0


def test_distances():
    """The largest difference of any number; tables of other shapes are infinitely far."""
    assert tools.distance([[0.1, 0.9]], [[0.2, 0.8]]) == pytest.approx(0.1)
    assert tools.distance([1.0], [1.0, 2.0]) == float("inf")
    assert tools.distance([], []) == 0.0


def test_shapes():
    """Rows, finiteness, and how far probabilities are from one in sum."""
    assert tools.shape([[0.5, 0.4]], "binary") == {
        "rows": 1,
        "finite": True,
        "off_one": pytest.approx(0.1),
    }
    assert not tools.shape([float("nan")], "regression")["finite"]


def test_rows_by_position():
    """Rows come in the order that is asked for."""
    assert tools.rows(COLUMNS, [2, 0])[0]["values"] == [3.0, 1.0]
