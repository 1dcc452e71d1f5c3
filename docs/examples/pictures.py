"""Take the documentation's pictures of a grid page in a real browser.

Run it as `python docs/examples/pictures.py [PAGE]` after
`python docs/examples/releases.py flaml --page .qualify`, or with a page of another package and its
name for the one picture of it; it needs the extra `tests` and a Chromium on the path.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).parents[1] / "pictures"
CONFIG = Path(__file__).parents[1] / "releases" / "flaml" / "qualify.toml"
COMPARED = ("2.1.1", "2.1.2", "2.2.0")
LANE = "py311-cpu-locked"
GREY = "html { filter: grayscale(1) }"


@dataclass(frozen=True)
class View:
    """A view of the page by its address, and how it is looked at."""

    address: str = ""
    size: tuple[int, int] = (1280, 760)
    scheme: Literal["light", "dark"] = "light"
    style: str = ""
    paper: bool = False
    ready: str = "body.ready"


def cell(name: str, build: str) -> str:
    """The address of a cell's section."""
    return f"#cell={quote(f'{name}@{LANE}', safe='/')}&build={build}"


FAILED = cell("compatibility/previous_release_loads_its_models", "B0007")
JUDGED = cell("quality/breast_cancer", "B0013")
VIEWS = {
    "grid.png": View("#rows=alike"),
    "grid-filtered.png": View("#q=status:failed&sort=change"),
    "cell.png": View(f"{JUDGED}&rows=alike", (1500, 1040)),
    "failure.png": View(f"{FAILED}&hide=green", (1500, 1040)),
    "build.png": View("#build=B0007&hide=green", (1500, 1040)),
    "phone.png": View("", (360, 740)),
    "phone-cell.png": View(JUDGED, (360, 740)),
    "dark.png": View(f"{FAILED}&rows=alike", scheme="dark"),
    "greyscale.png": View("#rows=alike", style=GREY),
    "print.png": View("#rows=alike", (1060, 760), paper=True),
}

SMALL = View("#rows=alike", (640, 760))
COMPARE = View(size=(1280, 1040), ready="main")


def main(page: Path, package: str = "flaml") -> None:
    """Open the page once a view and keep what a reader would see."""
    views = VIEWS if package == "flaml" else {f"{package}.png": SMALL}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, view in views.items():
            take(browser, page.resolve().as_uri(), view, PICTURES / name)
        if package == "flaml":
            compare(browser, page.resolve().parent)
        browser.close()


def compare(browser: Browser, work: Path) -> None:
    """Keep the page that holds releases against one another."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "compare.html"
        command = [sys.executable, "-m", "qualify", "compare", *COMPARED, "--html", str(page)]
        where = ["--config", str(CONFIG), "--work", str(work)]
        subprocess.run([*command, *where], check=True, stdout=subprocess.DEVNULL)
        take(browser, page.as_uri(), COMPARE, PICTURES / "compare.png")


def take(browser: Browser, page: str, view: View, picture: Path) -> None:
    """Keep one view as a picture; paper is shown as the browser would print it."""
    width, height = view.size
    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=view.scheme)
    tab.goto(page + view.address)
    tab.wait_for_selector(view.ready)
    if view.style:
        tab.add_style_tag(content=view.style)
    if view.paper:
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        tab.emulate_media(media="print")
    tab.wait_for_timeout(1500)
    tab.screenshot(path=picture)
    tab.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".qualify/grid.html"), *sys.argv[2:3])
