"""The benchmark of the rules: its noises, its peers, and the engine's rule on many cells."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest
from scipy import stats

from benchmarks import _report, verdict_rules
from benchmarks.rules import experiments, goals, noises, ours, peers, releases, sequential
from benchmarks.rules.contest import compete
from benchmarks.rules.entrants import OURS, OURS_PAIRS, Rule
from benchmarks.rules.fixed import fixed_baseline, welch_power, welch_trainings, z_trainings
from benchmarks.rules.noises import GAUSSIAN, SIMULATED, resampled
from benchmarks.rules.ours import calibrated
from benchmarks.rules.report import Report
from benchmarks.rules.spending import Spending, levels, obrien_fleming, pocock
from benchmarks.rules.streams import CELLS, Setting, draw, fresh, outcome
from qualify.stats.limits import EFFECTS
from qualify.stats.rank_sprt import OPEN, PASSED, REGRESSED, evidence_paths, readings
from qualify.stats.ranks import places
from qualify.stats.rates import Count

TIED = SIMULATED[-1]
LAX = 0.01  # a level that rejects often enough to be looked at in a few cells


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("noise", SIMULATED, ids=lambda noise: noise.name)
def test_noises_are_standardised(noise: noises.Noise) -> None:
    """Every noise has mean 0 and standard deviation 1."""
    values = noise.placed(noise.draw(rng(), 20_000, 40), np.zeros((20_000, 1)))
    assert values.mean() == pytest.approx(0.0, abs=0.01)
    assert values.std() == pytest.approx(1.0, abs=0.05)


def test_tied_noise_has_nine_values_wherever_it_is_moved() -> None:
    """Ties survive an offset: the values are rounded after they are moved."""
    latent = TIED.draw(rng(), 500, 40)
    for location in (0.0, 0.2, 1.0):
        assert len(np.unique(TIED.placed(latent, np.array(location)))) in (9, 10)
    assert len(np.unique(TIED.placed(latent, np.array(0.0)))) == 9


def test_recorded_trainings_are_drawn_without_replacement() -> None:
    """A cell's baseline and candidates are different trainings of one release and canary."""
    table = np.arange(24.0).reshape(2, 12)
    rows = resampled("recorded", table).draw(rng(), 50, 12)
    for row in rows:
        assert sorted(row) in (sorted(table[0]), sorted(table[1]))
    with pytest.raises(ValueError, match="12 were recorded"):
        resampled("recorded", table).draw(rng(), 1, 13)


def test_an_offset_is_common_to_a_release_and_to_its_fresh_pairs() -> None:
    """The environment moves candidates and fresh baselines alike, and stored ones not at all."""
    streams = draw(rng(), Setting(GAUSSIAN, offset=5.0), releases=2)
    assert len(np.unique(streams.offsets)) == 2
    pairs = fresh(rng(), streams, np.array([0, CELLS]), 60)
    assert pairs.baseline.mean(axis=1) == pytest.approx(streams.offsets[[0, CELLS]], abs=0.6)
    assert streams.candidate.mean(axis=1)[:CELLS].mean() == pytest.approx(
        streams.offsets[0], abs=0.1
    )
    assert abs(streams.baseline.mean()) < 0.05


def test_the_first_answer_counts_and_a_pass_wins_a_tie() -> None:
    """An outcome is the first look that decides; without one the cell stays open at the cap."""
    regressed = np.array([[0, 1, 0, 1], [1, 0, 0, 0]], dtype=bool)
    passed = np.array([[0, 0, 0, 1], [0, 1, 0, 0]], dtype=bool)
    found = outcome(regressed, passed, np.array([5, 10]))
    assert list(found.status) == [REGRESSED, REGRESSED, OPEN, PASSED]
    assert list(found.trainings) == [10, 5, 10, 5]


@pytest.mark.parametrize("margin", [None, 0.9])
def test_many_cells_are_judged_as_each_alone(margin: float | None) -> None:
    """The vectorised rank test is the engine's: places, evidence and readings of every cell."""
    streams = draw(rng(), Setting(TIED, shift=0.8), releases=1)
    engine = ours.Engine(alpha=LAX, margin=margin)
    found = engine.judge(streams, rng())
    assert {PASSED, REGRESSED} <= set(found.status)
    for cell in range(0, CELLS, 10):
        baseline, scale = streams.baseline[cell], streams.baseline[cell].std(ddof=1)
        wanted = scale if margin is None else margin
        effect = max(one for one in EFFECTS if one <= wanted / scale + 1e-9)
        where = places(
            streams.candidate[cell] - (wanted - effect * scale),
            baseline,
            streams.ties[cell],
            streams.baseline_ties[cell],
        )
        design = calibrated(50, 30, effect, LAX, ours.BETA)
        status, at = readings(evidence_paths(where, 50, effect), design)
        assert (found.status[cell], found.trainings[cell]) == (status, at)


