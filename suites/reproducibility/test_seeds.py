"""Seeds and saved models: without them, n seeds are n = 1 and a model cannot be shipped."""

from typing import Any

from qualify.suite import Lab, Limits, check

SAME = 1e-9
LIMITS = Limits(wall_s=300.0)
SEARCH: dict[str, Any] = {"owner": "search", "dataset": "friedman1", "task": "regression"}
SEARCH |= {"share": 0.6, "limits": LIMITS}
REPEATS: dict[str, Any] = {
    "owner": "search",
    "dataset": "breast_cancer",
    "share": 0.3,
    "limits": LIMITS,
}
REPEATS |= {"practice": ("Infra 1",)}


@check(**SEARCH, needs=("seed",), practice=("Infra 1",))
def test_seeds_act(lab: Lab) -> None:
    """Different seeds give different models on the same rows."""
    found = lab.seen("search", "seeds")
    assert found > 1, "three seeds gave one model: the seed is ignored"


@check(**REPEATS, needs=("repeats",))
def test_same_seed_same_predictions(lab: Lab) -> None:
    """In every family of estimators, the same seed twice gives the same predictions."""
    found = lab.seen("families", "same_seed")
    differ = {name: apart for name, apart in found.items() if not apart < SAME}
    worst = max(differ.values(), default=0.0)
    assert not differ, f"two fits with one seed differ by up to {worst:.2g}: {', '.join(differ)}"


@check(owner="serving", dataset="categorical", share=0.3, practice=("Infra 1", "Infra 3"))
def test_saved_model_predicts_the_same(lab: Lab) -> None:
    """A saved model, loaded in a fresh process, predicts as before."""
    fitted = lab.train()
    loaded = lab.train(reload=fitted)
    assert loaded.predictions == fitted.predictions, "the loaded model predicts otherwise"


@check(**REPEATS, needs=("repeats",))
def test_warm_process_gives_the_same(lab: Lab) -> None:
    """A fit gives the same model after other fits in the same process."""
    apart = lab.seen("repeats", "after_other_work")
    assert apart < SAME, f"after another fit, the same fit predicts otherwise (by {apart:.2g})"


@check(**REPEATS, needs=("repeats",))
def test_fresh_process_gives_the_same(lab: Lab) -> None:
    """A fit gives the same model in another process."""
    apart = lab.seen("repeats", "fresh_process")
    assert apart < SAME, f"the same fit in another process predicts otherwise (by {apart:.2g})"


@check(**REPEATS, needs=("repeats",))
def test_hash_seed_does_not_matter(lab: Lab) -> None:
    """A fit gives the same model whatever the hashes of strings are."""
    apart = lab.seen("repeats", "hash_seed")
    assert apart < SAME, f"PYTHONHASHSEED changes the predictions (by {apart:.2g})"


@check(**REPEATS, needs=("repeats",))
def test_global_generators_do_not_matter(lab: Lab) -> None:
    """A fit with a seed gives the same model wherever the program's own generators stand."""
    apart = lab.seen("repeats", "reseeded")
    assert apart < SAME, f"random.seed and numpy.random.seed change the model (by {apart:.2g})"


@check(**REPEATS)
def test_pickled_model_is_the_same(lab: Lab) -> None:
    """A model that was pickled and read again predicts the same."""
    apart = lab.seen("repeats", "pickled")
    assert apart < SAME, f"the pickled model predicts otherwise (by {apart:.2g})"


@check(**REPEATS)
def test_model_saved_twice_is_the_same(lab: Lab) -> None:
    """A model that was saved, loaded and saved again predicts the same when it is loaded."""
    apart = lab.seen("repeats", "saved_twice")
    assert apart < SAME, f"the model saved from a loaded one predicts otherwise (by {apart:.2g})"
