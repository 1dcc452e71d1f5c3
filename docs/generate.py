"""Write the reference pages from the code: `python -m docs.generate [--check]`.

With `--check` nothing is written; a page that is missing or stale is named, and the exit code
is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from docs import commands, figures, packages, reference, settings, suites
from qualify.config import json_schema

HERE = Path(__file__).parent
PAGES: dict[str, Callable[[], str]] = {
    "reference/cli.md": commands.cli_page,
    "reference/config.md": settings.config_page,
    "reference/canary.md": settings.canary_page,
    "reference/exit-codes.md": reference.exit_codes_page,
    "reference/statuses.md": reference.statuses_page,
    "reference/rules.md": reference.rules_page,
    "reference/metrics.md": reference.metrics_page,
    "reference/datasets.md": reference.datasets_page,
    "reference/adapters.md": packages.adapters_page,
    "reference/suites.md": suites.suites_page,
    "reference/qualify.schema.json": json_schema,
    "statistics.md": partial(figures.filled, "statistics.md"),
    "history.md": partial(figures.filled, "history.md"),
}


def stale() -> list[str]:
    """Name the pages whose files are not what the code says."""
    return [name for name, make in PAGES.items() if _read(HERE / name) != make()]


def write() -> list[str]:
    """Write the pages that are stale; returns their names."""
    names = stale()
    for name in names:
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[name](), encoding="utf-8")
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check every page."""
    parser = argparse.ArgumentParser(description="Write the reference pages from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing, name what is stale")
    check = parser.parse_args(arguments).check
    names = stale() if check else write()
    for name in names:
        sys.stdout.write(f"{'stale' if check else 'wrote'}: docs/{name}\n")
    return 1 if check and names else 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
