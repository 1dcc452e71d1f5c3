"""Take the README's pictures of a grid page in a real browser.

Run it as `python docs/examples/pictures.py [PAGE]` after `docs/examples/releases.py`; it needs
the extra `tests` and a Chromium on the path.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "pictures"
VIEWS = {
    "grid.png": ("", (720, 1060)),
    "cell.png": (
        "#build=B0003&cell=" + quote("quality/time_budgeted@py311-cpu-locked", safe=""),
        (1500, 1040),
    ),
}


def main(page: Path) -> None:
    """Open the page once a view and keep what a reader would see."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (fragment, (width, height)) in VIEWS.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(page.resolve().as_uri() + fragment)
            tab.wait_for_timeout(1500)
            tab.screenshot(path=PICTURES / name)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".qualify/grid.html"))
