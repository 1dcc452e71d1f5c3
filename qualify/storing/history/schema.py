"""The tables of an index, the same in every engine; they are derived and never migrated."""

# ruff: noqa: S608 -- SQL is made of names that stand in this package

from __future__ import annotations

VERSION = 1
"""Of the tables below. An index of another version is emptied and derived again."""

_WORDS = (
    "version",
    "answer",
    "sentence",
    "commit_",
    "source",
    "baseline",
    "environment",
    "harness",
)
BUNDLES = {
    "number": "INTEGER NOT NULL",
    "digest": "TEXT NOT NULL",
    "target": "TEXT NOT NULL",
    "identity": "TEXT NOT NULL",
    "build": "TEXT NOT NULL",
    "time": "TEXT NOT NULL",
    "started": "TEXT NOT NULL",
    "filled": "TEXT NOT NULL",
    "events": "INTEGER NOT NULL",
    "thinned_from": "TEXT NOT NULL",
    "size": "BIGINT NOT NULL",
    **dict.fromkeys(_WORDS, "TEXT NOT NULL"),
    "trainings": "INTEGER NOT NULL",
}
"""One row a bundle."""
HEADS = {
    "head": "INTEGER NOT NULL",
    **dict.fromkeys(("cell", "suite", "name", "lane", "stage", "owner", "about"), "TEXT NOT NULL"),
    **dict.fromkeys(("metric", "unit", "direction"), "TEXT NOT NULL"),
}
"""What the head of a row says, once: a result names it by its number."""
RESULTS = {
    "bundle": "INTEGER NOT NULL",
    "head": "INTEGER NOT NULL",
    "place": "INTEGER NOT NULL",
    "status": "SMALLINT NOT NULL",
    "code": "TEXT NOT NULL",
    "value": "DOUBLE PRECISION",
    "loss": "DOUBLE PRECISION",
    "trainings": "INTEGER NOT NULL",
    "seconds": "DOUBLE PRECISION NOT NULL",
}
"""One row a cell of a bundle; `status` is its place in `qualify.core.overview.CODES`."""
METRICS = {
    "bundle": "INTEGER NOT NULL",
    "head": "INTEGER NOT NULL",
    "metric": "TEXT NOT NULL",
    "against": "TEXT NOT NULL",
    "unit": "TEXT NOT NULL",
    "n": "INTEGER NOT NULL",
    **dict.fromkeys(("mean", "sd", "baseline_mean", "baseline_sd"), "DOUBLE PRECISION"),
    "baseline_n": "INTEGER NOT NULL",
    **dict.fromkeys(("effect", "low", "high", "threshold"), "DOUBLE PRECISION"),
    "seeds": "TEXT NOT NULL",
    "candidate": "TEXT NOT NULL",
}
"""One row a metric, a reference and a cell; `candidate` are the values of `seeds`, by blanks."""
DISAGREEMENTS = {
    "target": "TEXT NOT NULL",
    "identity": "TEXT NOT NULL",
    "cell": "TEXT NOT NULL",
    "newer": "TEXT NOT NULL",
    "older": "TEXT NOT NULL",
    "newer_status": "TEXT NOT NULL",
    "older_status": "TEXT NOT NULL",
}
"""Cells that two bundles of one build judge otherwise, neither knowing of the other."""
TABLES = {
    "bundles": BUNDLES,
    "heads": HEADS,
    "results": RESULTS,
    "metrics": METRICS,
    "disagreements": DISAGREEMENTS,
}
_INDEXES = (
    "CREATE UNIQUE INDEX bundles_by_number ON bundles (number)",
    "CREATE UNIQUE INDEX bundles_by_digest ON bundles (digest)",
    "CREATE UNIQUE INDEX heads_by_number ON heads (head)",
    "CREATE INDEX results_by_bundle ON results (bundle)",
    "CREATE INDEX metrics_by_row ON metrics (head, metric)",
    "CREATE INDEX bundles_by_target ON bundles (target, identity)",
)


def create(*, indexes: bool) -> list[str]:
    """The statements that make an empty index; engines that scan need no search trees."""
    made = [
        f"CREATE TABLE {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})"
        for name, columns in TABLES.items()
    ]
    version = [
        "CREATE TABLE layout (version INTEGER NOT NULL)",
        f"INSERT INTO layout VALUES ({VERSION})",
    ]
    return [*made, *(_INDEXES if indexes else ()), *version]


def drop() -> list[str]:
    """The statements that take an index of any version away."""
    return [f"DROP TABLE IF EXISTS {name}" for name in (*TABLES, "layout")]