def test_a_margin_below_all_that_is_calibrated_is_not_trained_for() -> None:
    """A cell that can show nothing stays open at no cost."""
    found = ours.Engine(margin=0.1).judge(draw(rng(), Setting(GAUSSIAN), 1), rng())
    assert set(found.status) == {OPEN}
    assert set(found.trainings) == {0}


def test_fresh_pairs_take_back_what_the_environment_did_and_keep_what_is_real() -> None:
    """An offset's rejections pass or stay open; a loss beyond the margin is confirmed."""
    offset = draw(rng(), Setting(GAUSSIAN, offset=4.0), 2)
    unconfirmed = ours.Engine(alpha=LAX).judge(offset, rng())
    confirmed = ours.Engine(alpha=LAX, confirm=ours.Confirming(LAX)).judge(offset, rng())
    assert (unconfirmed.status == REGRESSED).mean() > 0.4
    assert (confirmed.status == REGRESSED).mean() < 0.02
    real = draw(rng(), Setting(GAUSSIAN, shift=3.0), 1)
    found = ours.Engine(alpha=LAX, confirm=ours.Confirming(LAX)).judge(real, rng())
    assert (found.status == REGRESSED).mean() > 0.98
    assert found.confirming.min() >= 2 * 7  # fewer signs cannot reach the level


def test_paired_seeds_find_losses_sooner() -> None:
    """The dual rule gains where seeds are correlated."""
    setting = Setting(GAUSSIAN, m=50, cap=30, shift=1.0, correlation=0.9)
    streams = draw(rng(), setting, 2)
    alone = ours.Engine(alpha=0.002).judge(streams, rng())
    dual = ours.Engine(alpha=0.002, dual=True).judge(streams, rng())
    assert (dual.status == REGRESSED).sum() > (alone.status == REGRESSED).sum()
    assert dual.trainings.mean() < alone.trainings.mean()


def test_welch_and_its_corrections_are_scipys() -> None:
    """One-sided p-values and discoveries agree with the library's, cell by cell."""
    streams = draw(rng(), Setting(GAUSSIAN, shift=0.7), 1)
    known = stats.ttest_ind(
        streams.candidate[:, :10], streams.baseline, axis=1, equal_var=False, alternative="greater"
    ).pvalue
    p = peers.welch_p(streams, 10)
    assert p == pytest.approx(known)
    adjusted = stats.false_discovery_control(p)
    found = peers.welch_bh(streams, 10, 0.05, rng())
    assert list(found.status == REGRESSED) == list(adjusted <= 0.05)


def test_one_bad_cell_is_corrected_for_its_release() -> None:
    """Among unchanged cells a shifted one is held to a discovery's threshold."""
    others = draw(rng(), Setting(GAUSSIAN), 2)
    streams = draw(rng(), Setting(GAUSSIAN, shift=1.0), 1, others)
    raw = peers.welch(streams, 10, 0.05).status == REGRESSED
    corrected = peers.welch_bh(streams, 10, 0.05, rng()).status == REGRESSED
    strict = peers.welch(streams, 10, 0.05 / CELLS).status == REGRESSED
    assert strict.sum() <= corrected.sum() < raw.sum()


def test_the_reference_check_is_students_t_of_trimmed_runs() -> None:
    """MLPerf's rule gives the p-value of scipy's t from the trimmed reference's statistics."""
    streams = draw(rng(), Setting(GAUSSIAN, m=20), 1)
    found = peers.reference_convergence(streams)
    for cell in range(20):
        submitted = np.sort(streams.candidate[cell, :5])[1:-1]
        reference = np.sort(streams.baseline[cell])[1:-1]
        summary = (reference.mean(), reference.std(), 18, submitted.mean(), reference.std(), 3)
        two_sided = stats.ttest_ind_from_stats(*summary)
        worse = two_sided.statistic < 0 and two_sided.pvalue / 2 <= 0.05
        assert (found.status[cell] == REGRESSED) == worse


