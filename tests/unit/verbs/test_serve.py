"""The local server, through a real socket."""

import http.client
import json
import threading
from dataclasses import replace

import pytest

from qualify.config import Config
from qualify.core.errors import ConfigError
from qualify.core.event import CellFinished, CellPlanned
from qualify.core.verdict import Status, Verdict
from qualify.verbs.publishing.grid import gather
from qualify.verbs.publishing.serve import Live, Server, loopback
from qualify.wiring import Context
from tests.fakes import build, cell, plan

NOW = "2025-01-01T00:00:00+00:00"


@pytest.fixture
def context(tmp_path):
    """A work folder with one build of one cell."""
    target = {"name": "acme", "candidate": "acme==2.0", "baseline": "acme==1.0"}
    made = Context(Config.model_validate({"target": target}), tmp_path, print)
    folder = made.shelf.take("one")
    of = cell("noise")
    folder.save_candidate(replace(build(), id=folder.id, target="acme"))
    folder.save_plan(replace(plan(of), target="acme", build=folder.id))
    folder.ledger.append(CellPlanned(NOW, of.id))
    folder.ledger.append(CellFinished(NOW, of.id, "", Verdict(Status.PASSED, "T001", "it held")))
    return made


@pytest.fixture
def server(context):
    with Server(Live(context), 0, every=0.02) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server, path, **headers):
    link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    return answer.status, answer.read().decode(), answer


def test_the_page_is_served(server):
    """The index is the live page, and the library that it plots with lies beside it."""
    status, page, answer = ask(server, "/")
    assert (status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<body class="live">' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask(server, "/plotly.txt")[0] == 200


def test_sections_are_made_when_they_are_asked_for(server):
    """A build's sections come as JSON; what is not there is not found."""
    status, text, _ = ask(server, "/builds/B0001.json")
    assert status == 200
    (section,) = json.loads(text)["cells"].values()
    assert section["status"] == "passed"
    for path in ("/builds/B0009.json", "/nothing", "/builds/../../identity", "/builds/B0001/plan"):
        assert ask(server, path)[0] == 404


def test_files_that_sections_link_to_are_served(server, context):
    """A build's JUnit is served, and no other file of the work folder."""
    (context.shelf.get("B0001").path / "junit.xml").write_text("<testsuites/>")
    assert ask(server, "/builds/B0001/junit.xml")[:2] == (200, "<testsuites/>")
    assert ask(server, "/builds/B0001/ledger.jsonl")[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_names_are_refused(server, host):
    """A page of the web that reaches the server by a name of its own is told nothing."""
    status, text, _ = ask(server, "/", Host=host)
    assert status == 421
    assert "grid" not in text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8642", "[::1]:1", "LOCALHOST:80"])
def test_this_machine_is_answered(host):
    """The names of the loopback address are this machine's, with any port."""
    assert loopback(host)


def test_a_growing_ledger_is_told_and_drawn(server, context):
    """A reader hears of a change, and the page that it then asks for shows it."""
    link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    link.request("GET", "/events")
    answer = link.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.readline()
    failed = Verdict(Status.FAILED, "T002", "it broke")
    context.shelf.get("B0001").ledger.append(CellFinished(NOW, cell("noise").id, "", failed))
    while answer.readline() != b"event: changed\n":
        pass
    assert '"failed"' in ask(server, "/builds/B0001.json")[1]
    link.close()


def test_nothing_to_draw_is_said(tmp_path):
    """Without a build there is a message with a remedy."""
    empty = Context(
        Config.model_validate({"target": {"name": "a", "candidate": "a==1"}}), tmp_path, print
    )
    with pytest.raises(ConfigError, match="no build of a"):
        gather(empty)
