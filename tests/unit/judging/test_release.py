"""What the cells of a build show together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist

import pytest

from qualify.core.baseline import Repeats
from qualify.core.budget import ErrorBudget
from qualify.core.plan import Cell
from qualify.core.verdict import FailureEvidence, Finding, MetricEvidence, Status, Verdict
from qualify.judging.identity import fit
from qualify.judging.release import at_other_shares, discoveries, findings, ratchet
from tests.fakes import cell

CELLS = 60
LEVELS = ErrorBudget().levels(CELLS, CELLS)
M = 50
FITS = fit([], {})


def places(n: int, shift: float, stream: str) -> tuple[int, ...]:
    """Places of `n` candidates N(shift, 1) among the quantiles of a standard normal."""
    rng = random.Random(f"{n} {shift} {stream}")  # noqa: S311 -- repeatable, not secret
    normal = NormalDist()
    return tuple(round(M * normal.cdf(rng.gauss(shift, 1.0))) for _ in range(n))


def shown(
    at: Sequence[int] = (),
    *,
    fresh: Sequence[int] = (),
    test: str = "ranks",
    against: str = "baseline",
    p_value: float | None = None,
    alpha: float = LEVELS.metric,
) -> MetricEvidence:
    """Evidence of candidates at these places among fifty replicates."""
    return MetricEvidence(
        "log_loss",
        "nat",
        Status.PASSED,
        "Q002",
        "shown within the margin",
        against,
        test,
        tuple(range(len(at))),
        tuple(0.3 for _ in at),
        tuple(0.3 for _ in range(M)),
        alpha=alpha,
        places=tuple(at),
        fresh=tuple(fresh),
        p_value=p_value,
    )


def counted(
    early: int = 0, troubles: tuple[int, int] = (0, 0), baseline: int = 0
) -> FailureEvidence:
    return FailureEvidence(
        early, 5, baseline, M, LEVELS.failure, 0.45, early=(early, 2), troubles=troubles
    )


def verdict(
    *metrics: MetricEvidence,
    failures: FailureEvidence | None = None,
    identical: tuple[bool, ...] = (False, False, False),
) -> Verdict:
    return Verdict(Status.PASSED, "Q002", "fine", metrics, failures=failures, identical=identical)


def grid(of, cells: int = CELLS) -> list[tuple[Cell, Verdict]]:
    return [(cell(f"c{i}"), of(i)) for i in range(cells)]


def found(judged, code: str, how=FITS) -> Finding | None:
    return next((f for f in findings(judged, LEVELS, how) if f.code == code), None)


def test_a_small_loss_in_every_cell_holds() -> None:
    """Sixty cells, each worse by 0.3 standard deviations, hold a release that none would hold."""
    pooled = found(grid(lambda i: verdict(shown(places(5, 0.3, f"{i}")))), "R001")
    assert pooled is not None
    assert pooled.weight == "hold"
    assert pooled.p_value is not None
    assert pooled.alpha == LEVELS.pooled / 2
    assert pooled.p_value <= pooled.alpha
    assert pooled.reason.startswith("over 60 canaries the candidates lie 0.")
    assert "above their baselines" in pooled.reason


@pytest.mark.parametrize("shift", [0.0, -0.3])
def test_no_common_loss_is_a_note(shift: float) -> None:
    """An unchanged build, or one that is a little better everywhere, is shown and holds nothing."""
    pooled = found(grid(lambda i: verdict(shown(places(5, shift, f"{i}")))), "R001")
    assert pooled is not None
    assert pooled.weight == "note"


def test_one_bad_cell_is_no_loss_of_all() -> None:
    """A loss of one cell is that cell's matter: the first five trainings bound its part."""
    pooled = found(
        grid(lambda i: verdict(shown(places(20, 9.0 if i == 0 else 0.0, f"{i}")))), "R001"
    )
    assert pooled is not None
    assert pooled.weight == "note"


@pytest.mark.parametrize("test", ["identity", "pairs"])
def test_cells_that_were_not_ranked_do_not_count(test: str) -> None:
    """Identical predictions, and pairs that have no places, say nothing of a common shift."""
    assert found(grid(lambda i: verdict(shown(places(5, 0.3, f"{i}"), test=test))), "R001") is None


def test_the_anchor_does_not_count_twice() -> None:
    """The common shift is against the last release alone."""
    judged = grid(lambda i: verdict(shown(places(5, 0.3, f"{i}"), against="anchor")))
    assert found(judged, "R001") is None


def test_failures_spread_thin_hold() -> None:
    """One early failure in a quarter of the cells is none that a cell's own test would see."""
    judged = grid(lambda i: verdict(failures=counted(early=int(i % 4 == 0))))
    spread = found(judged, "R002")
    assert spread is not None
    assert spread.weight == "hold"
    assert spread.alpha == LEVELS.pooled_failures
    assert spread.reason == (
        "15 of 120 first trainings of the cells failed, and 0 of 3000 of their baselines'"
    )


def test_failures_as_many_as_the_baselines_are_a_note() -> None:
    """Where the baselines fail as often, nothing is held."""
    judged = grid(lambda i: verdict(failures=counted(int(i % 10 == 0), baseline=3)))
    spread = found(judged, "R002")
    assert spread is not None
    assert spread.weight == "note"


