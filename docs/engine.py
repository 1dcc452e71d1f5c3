"""The tables of `statistics.md` that the engine itself has: shares of the budget, limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from docs.markdown import table
from qualify.core.budget import ErrorBudget
from qualify.core.canary import CAPS, PAIRS
from qualify.judging import confirmation, question, repeated
from qualify.judging import identity as repeating
from qualify.judging.release import CONFIDENT
from qualify.stats import bernoulli, cusum, pooled, rank_sprt, signed_ranks, spread
from qualify.stats.identity import HARMLESS, false_pass
from qualify.stats.limits import BASELINES, EFFECTS
from qualify.stats.planning import calibrated

K = 200
"""The tests of metrics of the example: one metric in each of so many canaries."""
CHECKS = 300
USUAL_M, USUAL_CAP = 50, 30
_RATES = (0.001, 0.01, 0.03, 0.1, 0.3)
_LOOKS = (1, 2, 3, 5, 7, 9, 12, 15, 20, 30)
_COUNTS = (0, 1, 5)


def budget() -> str:
    """The level of each test, where 200 metrics of 200 canaries gate, and 300 checks."""
    whole = ErrorBudget()
    levels = whole.levels(K, K, CHECKS)
    together, ratchet = levels.pooled / 2.0, levels.pooled / 2.0 / K
    rows: tuple[tuple[str, str, int, float], ...] = (
        ("a metric's ranks or pairs", "Q002, Q005", K, levels.metric),
        ("a metric's spread", "Q006", K, levels.spread),
        ("a failure that repeats", "C003, Q101, Q102", K + CHECKS, levels.repeat),
        ("how often a canary fails", "Q103", K, levels.failure),
        ("failures spread over the cells", "R002", 1, levels.pooled_failures),
        ("the runner's troubles", "R003", 1, levels.infra),
        ("a loss spread over the cells", "R001", 1, together),
        ("the ratchet since the anchor", "R006", K, ratchet),
    )
    spent = ((*row, f"{row[2] * row[3] / whole.alpha:.0%}") for row in rows)
    told = ((name, code, n, f"{level:.2g}", part) for name, code, n, level, part in spent)
    return table(("test", "code", "tests", "level of each", "part of α"), told)


def limits() -> str:
    """The limits of the rank test at one standard deviation, where 200 metrics gate."""
    return table(("m", "cap", "level used", "regressed from", "passed from"), _limits())


def _limits() -> Iterator[tuple[str, ...]]:
    levels = ErrorBudget().levels(K, K)
    for m in BASELINES:
        for cap in CAPS:
            test = calibrated(m, cap, 1.0, levels.metric, levels.beta - false_pass(HARMLESS))
            ends = f"{test.reject:.2f}", f"{test.accept:.2f}".replace("-", "−")
            yield (str(m), str(cap), f"{test.alpha:g}", *ends)


def identity() -> str:
    """How often a build that changed a path passes by identical predictions all the same."""
    rates = sorted({*_RATES, HARMLESS})
    return table(
        ("a changed path matches in", "two of the first three match in"),
        ((f"{rate:.1%}", f"{false_pass(rate):.2g}") for rate in rates),
    )


def failures() -> str:
    """The exact limits of the test of failures for a baseline of fifty, where 200 cells gate."""
    levels = ErrorBudget().levels(K, K)
    test = bernoulli.limits(USUAL_M, USUAL_CAP, levels.failure, levels.beta)
    head = ("trainings", *(f"{f} of {USUAL_M} in the baseline" for f in _COUNTS))
    return table(head, ((str(n), *(_counts(test, n, f) for f in _COUNTS)) for n in _LOOKS))


def _counts(test: bernoulli.Limits, n: int, f: int) -> str:
    """What so many failures say: passed up to the one number, failed from the other."""
    fail, clear = int(test.boundaries.fail[f, n]), int(test.boundaries.clear[f, n])
    passed = f"passed: {'0' if clear == 0 else f'0 to {clear}'}" if clear >= 0 else ""
    failed = f"failed: {fail} or more" if fail <= n else ""
    return "; ".join(one for one in (passed, failed) if one) or "open"


def constants() -> str:
    """The numbers that the rules are made of."""
    rows: tuple[tuple[str, object], ...] = (
        ("caps", _listed(CAPS)),
        ("replicates that have limits", _listed(BASELINES)),
        ("design effects that have limits, in standard deviations", _listed(EFFECTS)),
        ("effects on the rejecting side, in design effects", _listed(rank_sprt.EFFECTS)),
        ("their weights", _listed(rank_sprt.WEIGHTS)),
        ("effects of pairs, in standard deviations of a difference", _listed(signed_ranks.SHIFTS)),
        ("ratios of the spread", _listed(spread.RATIOS)),
        ("confirmation: level of worse, of within; most pairs", _listed(_CONFIRMING)),
        ("correlation from which seeds are paired", question.LEAST_CORRELATION),
        ("matches of a changed path, where no record says more", HARMLESS),
        ("level of disbelieving matches", repeating.LEVEL),
        ("failures: the rise that passing excludes", bernoulli.MARGIN),
        ("seeds of a canary that are tried in turns", repeated.SUSPECTS),
        ("shift of all cells: trainings of a cell; fewest canaries", _listed(_POOLING)),
        ("level of a changed environment", CONFIDENT),
        ("the anchor: builds of a chart; allowance", _listed(_CHART)),
    )
    return table(("constant", "value"), rows)


_CONFIRMING = (confirmation.LEVEL, confirmation.PASSING, PAIRS)
_POOLING = (pooled.FIRST, pooled.LEAST_GROUPS)
_CHART = (cusum.HORIZON, cusum.ALLOWANCE)


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


TABLES: Mapping[str, Callable[[], str]] = {
    "budget": budget,
    "limits": limits,
    "identity": identity,
    "failures": failures,
    "constants": constants,
}
"""Every table by its name."""
