from __future__ import annotations

import pytest

from tests.unit.suites.laboratory import Laboratory

WAYS = {
    "the batch": (
        {"on_predict": "p = [[v + len(p) * 1e-4 for v in row] for row in p]"},
        ("single_rows", "small_batches"),
        "predictions differ by up to",
    ),
    "its company": (
        {"on_predict": "p = [[v + values.mean() for v in row] for row in p]"},
        ("single_rows", "odd_company"),
        "predictions differ by up to",
    ),
    "the place in a batch": (
        {"on_predict": "p = [[v + i * 1e-3 for v in row] for i, row in enumerate(p)]"},
        ("single_rows", "other_order_of_rows"),
        "predictions differ by up to",
    ),
    "a file that lost something": (
        {"on_load": "model['centres'] = model['centres'][::-1]"},
        ("saved_and_loaded", "loaded_in_a_fresh_process"),
        "predict",
    ),
    "slow code": (
        {"on_predict": "time.sleep(0.01)"},
        ("latency",),
        "more than 8 ms",
    ),
    "a large file": (
        {"on_save": "(folder / 'ballast').write_bytes(bytes(60_000_000))"},
        ("model_size",),
        "the saved model has 60.0 MB",
    ),
}


def test_a_careful_package_serves(tmp_path):
    """A model whose rows know nothing of one another breaks no promise of serving."""
    broken = Laboratory("serving", tmp_path, {}).broken()
    assert broken.keys() <= {"loaded_for_inference"}


@pytest.mark.parametrize("way", WAYS)
def test_predictions_that_depend_on(tmp_path, way):
    """What a prediction or its time must not depend on is found out, and said."""
    steps, names, said = WAYS[way]
    laboratory = Laboratory("serving", tmp_path, steps)
    reasons = {name: laboratory.said(name) for name in names}
    assert [name for name, reason in reasons.items() if said not in reason] == [], reasons
