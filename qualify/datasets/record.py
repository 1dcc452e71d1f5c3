"""Write what is measured of every dataset into `facts.csv`: `python -m qualify.datasets.record`."""

from __future__ import annotations

import csv
from pathlib import Path

from qualify.datasets import catalogue
from qualify.datasets.loading import content
from qualify.datasets.traits import measure

FIELDS = ("name", "rows", "columns", "classes", "traits", "sha256")


def record(path: Path) -> None:
    """Load and measure every declared dataset."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for declared in catalogue.DECLARED.values():
            facts = measure(declared, content(declared))
            sizes = (facts.rows, facts.columns, facts.classes)
            writer.writerow((declared.name, *sizes, " ".join(facts.traits), facts.sha256))


if __name__ == "__main__":
    record(Path(__file__).with_name(catalogue.FACTS))
