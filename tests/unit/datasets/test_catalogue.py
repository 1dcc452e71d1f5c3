from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import balanced_accuracy_score, r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qualify.core.errors import SuiteError
from qualify.datasets import record
from qualify.datasets.card import RULES, Facts
from qualify.datasets.catalogue import CATALOGUE, DECLARED
from qualify.datasets.loading import checked, content, load
from qualify.datasets.splits import BundledDatasets
from qualify.datasets.traits import TRAITS, measure

NAMES = sorted(DECLARED)
COUNTED = ("rows", "columns", "classes", "traits", "sha256")


def having(trait):
    """The datasets with a trait."""
    return sorted(c.name for c in CATALOGUE.values() if trait in c.traits)


def test_every_declared_dataset_has_a_card():
    """What was declared was recorded, and nothing else."""
    assert list(CATALOGUE) == list(DECLARED)


def test_every_trait_has_a_dataset():
    """Whatever a suite asks for is there, and cards use no other words."""
    assert {t for c in CATALOGUE.values() for t in c.traits} == set(TRAITS)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_tells_the_truth(name):
    """Rows, columns, classes, traits and digest are those of the content."""
    measured = measure(DECLARED[name], content(DECLARED[name]))
    assert measured == Facts(**{field: getattr(CATALOGUE[name], field) for field in COUNTED})


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_complete(name):
    """Every dataset says what it is, where it comes from and whose it is."""
    card = CATALOGUE[name]
    assert card.about[0].isupper()
    assert all((card.about, card.source, card.licence))
    assert card.split in RULES
    assert len(card.sha256) == 64


@pytest.mark.parametrize("name", [n for n in NAMES if DECLARED[n].slices])
def test_slices_are_columns_of_few_categories(name):
    """A dataset is sliced by categories of which each has rows to judge."""
    columns = {c.name: c for c in load(name).columns}
    for slice_ in CATALOGUE[name].slices:
        assert columns[slice_].kind == "category"
        assert len(set(columns[slice_].values) - {None}) <= 20


def test_cards_are_read_without_the_data():
    """Planning imports none of the libraries that carry the data."""
    heavy = "{'numpy', 'pandas', 'sklearn', 'statsmodels', 'vega_datasets'}"
    lines = f"import qualify.datasets.splits, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_content_that_is_not_that_of_the_card():
    """A dataset whose digest changed is refused by name, with both digests and a remedy."""
    card, table = CATALOGUE["twenty"], load("twenty")
    with pytest.raises(SuiteError, match=f"'twenty'.*{card.sha256}.*{'0' * 64}") as caught:
        checked(replace(card, sha256="0" * 64), table)
    assert "qualify.datasets.record" in caught.value.remedy
    moved = replace(table, labels=(*table.labels[1:], table.labels[0]))
    with pytest.raises(SuiteError, match="not the one on its card"):
        checked(card, moved)


def test_the_last_bit_of_a_value_does_not_matter():
    """Versions of libraries differ in the last bits of what they compute."""
    table = load("diabetes")
    first = table.columns[0]
    nudged = (float(np.nextafter(first.values[0], 1)), *first.values[1:])
    other = replace(table, columns=(replace(first, values=nudged), *table.columns[1:]))
    assert other.digest == table.digest
    far = (first.values[0] + 1e-6, *first.values[1:])
    other = replace(table, columns=(replace(first, values=far), *table.columns[1:]))
    assert other.digest != table.digest


def test_recording_writes_what_the_catalogue_reads(tmp_path, monkeypatch):
    """A file written anew is the file that is read."""
    few = {name: DECLARED[name] for name in ("twenty", "linnerud")}
    monkeypatch.setattr(record.catalogue, "DECLARED", few)
    record.record(tmp_path / "facts.csv")
    rows = list(csv.DictReader((tmp_path / "facts.csv").read_text().splitlines()))
    assert [r["name"] for r in rows] == ["twenty", "linnerud"]
    assert [r["sha256"] for r in rows] == [CATALOGUE[r["name"]].sha256 for r in rows]


def matrix(columns, trained):
    """Numbers for a model of scikit-learn: categories by their place, gaps far away."""
    coded = []
    for column, seen in zip(columns, trained, strict=True):
        places = {v: i for i, v in enumerate(sorted(set(seen.values) - {None}))}
        values = column.values if column.kind == "numeric" else map(places.get, column.values)
        coded.append([-999.0 if v is None else float(v) for v in values])
    return np.array(coded).T


def score(name, classifier, regressor):
    """R², area under ROC or balanced accuracy on the test rows of a split."""
    split, task = BundledDatasets().split(name, 0), CATALOGUE[name].task
    train, test = matrix(split.train, split.train), matrix(split.test, split.train)
    model = (regressor if task == "regression" else classifier).fit(train, split.train_labels)
    if task == "regression":
        return r2_score(split.test_labels, model.predict(test))
    if task == "binary":
        return roc_auc_score(split.test_labels, model.predict_proba(test)[:, 1])
    return balanced_accuracy_score(split.test_labels, model.predict(test))


def forest(name):
    """The score of a random forest."""
    trees = {"n_estimators": 30 if CATALOGUE[name].rows > 2000 else 100, "random_state": 0}
    return score(name, RandomForestClassifier(**trees), RandomForestRegressor(**trees))


def plane(name):
    """The score of a linear model."""
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    return score(name, logistic, make_pipeline(StandardScaler(), LinearRegression()))


@pytest.mark.parametrize("name", having("strong_signal"))
def test_a_strong_signal_is_found(name):
    """A random forest finds what the card promises."""
    enough = {"regression": 0.75, "binary": 0.9, "multiclass": 0.85}
    assert forest(name) >= enough[CATALOGUE[name].task]


@pytest.mark.parametrize("name", having("linear"))
def test_linear_data_are_for_linear_models(name):
    """No forest is as good as the plane that made the data."""
    assert plane(name) > forest(name)


@pytest.mark.parametrize("name", having("nonlinear"))
def test_nonlinear_data_are_not(name):
    """A linear model explains little."""
    assert plane(name) <= (0.3 if CATALOGUE[name].task == "regression" else 0.65)


def test_a_leak_gives_the_answer_away():
    """One column alone says what the label is; the others do not."""
    table = load("leaky")
    leak = next(c for c in table.columns if c.name == "refund")
    assert [v > 0 for v in leak.values] == [y == 1 for y in table.labels]


def test_a_fifth_of_the_noisy_labels_is_wrong():
    """The plane that made the labels is right in four of five rows."""
    table = load("label_noise")
    right = [
        (r[0] + r[1] - r[2] > 0) == (y == 1) for r, y in zip(table.rows, table.labels, strict=True)
    ]
    assert np.mean(right) == pytest.approx(0.8, abs=0.03)


def test_one_in_a_hundred():
    """The rare class has one row to a hundred of the other, in each part of the split."""
    split = BundledDatasets().split("rare", 0)
    assert [sum(split.train_labels), sum(split.test_labels)] == [28, 12]
    assert len(split.train_labels) == 28 * 101
