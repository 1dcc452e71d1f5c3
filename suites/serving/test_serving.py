"""What a service relies on: equal answers however it asks, in time, from a small file."""

from typing import Any

from qualify.suite import Lab, Limits, check

SERVED: dict[str, Any] = {
    "owner": "serving",
    "dataset": "wine",
    "task": "multiclass",
    "share": 0.5,
    "limits": Limits(wall_s=300.0),
}
CATEGORIES: dict[str, Any] = {
    **SERVED,
    "dataset": "categorical",
    "task": "binary",
    "needs": ("categories",),
}
GAPS: dict[str, Any] = {**SERVED, "dataset": "missing", "task": "binary", "needs": ("missing",)}
MIXED: dict[str, Any] = {**GAPS, "dataset": "mixed", "needs": ("categories", "missing", "dates")}
TEXT: dict[str, Any] = {**GAPS, "dataset": "text", "needs": ("text", "missing")}
NUMBER: dict[str, Any] = {**SERVED, "dataset": "linear", "task": "regression"}
SAME = ("Monitor 3",)
ROUNDING = 1e-6
BUDGET_MS = 8.0
LARGEST_MB, LARGEST_GROWTH = 50.0, 2.0


def same(lab: Lab, experiment: str) -> None:
    """Require the predictions of the batch, but for rounding."""
    seen = lab.observe("serving", experiment)
    assert not seen.error, f"it ended {seen.error}: {seen.message}"
    far = f"up to {seen.value:.2g}" if isinstance(seen.value, float) else "not to be compared"
    assert isinstance(seen.value, (int, float)), f"no distance but {seen.value}"
    assert seen.value <= ROUNDING, f"predictions differ by {far}"


@check(**SERVED, lanes=("*",), practice=SAME)
def test_single_rows(lab: Lab) -> None:
    """Rows predicted one by one get what they get in a batch."""
    same(lab, "single_rows")


@check(**CATEGORIES, practice=SAME)
def test_single_rows_with_categories(lab: Lab) -> None:
    """Rows with categories get alone what they get in a batch."""
    same(lab, "single_rows")


@check(**GAPS, practice=SAME)
def test_single_rows_with_gaps(lab: Lab) -> None:
    """Rows with missing numbers get alone what they get in a batch."""
    same(lab, "single_rows")


@check(**MIXED, practice=SAME)
def test_single_rows_of_all_types(lab: Lab) -> None:
    """Rows of numbers, categories and dates with gaps get alone what they get in a batch."""
    same(lab, "single_rows")


@check(**TEXT, practice=SAME)
def test_single_rows_with_text(lab: Lab) -> None:
    """Rows with text get alone what they get in a batch."""
    same(lab, "single_rows")


@check(**NUMBER, practice=SAME)
def test_single_rows_of_a_regression(lab: Lab) -> None:
    """Numbers predicted one by one are those of the batch."""
    same(lab, "single_rows")


@check(**SERVED, practice=SAME)
def test_small_batches(lab: Lab) -> None:
    """Rows get in batches of seven what they get together."""
    same(lab, "small_batches")


@check(**SERVED, practice=SAME)
def test_odd_company(lab: Lab) -> None:
    """Extreme rows in a batch change nothing for the others."""
    same(lab, "odd_company")


@check(**CATEGORIES, practice=SAME)
def test_small_batches_with_categories(lab: Lab) -> None:
    """Rows with categories get in batches of seven what they get together."""
    same(lab, "small_batches")


@check(**SERVED, practice=SAME)
def test_other_order_of_rows(lab: Lab) -> None:
    """The order of rows changes none of their predictions."""
    same(lab, "other_order")


@check(**SERVED, practice=SAME)
def test_asked_again(lab: Lab) -> None:
    """A model that was asked much gives the same rows the same predictions."""
    same(lab, "once_more")


@check(**SERVED, practice=("Infra 3", "Infra 7"))
def test_saved_and_loaded(lab: Lab) -> None:
    """A model predicts the same after it was saved and loaded."""
    same(lab, "saved")


@check(**CATEGORIES, practice=("Infra 3", "Infra 7"))
def test_saved_and_loaded_with_categories(lab: Lab) -> None:
    """A model of categories predicts the same after it was saved and loaded."""
    same(lab, "saved")


@check(**SERVED, practice=("Infra 3", "Infra 7"))
def test_loaded_in_a_fresh_process(lab: Lab) -> None:
    """A saved model predicts bit for bit the same in a process that never fitted."""
    fitted = lab.train()
    loaded = lab.train(reload=fitted)
    assert loaded.predictions == fitted.predictions, "the loaded model predicts otherwise"


@check(**SERVED, needs=("inference",), practice=("Infra 4", "Infra 7"))
def test_loaded_for_inference(lab: Lab) -> None:
    """A saved model predicts the same where only what serving needs is installed."""
    fitted = lab.train()
    served = lab.reload_for_inference(fitted)
    assert served.predictions == fitted.predictions, "the served model predicts otherwise"


@check(**SERVED, needs=("threadsafe",), practice=("Infra 3",))
def test_several_threads(lab: Lab) -> None:
    """Threads that ask one model at once get what one gets alone."""
    same(lab, "threads")


@check(**SERVED, practice=("Monitor 7",))
def test_latency(lab: Lab) -> None:
    """A single row is predicted within 8 ms, half of all rows and 99 of a hundred."""
    seen = lab.observe("serving", "latency")
    assert isinstance(seen.value, dict), f"it ended {seen.error}: {seen.message}"
    p50, p99, wall = (seen.value[name] for name in ("p50_ms", "p99_ms", "wall_ms"))
    assert max(p50, p99, wall) <= BUDGET_MS, (
        f"a row takes {p50:.1f} ms in the median, {p99:.1f} ms in the 99th percentile and "
        f"no less than {wall:.1f} ms of wall time: more than {BUDGET_MS:g} ms"
    )


@check(**SERVED, practice=("Monitor 7",))
def test_model_size(lab: Lab) -> None:
    """A model of a hundred rows is no larger than 50 MB, nor twice that of the baseline."""
    size = lab.train().metrics["model_size_mb"]
    assert size <= LARGEST_MB, f"the saved model has {size:.1f} MB"
    for arm in lab.others[:1]:
        before = lab.train(arm=arm).metrics["model_size_mb"]
        assert size <= LARGEST_GROWTH * before, f"{size:.2f} MB after {before:.2f} MB of {arm}"
