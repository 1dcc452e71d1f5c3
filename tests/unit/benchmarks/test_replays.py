"""The recorded trainings are whole, and the reader gives them back as they were trained."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import describe_trainings, replays
from benchmarks._recording import Asked, Recording, row_of
from benchmarks.replays import AGAIN, Replay, Row
from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Budget, Canary, Judged

CANARY = Canary("c", "wine", "multiclass", Budget(5), (Judged("log_loss", 0.1),), "benchmarks")
RECORDED = replays.replays()
CELLS = pytest.mark.parametrize("replay", RECORDED.values(), ids=lambda r: f"{r.canary}-{r.mode}")


def row(seed: int, arm: str, value: float, metric: str = "log_loss", predictions: str = "") -> Row:
    """One training of a canary that was trained in either mode."""
    scores = {} if math.isnan(value) else {metric: value}
    outcome = "ok" if scores else "error"
    return Row("c", "iterations", seed, arm, outcome, metric, scores, 0.5, predictions)


def only(rows: list[Row]) -> Replay:
    """The one replay of rows that belong together."""
    (replay,) = replays.replays(rows).values()
    return replay


@CELLS
def test_every_arm_has_every_seed(replay: Replay) -> None:
    """Each arm of each canary was trained with the same hundred seeds, and nearly all succeeded."""
    for rows in replay.arms.values():
        assert [r.seed for r in rows] == list(range(100))
        assert sum(r.outcome != "ok" for r in rows) <= 5


def test_the_recording_is_as_large_as_promised() -> None:
    """Both modes have three canaries and four releases at least, and a release trained twice."""
    for mode in replays.MODES:
        cells = [replay for (_, m), replay in RECORDED.items() if m == mode]
        assert len(cells) >= 3
        assert all(len(replay.releases) >= 4 and replay.reruns for replay in cells)


@CELLS
def test_a_release_is_identical_with_itself(replay: Replay) -> None:
    """Identity is a rate between arms: 1 with itself, the same in both directions."""
    for one, other in replay.pairs:
        assert replay.identity(one, one) == 1.0
        assert replay.identity(one, other) == replay.identity(other, one)
        same = replay.same(one, other)
        assert (replay.losses[one][same] == replay.losses[other][same]).all()


@CELLS
def test_seeds_make_a_difference(replay: Replay) -> None:
    """Seeds are replicates: each gives its own predictions."""
    for rows in replay.arms.values():
        hashes = [r.predictions for r in rows if r.predictions]
        assert len(set(hashes)) == len(hashes)


def test_touched_and_untouched_releases_are_recorded() -> None:
    """By iterations, some releases predict alike at every seed, others far less than a rerun."""
    found = [replay for replay in RECORDED.values() if replay.mode == "iterations"]
    assert any(replay.identity("2.2.0", "2.7.0") == 1.0 for replay in found)
    touched = [replay for replay in found if replay.identity("2.3.6", "2.6.0") < 0.3]
    assert touched
    assert all(replay.rerun_identity > 0.7 for replay in touched)


def test_losses_are_on_the_judged_scale() -> None:
    """A larger loss is worse: log loss as it is, rmse by its logarithm, accuracy with its sign."""
    assert row(0, "1", 0.25).loss == 0.25
    assert row(0, "1", 2.0, "rmse").loss == pytest.approx(math.log(2.0))
    assert row(0, "1", 0.9, "accuracy").loss == -0.9


def test_arms_are_aligned_by_seed() -> None:
    """Whatever the order of the rows, the n-th values of all arms are of one seed."""
    rows = [row(s, arm, s + shift) for s in (2, 0, 1) for arm, shift in (("a", 0.0), ("b", 0.5))]
    replay = only(rows)
    assert replay.losses["a"].tolist() == [0.0, 1.0, 2.0]
    assert (replay.losses["b"] - replay.losses["a"]).tolist() == [0.5] * 3
    assert replay.correlation("a", "b") == pytest.approx(1.0)


def test_arms_of_other_seeds_are_refused() -> None:
    """Arms that cannot be aligned are a mistake, never a silent answer."""
    with pytest.raises(ValueError, match="different seeds"):
        replays.replays([row(0, "a", 1.0), row(1, "b", 1.0)])


def test_failures_are_no_values() -> None:
    """A failed training has no loss, is identical with nothing, and counts in no rate."""
    rows = [
        row(seed, arm, value, predictions=predictions)
        for seed, value, predictions in ((0, 1.0, "ab"), (1, math.nan, ""))
        for arm in ("a", "b")
    ]
    replay = only(rows)
    assert np.isnan(replay.losses["a"]).tolist() == [False, True]
    assert replay.trained("a", "b").tolist() == [True, False]
    assert replay.same("a", "b").tolist() == [True, False]
    assert replay.identity("a", "b") == 1.0


def test_the_rerun_identity_is_of_the_release_and_its_rerun() -> None:
    """The A/A rate counts the seeds at which a release repeats itself, and no other release."""
    hashes = {"1": "xy", f"1{AGAIN}": "xz", "2": "pq"}
    rows = [
        row(s, arm, 1.0, predictions=word[s] * 16) for arm, word in hashes.items() for s in (0, 1)
    ]
    replay = only(rows)
    assert replay.reruns == [("1", f"1{AGAIN}")]
    assert replay.rerun_identity == 0.5
    assert replay.releases == ["1", "2"]


def test_rows_survive_the_file(tmp_path: Path) -> None:
    """What is written is read back; a last line that an interruption cut is left out."""
    path = tmp_path / "rows.csv"
    rows = [row(0, "a", 0.125, predictions="ab"), row(1, "a", math.nan)]
    path.write_text(replays.lines(rows) + "c,iterations,2,a,o")
    assert replays.read(path) == [rows[0], replace(rows[1], cpu_s=0.5)]


def test_an_interrupted_recording_resumes(tmp_path: Path) -> None:
    """Rows that are there already are kept; those that are not asked for stay in the file only."""
    asked = Asked(("a", "b"), (("iterations", CANARY),), seeds=2)
    Recording(tmp_path / "rows.csv", asked).add(row(1, "b", 0.5))
    fewer = replace(asked, arms=("a",))
    assert [r.seed for r in Recording(tmp_path / "rows.csv", asked).rows.values()] == [1]
    assert not Recording(tmp_path / "rows.csv", fewer).rows
    assert len(replays.read(tmp_path / "rows.csv")) == 1


def test_arms_take_turns() -> None:
    """Every seed trains every arm once, and the next seed begins with another arm."""
    asked = Asked(("a", "b", "c"), (("seconds", CANARY),), seeds=3)
    turns = [turn.arm for turn in asked.turns()]
    assert turns == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]


def test_a_row_keeps_what_is_replayed() -> None:
    """An attempt's scores become a row; of a failed one remains how it failed."""
    asked = Asked(("a",), (("iterations", CANARY),), seeds=1)
    (turn,) = asked.turns()
    passed = Attempt("c", "candidate", 0, 1, "", Outcome.OK, "", "ab" * 32, {"log_loss": 0.25})
    assert row_of(turn, passed).loss == 0.25
    assert row_of(turn, passed).predictions == "ab" * 8
    failed = replace(passed, outcome=Outcome.CRASHED, metrics={}, predictions=None)
    assert row_of(turn, failed).outcome == "crashed"
    assert math.isnan(row_of(turn, failed).loss)


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_the_recording_is_described(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Identity, correlation and the shape of the noise come as JSON or as tables."""
    describe_trainings.main(arguments)
    printed = capsys.readouterr().out
    if arguments:
        found = json.loads(printed)
        assert len(found) == len(RECORDED)
        assert {"rerun_identity", "skewness", "kurtosis", "pairs"} <= set(found[0])
    else:
        assert "Identical predictions" in printed
