"""What a search must beat before its metrics are worth comparing."""

from qualify.suite import Lab, check

EASY = {"owner": "tabular", "dataset": "breast_cancer"}


@check(**EASY, share=0.5, practice=("Infra 3", "Infra 4"))
def test_beats_the_constant(lab: Lab) -> None:
    """A search predicts better than the class frequencies do."""
    found, constant = lab.train().metrics["log_loss"], lab.constant()["log_loss"]
    assert found < 0.5 * constant, f"log loss {found:.3f}, of the constant {constant:.3f}"


@check(owner="tabular", dataset="rings", practice=("Model 5", "Infra 4"))
def test_beats_a_linear_model(lab: Lab) -> None:
    """Where classes lie inside one another a search predicts better than a linear model does."""
    found, linear = lab.train().metrics["log_loss"], lab.linear()["log_loss"]
    assert found < 0.8 * linear, f"log loss {found:.3f}, of a logistic regression {linear:.3f}"


@check(**EASY, share=0.5, practice=("Model 6", "Infra 3"))
def test_permuted_labels_score_chance(lab: Lab) -> None:
    """A search on labels in random order predicts unseen rows hardly better than the constant."""
    found = [lab.train(seed, labels="permuted").metrics["log_loss"] for seed in range(3)]
    # An order may lean towards the true one by chance, and where all columns point one way, a model
    # carries that to unseen rows: the AUC of sound packages went up to 0.8, their log loss down
    # by a tenth.
    mean, constant = sum(found) / len(found), lab.constant()["log_loss"]
    assert mean > 0.8 * constant, (
        f"mean log loss {mean:.3f} on labels that mean nothing, of the constant {constant:.3f}"
    )
