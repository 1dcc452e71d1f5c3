"""A time budget is a promise."""

from qualify.suite import Lab, check

SECONDS = 4.0


@check(
    owner="search",
    dataset="digits",
    task="multiclass",
    seconds=SECONDS,
    needs=("seconds",),
    practice=("Monitor 6",),
)
def test_respects_its_time_budget(lab: Lab) -> None:
    """A search by seconds does not take half as much again (CPU seconds of one thread)."""
    spent = lab.train().metrics["fit_seconds"]
    assert spent <= 1.5 * SECONDS, f"{spent:.1f} CPU seconds for a budget of {SECONDS:g}"