def test_trouble_that_strikes_only_the_candidate_holds() -> None:
    """A package that eats the memory cannot hide behind the runner."""
    struck = found(grid(lambda i: verdict(failures=counted(troubles=(int(i < 12), 0)))), "R003")
    assert struck is not None
    assert struck.weight == "hold"
    assert "failed the candidate alone 12 times, and the baseline beside it alone 0 times" in (
        struck.reason
    )


def test_trouble_of_both_is_the_runners() -> None:
    """A machine that fails both alike holds nothing; without any trouble nothing is said."""
    both = found(grid(lambda i: verdict(failures=counted(troubles=(i % 2, 1 - i % 2)))), "R003")
    assert both is not None
    assert both.weight == "note"
    assert found(grid(lambda _: verdict(failures=counted())), "R003") is None


def test_a_drift_of_the_environment_is_one_note() -> None:
    """However many cells were confirmed, the change of the environment is said once."""
    judged = grid(lambda i: verdict(shown(places(5, 0, f"{i}"), fresh=places(3, 1.0, f"f{i}"))))
    drifts = [f for f in findings(judged, LEVELS, FITS) if f.code == "R004"]
    assert [f.weight for f in drifts] == ["note"]
    assert "over 60 canaries the baseline, trained again, lies" in drifts[0].reason
    same = grid(lambda i: verdict(shown(places(5, 0, f"{i}"), fresh=places(3, 0.0, f"f{i}"))))
    assert found(same, "R004") is None


def test_identity_that_does_not_fit_leaves_the_build_undecided() -> None:
    """Many single matches say that cells may have passed by chance."""
    repeats = {f"c{i}": Repeats(f"c{i}", 29, 30) for i in range(CELLS)}
    for row, weight in (((True, False, False), "undecided"), ((True, True, True), "note")):
        judged = grid(lambda _, row=row: verdict(identical=row))
        how = fit([(c.name, v.identical) for c, v in judged], repeats)
        identity = found(judged, "R005", how)
        assert identity is not None
        assert identity.weight == weight
        assert f"{sum(row) * CELLS} of {3 * CELLS} first predictions" in identity.reason


def test_without_predictions_to_compare_nothing_is_said_of_identity() -> None:
    """Cells that were trained side by side have no stored predictions."""
    assert found(grid(lambda _: verdict(identical=())), "R005") is None


def history(releases: int, lost: float) -> list[dict[str, MetricEvidence]]:
    """Releases that each lose so much more against the same anchor, in two tests."""
    return [
        {
            name: shown(places(6, lost * (r + 1), f"{name}{r}"), against="anchor")
            for name in ("quality/wine log_loss", "quality/iris log_loss")
        }
        for r in range(releases)
    ]


def test_a_creeping_loss_is_caught_by_its_sum() -> None:
    """A tenth of a standard deviation lost per release adds up against a fixed anchor."""
    caught = ratchet(history(20, 0.1), LEVELS)
    assert {f.code for f in caught} == {"R006"}
    assert caught[0].weight == "hold"
    assert "standard deviations since the anchor, over 20 builds" in caught[0].reason
    assert caught[0].alpha == LEVELS.pooled / 2 / 2


def test_an_unchanged_history_is_not_called_a_ratchet() -> None:
    """Releases that lose nothing never add up."""
    assert ratchet(history(20, 0.0), LEVELS) == ()


def test_a_history_of_nothing() -> None:
    """No release, a test that is new, and releases without a training are no ratchet."""
    assert ratchet([], LEVELS) == ()
    assert ratchet([{}, {"new": shown()}], LEVELS) == ()


def test_a_loss_that_was_mended_is_forgiven() -> None:
    """A chart that has come down again holds nothing."""
    back = history(10, 0.3) + history(12, -0.5)
    assert ratchet(back, LEVELS) == ()


def test_another_anchor_begins_another_chart() -> None:
    """Releases that were ranked among another number of replicates do not count."""
    before = [
        {k: replace(m, baseline=m.baseline[:30]) for k, m in release.items()}
        for release in history(20, 0.1)
    ]
    assert ratchet([*before, *history(1, 0.0)], LEVELS) == ()


def test_views_of_false_discoveries_name_cells() -> None:
    """Two procedures name the cells whose evidence stands out; without evidence there is none."""
    judged = grid(lambda i: verdict(shown((1,), p_value=1e-6 if i < 2 else 0.5)))
    named = discoveries(judged, 0.05)
    assert set(named) == {"Benjamini-Hochberg", "e-BH"}
    assert named["Benjamini-Hochberg"] == (cell("c0").id, cell("c1").id)
    assert set(named["e-BH"]) <= set(named["Benjamini-Hochberg"])
    assert discoveries(grid(lambda _: verdict()), 0.05) == {}


def test_cells_at_another_share_are_named() -> None:
    """A cell that was judged when the grid had another number of tests is found by its share."""
    judged = grid(lambda i: verdict(shown((1,), alpha=LEVELS.metric * (2 if i == 7 else 1))))
    assert at_other_shares(judged, LEVELS) == (cell("c7").id,)
    spread = grid(lambda _: verdict(shown((1,), test="spread", alpha=LEVELS.spread)))
    assert at_other_shares(spread, LEVELS) == ()


def test_the_findings_of_an_empty_grid() -> None:
    """A build without a judged canary shows nothing together."""
    assert findings([], LEVELS, FITS) == ()
