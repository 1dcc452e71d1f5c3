from __future__ import annotations

import pytest

from qualify.core.errors import SuiteError
from qualify.datasets import openml
from qualify.datasets.splits import BundledDatasets

DATASETS = BundledDatasets()
CPU, TITANIC = "openml:561", "openml:40945"


@pytest.mark.parametrize("name", ["openml:31", "openml:1", "openml:40945"])
def test_a_number_of_openml_is_a_dataset(name):
    """A suite may name any dataset of OpenML, before it is fetched."""
    assert DATASETS.known(name)
    assert name not in DATASETS.names()


@pytest.mark.parametrize(
    "name", ["openml:", "openml:0", "openml:iris", "openml:-3", "openml:1/../2"]
)
def test_what_is_no_number_of_openml(name):
    """A name that could not be fetched is unknown."""
    assert not DATASETS.known(name)
    with pytest.raises(SuiteError, match="unknown dataset"):
        DATASETS.split(name, 0)


def test_the_card_of_a_regression(site):
    """The card is derived from what was fetched."""
    card = DATASETS.card(CPU)
    assert (card.task, card.rows, card.columns, card.classes) == ("regression", 209, 7, 0)
    assert (card.about, card.licence) == ("cpu, version 1", "Public")
    assert card.source == "https://www.openml.org/d/561"
    assert card.split == "random"
    assert {"heavy_tail", "mixed"} <= set(card.traits)


def test_the_card_of_a_classification(site):
    """Classes are counted, strings are text, nominal columns are categories."""
    card = DATASETS.card(TITANIC)
    assert (card.task, card.rows, card.columns, card.classes) == ("binary", 1309, 13, 2)
    assert {"missing", "mixed", "text"} <= set(card.traits)
    kinds = {c.name: c.kind for c in DATASETS.split(TITANIC, 0).train}
    assert (kinds["name"], kinds["sex"], kinds["age"]) == ("text", "category", "numeric")


def test_a_split_of_openml(site):
    """A dataset of OpenML splits as any other: by key, its classes coded and in proportion."""
    split = DATASETS.split(TITANIC, 3)
    assert set(split.train_labels) == set(split.test_labels) == {0.0, 1.0}
    assert len(split.test_labels) == pytest.approx(0.3 * 1309, abs=1)
    assert sum(split.test_labels) / len(split.test_labels) == pytest.approx(500 / 1309, abs=0.01)
    site.forget()
    assert DATASETS.split(TITANIC, 3).digest == split.digest


def test_what_was_fetched_is_kept(site):
    """The second process asks nobody."""
    first = DATASETS.split(CPU, 0).digest
    asked = len(site.asked)
    site.away = True
    site.forget()
    assert DATASETS.split(CPU, 0).digest == first
    assert len(site.asked) == asked


def test_a_dataset_that_changed(site):
    """Content other than that first seen is refused, with both digests and what to do."""
    sha256 = DATASETS.card(CPU).sha256
    kept = openml.cache() / "561.sha256"
    assert kept.read_text() == sha256
    kept.write_text("f" * 64)
    site.forget()
    with pytest.raises(SuiteError, match=rf"'openml:561' changed.*{sha256}.*{'f' * 64}") as caught:
        DATASETS.split(CPU, 0)
    assert str(kept) in caught.value.remedy


@pytest.mark.filterwarnings("ignore:A network error occurred")
def test_without_network(site):
    """A machine without network is told so, and where the cache is."""
    site.away = True
    with pytest.raises(SuiteError, match=r"'openml:561' cannot be fetched.*not known") as caught:
        DATASETS.split(CPU, 0)
    assert str(openml.cache()) in caught.value.remedy


def test_a_number_that_nobody_has(site):
    """What OpenML does not know is an error that names the page to look at."""
    with pytest.raises(SuiteError, match=r"'openml:77' cannot be read.*not found") as caught:
        DATASETS.split("openml:77", 0)
    assert "https://www.openml.org/d/77" in caught.value.remedy


def test_the_usual_place(monkeypatch, tmp_path):
    """Without a word from the environment the cache lies in the home folder."""
    monkeypatch.delenv("QUALIFY_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert openml.cache() == tmp_path / ".cache" / "automl-qualify" / "openml"
