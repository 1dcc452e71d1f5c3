"""The suite `quality`: what a search must beat, and what it must not find."""

from __future__ import annotations

from tests.unit.suites.laboratory import Laboratory

SEER = {"on_predict": "p = [[0.95, 0.05] if row[0] > 15 else [0.1, 0.9] for row in numbers(table)]"}


def test_a_sound_package_finds_nothing_in_labels_that_mean_nothing(tmp_path):
    """Labels in random order teach a sound model next to nothing, in whichever way they lean."""
    assert Laboratory("quality", tmp_path, {}).said("permuted_labels_score_chance") == ""


def test_a_package_that_knows_the_answers_is_found_out(tmp_path):
    """Who predicts well after labels that mean nothing has them from elsewhere."""
    said = Laboratory("quality", tmp_path, SEER).said("permuted_labels_score_chance")
    assert "on labels that mean nothing" in said
