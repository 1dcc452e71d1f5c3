"""The served page in a real browser: it follows a run, and fetches sections when asked."""

import threading
from dataclasses import replace

import pytest

from qualify.config import Config
from qualify.core.event import CellFinished, CellPlanned
from qualify.core.verdict import Status, Verdict
from qualify.verbs.publishing.serve import Live, Server
from qualify.wiring import Context
from tests.fakes import build, cell, plan

pytestmark = pytest.mark.browser
NOW = "2025-01-01T00:00:00+00:00"
ONE, OTHER = cell("one"), cell("other")


@pytest.fixture
def folder(tmp_path):
    """A build whose run goes on: one cell has passed, the other is running."""
    target = {"name": "acme", "candidate": "acme==2.0", "baseline": "acme==1.0"}
    context = Context(Config.model_validate({"target": target}), tmp_path, print)
    made = context.shelf.take("one")
    made.save_candidate(replace(build(), id=made.id, target="acme"))
    made.save_plan(replace(plan(ONE, OTHER), target="acme", build=made.id))
    for of in (ONE, OTHER):
        made.ledger.append(CellPlanned(NOW, of.id))
    made.ledger.append(CellFinished(NOW, ONE.id, "", Verdict(Status.PASSED, "T001", "it held")))
    with Server(Live(context), 0, every=0.05) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield made, server.url
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser):
    """A tab that may ask this machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 760})
    made = context.new_page()
    made.set_default_timeout(60_000)
    yield made
    context.close()


def test_the_page_follows_a_run(folder, page):
    """When a cell ends its square changes, and what was found and chosen stays."""
    made, url = folder
    page.goto(f"{url}#q=!nothing&at={OTHER.id}&on={made.id}")
    page.wait_for_selector('.cell[aria-label="running"]')
    failed = Verdict(Status.FAILED, "T002", "it broke")
    made.ledger.append(CellFinished(NOW, OTHER.id, "", failed))
    page.wait_for_selector('.cell[aria-label="failed"]')
    assert page.input_value("#find") == "!nothing"
    assert page.locator('.cell[tabindex="0"]').get_attribute("aria-label") == "failed"


def test_sections_are_fetched(folder, page):
    """A section comes from the server, and is asked for anew after a change."""
    made, url = folder
    page.goto(f"{url}#cell={ONE.id}&build={made.id}")
    page.wait_for_selector("#section h2")
    assert page.locator("#section .lead").inner_text().startswith("●")
    worse = Verdict(Status.FAILED, "T002", "it broke in the end")
    made.ledger.append(CellFinished(NOW, ONE.id, "", worse))
    page.wait_for_selector("#section .lead:has-text('✖')")


def test_a_tip_says_the_reason_once_it_is_at_hand(folder, page):
    """Nothing is fetched for a tip; after a section of the build was opened, tips know why."""
    made, url = folder
    page.goto(f"{url}#build={made.id}")
    page.wait_for_selector("#section h2")
    page.hover('.cell[aria-label="passed"]')
    page.wait_for_selector("#tip:has-text('it held'), #tip:has-text('keeps its promise')")
    assert made.id in page.locator("#tip").inner_text()
