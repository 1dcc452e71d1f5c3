from __future__ import annotations

import pytest

from tests.unit.suites.searching import Searching

FAULTS = {
    "ignores its seed": (
        {"on_fit": "rng = random.Random(3)"},
        "seeds_act",
        "the seed is ignored",
    ),
    "has one family without a seed": (
        {"on_fit": "rng = random.Random() if family == 'squares' else rng"},
        "same_seed_same_predictions",
        "two fits with one seed differ by up to .*: squares$",
    ),
    "remembers earlier fits": (
        {"on_fit": "KEPT.append(0); rng = random.Random(seed + len(KEPT))"},
        "warm_process_gives_the_same",
        "after another fit, the same fit predicts otherwise",
    ),
    "takes its seed from its process": (
        {"on_fit": "rng = random.Random(os.getpid())"},
        "fresh_process_gives_the_same",
        "in another process predicts otherwise",
    ),
    "depends on the hashes of strings": (
        {"on_fit": "rng = random.Random(hash('column') + seed)"},
        "hash_seed_does_not_matter",
        "PYTHONHASHSEED changes the predictions",
    ),
    "draws from the program's generator": (
        {"on_fit": "rng = random"},
        "global_generators_do_not_matter",
        "change the model",
    ),
    "draws from numpy's generator": (
        {"on_fit": "rng = random.Random(int(np.random.randint(1000)))"},
        "global_generators_do_not_matter",
        "change the model",
    ),
    "mixes columns up": (
        {"training_table": "dict(sorted(table.items()))"},
        "order_of_columns_does_not_matter",
        "with its columns shuffled",
    ),
    "mixes rows up": (
        {"on_fit": "KEPT.append(y); y = KEPT[0]"},
        "order_of_rows_does_not_matter",
        "with its training rows shuffled",
    ),
    "has threads in each other's way": (
        {"on_fitted": "model.weights = model.weights * (settings['threads'] == 1)"},
        "threads_do_not_matter",
        "fitted on two threads",
    ),
    "loses something in a pickle": (
        {"in_model": "__getstate__ = lambda s: {**vars(s), 'weights': s.weights.round(1)}"},
        "pickled_model_is_the_same",
        "the pickled model predicts otherwise",
    ),
    "saves a loaded model otherwise": (
        {"on_load": "model.weights, KEPT[:] = model.weights * (1 + len(KEPT)), [0]"},
        "model_saved_twice_is_the_same",
        "the model saved from a loaded one predicts otherwise",
    ),
    "loads another model than it saved": (
        {"on_load": "model.weights = model.weights.round(2)"},
        "saved_model_predicts_the_same",
        "the loaded model predicts otherwise",
    ),
}


def test_a_sound_package_breaks_nothing(tmp_path):
    """A search that takes its seed from the settings and nowhere else passes every check."""
    assert Searching("reproducibility", tmp_path, {}).broken() == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_repeated_is_caught(tmp_path, fault):
    """A package that is changed in one way breaks the check that stands for it."""
    steps, name, reason = FAULTS[fault]
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(Searching("reproducibility", tmp_path, steps).said(name))


def test_a_fit_that_fails_is_named(tmp_path):
    """A fit that ends in an error breaks the check with the error's words."""
    lab = Searching("reproducibility", tmp_path, {"on_fit": "raise OSError('no room')"})
    assert lab.said("hash_seed_does_not_matter").endswith("OSError: no room")