def test_energy_splits_find_a_step() -> None:
    """The split of E-divisive is where the series steps, and Otava's rule finds it."""
    series = rng().standard_normal((4, 40)) + 6.0 * (np.arange(40) >= 25)
    assert list(peers.energy_splits(series)) == [25] * 4
    streams = draw(rng(), Setting(GAUSSIAN, shift=4.0), 1)
    assert (peers.otava(streams).status == REGRESSED).mean() > 0.9


def test_retries_stop_at_the_first_pass() -> None:
    """Rerunning until green forgives all but three bad runs in a row."""
    found = peers.rerun_until_pass(draw(rng(), Setting(GAUSSIAN, shift=9.0), 1))
    assert set(found.status) == {REGRESSED}
    assert set(found.trainings) == {3}
    assert peers.rerun_until_pass(draw(rng(), Setting(GAUSSIAN), 1)).trainings.mean() < 1.1


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        (obrien_fleming, [4.877, 3.357, 2.680, 2.290, 2.031]),
        (pocock, [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_spending_gives_the_published_bounds(spending: Spending, published: list[float]) -> None:
    """Five equal looks at a one-sided 2.5%: the bounds of Lan & DeMets's functions."""
    found = levels((0.2, 0.4, 0.6, 0.8, 1.0), 0.025, spending)
    assert stats.norm.isf(found) == pytest.approx(published, abs=2e-3)


@pytest.mark.parametrize("spending", [obrien_fleming, pocock])
def test_group_sequential_peers_keep_their_errors_on_gaussian_noise(
    spending: Spending,
) -> None:
    """Neither spending exceeds its errors: passing early only makes false alarms rarer."""
    unchanged = draw(rng(), Setting(GAUSSIAN, m=200), 15)
    false = sequential.group_sequential(unchanged, 0.05, 0.05, spending).status == REGRESSED
    assert false.mean() <= 0.06
    edge = draw(rng(), Setting(GAUSSIAN, m=200, shift=1.0), 15)
    passed = sequential.group_sequential(edge, 0.05, 0.05, spending).status == PASSED
    assert 0.0 < passed.mean() <= 0.06


def test_the_paired_peer_and_the_e_process_keep_their_levels() -> None:
    """Neither rejects unchanged Gaussian cells more often than its level says."""
    streams = draw(rng(), Setting(GAUSSIAN), 15)
    assert (sequential.paired(streams, 0.05, 0.05).status == REGRESSED).mean() < 0.06
    found = sequential.e_process(streams, 0.05)
    assert (found.status == REGRESSED).mean() < 0.05
    assert PASSED not in found.status


def test_the_fixed_size_has_the_power_by_simulation() -> None:
    """The size that the formula gives has, simulated, the power that was asked for."""
    n = welch_trainings(50, 1.0, LAX, 0.9)
    assert welch_power(n - 1, 50, 1.0, LAX) < 0.9 <= welch_power(n, 50, 1.0, LAX)
    streams = draw(rng(), Setting(GAUSSIAN, cap=n, shift=1.0), 25)
    power = (peers.welch(streams, n, LAX).status == REGRESSED).mean()
    assert power == pytest.approx(welch_power(n, 50, 1.0, LAX), abs=0.015)


def test_no_size_makes_up_for_a_small_baseline() -> None:
    """Below the floor of the baseline the formula refuses."""
    assert fixed_baseline(1.0, 1.5e-4, 0.95) == pytest.approx(27.7, abs=0.1)
    assert z_trainings(20, 1.0, 1.5e-4, 0.95) == np.inf
    assert 27.7 < z_trainings(200, 1.0, 1.5e-4, 0.95) < welch_trainings(200, 1.0, 1.5e-4, 0.95)
    with pytest.raises(ValueError, match="baseline of 20"):
        welch_trainings(20, 1.0, 1.5e-4, 0.95)


def replayed(*, same: bool) -> releases.Pool:
    """Two arms of 100 seeds that predict the same or not."""
    losses = rng().standard_normal((2, 100))
    return releases.Pool(losses[0], losses[0 if same else 1], np.full(100, same))


def test_identical_predictions_pass_after_two_trainings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An untouched cell costs two trainings, a touched one what the rank test needs."""
    monkeypatch.setattr(releases, "untouched", lambda _: [replayed(same=True)])
    monkeypatch.setattr(releases, "touched", lambda _: [replayed(same=False)])
    monkeypatch.setattr(releases, "Engine", partial(ours.Engine, alpha=LAX))
    costs = releases.replay_releases(rng(), [], releases=5)
    assert costs.untouched_identity == 1.0
    assert costs.passed_by_identity == 0.0
    assert np.all(costs.trainings > 2 * CELLS)
    assert costs.trainings.mean() < 2 * 0.85 * CELLS + 15 * 0.15 * CELLS


def test_results_count_cells_and_releases() -> None:
    """A result's shares, means and bounds are those of the outcomes."""
    always = Rule("always red", lambda s, _: peers.at_once(s.candidate[:, 0] > -np.inf, 7))
    (one,) = compete(rng(), Setting(GAUSSIAN), [(always, 10)])
    assert (one.regressed, one.passed, one.inconclusive) == (1.0, 0.0, 0.0)
    assert (one.releases, one.red_releases, one.red_bound) == (10, 10, 1.0)
    assert (one.trainings, one.trainings_bound, one.cells) == (7.0, 7.0, 10 * CELLS)


def test_every_promised_setting_is_among_the_experiments() -> None:
    """Each noise, offset, shift, baseline and cap of the goals is judged by ours."""
    planned = list(experiments.experiments(experiments.QUICK, SIMULATED))
    judged = {
        (s.noise.name, s.m, s.cap, s.shift, s.offset)
        for s, entries in planned
        for rule, _ in entries
        if rule in (OURS, OURS_PAIRS)
    }
    for noise in SIMULATED:
        assert {(noise.name, 50, 30, 0.0, offset) for offset in (0.0, 0.2)} <= judged
        assert {(noise.name, 50, 30, shift, 0.0) for shift in (0.5, 1.0, 1.5, 2.0, 4.0)} <= judged
    assert {("Gaussian", m, cap, 1.0, 0.0) for m in (20, 50, 200) for cap in (30, 60)} <= judged


def test_goals_are_met_by_their_bounds() -> None:
    """A rate that is only by luck below its limit does not meet the goal."""
    assert _report.at_most("a", Count(0, 100), 0.05).met
    assert not _report.at_most("a", Count(4, 100), 0.05).met
    assert _report.at_least("a", Count(99, 100), 0.9).met
    assert not _report.at_least("a", Count(91, 100), 0.9).met
    assert _report.mean_at_most("a", np.array([1.0, 2.0]), 3.0).met


@pytest.mark.parametrize("arguments", [["--json"], ["--quick"]])
def test_goals_are_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Any benchmark's goals come as JSON or as a table, and a missed one is said to be missed."""
    missed = [_report.at_most("false alarms", Count(9, 100), 0.05)]
    _report.main("title", lambda _: missed, arguments)
    printed = capsys.readouterr().out
    assert "false alarms" in printed
    if arguments == ["--json"]:
        (goal,) = json.loads(printed)["goals"]
        assert set(goal) == {"name", "goal", "value", "bound", "met"}
        assert goal["met"] is False
    else:
        assert "missed" in printed


def test_failures_at_thirty_points_never_end_flaky() -> None:
    """The exact goals of the failures' test are computed, and no simulated cell is flaky."""
    passed, ratio, flaky = goals.failure_goals()
    assert 0.0 < passed.value <= 0.05
    assert 1.0 <= ratio.value <= 1.2
    assert (flaky.value, flaky.met) == (0.0, True)


@pytest.fixture
def report() -> Report:
    """A report of few cells, at a lax level."""
    entries = [(Rule("ours", ours.Engine(alpha=LAX).judge), 10)]
    results = experiments.Results(compete(rng(), Setting(GAUSSIAN), entries))
    missed = _report.at_most("false alarms", Count(9, 100), 0.05)
    return Report([missed], results, {"alpha of a cell": LAX})


@pytest.mark.parametrize("machine", [True, False])
def test_a_report_is_printed_and_written(
    machine: bool, report: Report, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Goals and rules come as tables or as JSON, and a missed goal is said to be missed."""
    verdict_rules.show(report, machine=machine, out=tmp_path / "rules.json")
    printed = capsys.readouterr().out
    written = json.loads((tmp_path / "rules.json").read_text())
    assert written["goals"][0]["met"] is False
    assert written["rules"][0]["rule"] == "ours"
    assert "false alarms" in printed
    assert json.loads(printed) == written if machine else "missed" in printed
