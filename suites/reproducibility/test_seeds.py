"""Seeds and saved models: without them, n seeds are n = 1 and a model cannot be shipped."""

from qualify.suite import Lab, check


@check(owner="search", dataset="friedman1", task="regression", iterations=8)
def test_seeds_act(lab: Lab) -> None:
    """Different seeds give different models on the same rows."""
    found = {lab.train(seed, split=0).predictions for seed in range(3)}
    assert len(found) > 1, "three seeds gave one model: the seed is ignored"


@check(owner="search", dataset="breast_cancer", iterations=8)
def test_same_seed_same_predictions(lab: Lab) -> None:
    """The same seed twice gives the same predictions."""
    first, second = lab.train(), lab.train()
    assert first.predictions == second.predictions, "two trainings with one seed differ"


@check(owner="serving", dataset="categorical", iterations=8)
def test_saved_model_predicts_the_same(lab: Lab) -> None:
    """A saved model, loaded in a fresh process, predicts as before."""
    fitted = lab.train()
    loaded = lab.train(reload=fitted)
    assert loaded.predictions == fitted.predictions, "the loaded model predicts otherwise"
