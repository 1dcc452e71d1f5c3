from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from qualify.building.index import Index
from qualify.building.pages import JSON_TYPE
from qualify.building.settings import PYPI, chosen, configured
from qualify.building.tools import index_settings
from qualify.core.errors import IndexUnreachableError

NO_PIP = {"PIP_CONFIG_FILE": "/dev/null"}


class Answers(BaseHTTPRequestHandler):
    """An index that asks for credentials, knows toy, and is broken for every other project."""

    def do_GET(self) -> None:
        page = b'{"files": [{"filename": "toy-1.0.zip", "url": "toy-1.0.zip"}]}'
        allowed = self.headers.get("Authorization") == "Basic bWU6YUBi"
        known = {"/simple/toy/": 200, "/simple/none/": 404}
        self.send_response(known.get(self.path, 503) if allowed else 401)
        self.send_header("Content-Type", JSON_TYPE)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        thread = Thread(target=made.serve_forever)
        thread.start()
        yield f"127.0.0.1:{made.server_port}/simple"
        made.shutdown()
        thread.join()


def test_an_index_is_asked_with_the_credentials_of_its_address(server):
    """User and password of the address are sent, and do not stay in the files' addresses."""
    (file,) = Index(f"http://me:a%40b@{server}").files("toy")
    assert file.url == f"http://{server}/toy/toy-1.0.zip"


def test_an_unknown_project_is_told_from_a_broken_index(server):
    """404 is an answer; 503 and a refusal are not."""
    assert Index(f"http://me:a%40b@{server}").files("none") == ()
    assert not Index(f"http://me:a%40b@{server}").reachable()
    for url in (f"http://me:a%40b@{server}", f"http://{server}"):
        with pytest.raises(IndexUnreachableError):
            Index(url).files("broken")


@pytest.mark.parametrize(
    ("environment", "urls"),
    [
        ({}, (PYPI,)),
        ({"PIP_INDEX_URL": "https://a/simple/"}, ("https://a/simple",)),
        ({"UV_DEFAULT_INDEX": "mine=https://a", "PIP_INDEX_URL": "https://b"}, ("https://a",)),
        ({"UV_INDEX": "x=https://a https://b"}, (PYPI, "https://a", "https://b")),
        ({"PIP_EXTRA_INDEX_URL": "https://a/?x=1"}, (PYPI, "https://a/?x=1")),
    ],
)
def test_the_index_is_the_one_that_the_user_chose(environment, urls):
    """Settings of uv and of pip are honoured, uv's names for indexes are left out."""
    assert configured(NO_PIP | environment) == urls


def test_pip_settings_are_honoured(tmp_path):
    """The index of pip's configuration file is used by both tools."""
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://a/simple\nextra-index-url =\n  https://b\n  https://c\n"
    )
    environment = {"PIP_CONFIG_FILE": str(file), "HOME": str(tmp_path)}
    assert chosen(environment) == "https://a/simple"
    assert configured(environment) == ("https://a/simple", "https://b", "https://c")
    assert index_settings(environment)["UV_DEFAULT_INDEX"] == "https://a/simple"


def test_without_a_wish_the_tools_choose_themselves():
    """Nothing overrides the index of uv's own configuration file."""
    assert "UV_DEFAULT_INDEX" not in index_settings(NO_PIP)
