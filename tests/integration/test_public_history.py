"""The results of other projects' own tests, as they were taken in and committed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from docs.examples.public_history import HOME, PACKAGES, take_in, unpack


@pytest.mark.parametrize("package", PACKAGES)
def test_committed_results_are_taken_in_as_they_were(package: str, tmp_path: Path) -> None:
    """Every release has its rows, statuses and decision again, and what changed between two."""
    told = list(take_in(package, unpack(package, tmp_path), tmp_path))
    assert told == json.loads((HOME / package / "summary.json").read_text())


@pytest.mark.parametrize("package", PACKAGES)
def test_rows_go_on_from_release_to_release(package: str) -> None:
    """Most rows of a release are in the next one, whatever environment each of them ran in."""
    told = json.loads((HOME / package / "summary.json").read_text())
    for before, after in pairwise(told):
        assert after["gone since"] < before["rows"] / 2
