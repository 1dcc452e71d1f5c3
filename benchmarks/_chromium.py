"""What a headless Chromium measures of a page: opening, scrolling, finding."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ARGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
VIEWPORT: ViewportSize = {"width": 1280, "height": 760}
DIRECTIONS = ((0, 60), (60, 0), (45, 45))
"""Pixels a frame, across and down: 3,600 a second, faster than anybody reads."""
_PATIENCE = 180_000  # milliseconds until a page counts as one that does not open
_SCROLL = """async ([right, down, frames]) => {
  const scroller = document.getElementById("scroller"), taken = [];
  scroller.scrollLeft = scroller.scrollTop = 0;
  await new Promise((done) => setTimeout(done, 200));
  let last = await new Promise(requestAnimationFrame);
  for (let n = 0; n < frames; n += 1) {
    scroller.scrollLeft += right;
    scroller.scrollTop += down;
    const now = await new Promise(requestAnimationFrame);
    taken.push(now - last);
    last = now;
  }
  return taken;
}"""
_FIND = """async (words) => {
  const box = document.getElementById("find"), taken = [];
  for (const word of words) {
    const begin = performance.now();
    box.value = word;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.offsetHeight;
    taken.push(performance.now() - begin);
    await new Promise((done) => setTimeout(done, 60));
  }
  return taken;
}"""


@dataclass(frozen=True)
class Seen:
    """Medians over all openings; milliseconds. None where a page has no such thing."""

    ready_ms: float | None
    frames_per_second: float | None = None
    frame_ms: float | None = None
    find_ms: float | None = None
    find_worst_ms: float | None = None


def binary() -> str | None:
    """Where Chromium is."""
    names = ("chromium", "google-chrome", "chromium-browser")
    return os.environ.get("QUALIFY_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; raises playwright's Error where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary(), args=list(ARGS))
        yield browser
        browser.close()


def look(
    browser: Browser,
    page: Path,
    words: tuple[str, ...] = (),
    *,
    opens: int = 5,
    frames: int = 120,
    pan: str = "",
) -> Seen:
    """Open the page so many times, then scroll it (or `pan` it by a script) and find words."""
    readies: list[float] = []
    rates: list[float] = []
    middles: list[float] = []
    finds: list[float] = []
    for _ in range(opens):
        tab = browser.new_page(viewport=VIEWPORT)
        readies.append(_open(tab, page))
        frames_of = _frames(tab, frames, pan)
        rates += [1000 * len(one) / sum(one) for one in frames_of]
        middles += [median(one) for one in frames_of]
        finds += tab.evaluate(_FIND, list(words)) if words else []
        tab.close()
    return Seen(
        round(median(readies), 1),
        _rounded(rates),
        _rounded(middles),
        _rounded(finds),
        round(max(finds), 1) if finds else None,
    )


def opened(browser: Browser, page: Path, sign: str, *, opens: int = 3) -> Seen:
    """Only open the page until `sign` is in sight."""
    readies = []
    for _ in range(opens):
        tab = browser.new_page(viewport=VIEWPORT)
        tab.goto(page.as_uri(), timeout=_PATIENCE)
        tab.wait_for_selector(sign, timeout=_PATIENCE)
        readies.append(float(tab.evaluate("performance.now()")))
        tab.close()
    return Seen(round(median(readies), 1))


def _open(tab: Page, page: Path) -> float:
    """Milliseconds from navigation to the page's own mark that it can be used."""
    tab.goto(page.as_uri(), timeout=_PATIENCE)
    tab.wait_for_selector("body.ready", timeout=_PATIENCE, state="attached")
    tab.wait_for_timeout(300)
    return float(tab.evaluate("performance.getEntriesByName('ready')[0].startTime"))


def _frames(tab: Page, frames: int, pan: str) -> list[list[float]]:
    return [tab.evaluate(pan or _SCROLL, [*step, frames]) for step in DIRECTIONS]


def _rounded(values: list[float]) -> float | None:
    return round(median(values), 1) if values else None
