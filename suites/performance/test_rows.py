"""What ten times the rows cost."""

from typing import Any

from qualify.stats.scaling import exponent
from qualify.suite import Lab, Limits, check

STEEPEST = 1.5
COPIES = 50
ROWS: dict[str, Any] = {"owner": "performance", "dataset": "friedman1", "task": "regression"}
ROWS |= {"share": 0.3, "limits": Limits(wall_s=300.0), "practice": ("Monitor 6",)}


@check(**ROWS)
def test_cost_grows_with_the_rows(lab: Lab) -> None:
    """Over ten times the rows a fit's cost is not shown to grow faster than rows to the 1.5."""
    seen = _costs(lab)
    found = exponent([c["rows"] for c in seen], [c["seconds"] for c in seen])
    spent = f"{seen[0]['seconds']:.2g} CPU seconds at first, {seen[-1]['seconds']:.2g} at last"
    said = f"cost grows as rows to the {found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"
    assert found.low <= STEEPEST, f"{said}: {spent}"


@check(**ROWS)
def test_memory_grows_with_the_table(lab: Lab) -> None:
    """Ten times the rows take the memory of no more than fifty copies of the table."""
    seen = _costs(lab)
    grown = seen[-1]["peak_mb"] - seen[0]["peak_mb"]
    table = seen[-1]["table_mb"]
    said = f"the peak grew by {grown:.0f} MB for a table of {table:.2g} MB"
    assert grown <= COPIES * table, said


def _costs(lab: Lab) -> list[dict[str, float]]:
    seen = lab.observe("rows", "costs")
    assert not seen.error, f"fits on up to 10,000 rows ended in {seen.error}: {seen.message}"
    costs: list[dict[str, float]] = seen.value
    return costs
