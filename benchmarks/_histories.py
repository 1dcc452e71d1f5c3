"""Generated histories whose numbers come from recorded builds."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualify.core.overview import CODES
from qualify.storing.builds import BuildFolder
from qualify.storing.history.bundle import pack
from qualify.storing.history.manifest import MANIFEST, Manifest
from qualify.storing.history.schema import BUNDLES
from qualify.storing.history.tables import RESULTS

RECORDED = Path(__file__).parents[1] / "docs" / "releases" / "flaml" / "builds.tar.xz"
CELLS, DISTINCT = 500, 50


class Recorded(NamedTuple):
    """What recorded builds showed: their results, cell by cell, and one of their manifests."""

    results: pd.DataFrame
    manifest: Manifest


def recorded(work: Path) -> Recorded:
    """Pack the recorded releases of FLAML, and read the tables of their bundles."""
    import duckdb

    with tarfile.open(RECORDED) as archive:
        archive.extractall(work, filter="data")
    packed = [pack(BuildFolder(path), work) for path in sorted((work / "builds").glob("B*"))]
    for one in packed:
        _member(one.path, "results.parquet", work / f"{one.digest}.parquet")
    results = duckdb.read_parquet(str(work / "*.parquet")).df()
    return Recorded(results, packed[-1].manifest)


def _member(path: Path, name: str, target: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        target.write_bytes(archive.read(name))


class Generator:
    """Builds of `CELLS` cells: each draws what one of the recorded cells did in some release.

    Values of a cell vary between builds as the recorded effects do, and the rest as it was.
    """

    def __init__(self, recorded_: Recorded, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.manifest = recorded_.manifest
        frame = recorded_.results
        names = frame["cell"].unique()
        cells = [names[place % len(names)] for place in range(CELLS)]
        by_cell = {name: group.reset_index(drop=True) for name, group in frame.groupby("cell")}
        self.groups = [by_cell[name] for name in cells]
        losses = frame["loss"].dropna().to_numpy()
        self.losses = losses if losses.size else np.zeros(1)
        sizes = np.array([len(group) for group in self.groups])
        self.sizes, self.starts = sizes, np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.pool = pd.concat(self.groups, ignore_index=True)
        self.codes = np.array([[c.value for c in CODES].index(s) for s in self.pool["status"]])

    def drawn(self, builds: int) -> NDArray[np.int64]:
        """Which recorded results so many builds have, build after build."""
        chosen = self.rng.integers(0, self.sizes, (builds, CELLS))
        places: NDArray[np.int64] = (chosen + self.starts).ravel().astype(np.int64)
        return places

    def table(self) -> pd.DataFrame:
        """The results of one build as its bundle holds them."""
        frame = self.pool.iloc[self.drawn(1)].reset_index(drop=True)
        place = np.arange(CELLS)
        suffix = [f"_{number // 131}" if number >= 131 else "" for number in place]
        frame["name"] = frame["name"] + suffix
        lane = np.where(frame["lane"] == "", "", "@" + frame["lane"])
        frame["cell"] = frame["suite"] + "/" + frame["name"] + lane
        frame["place"] = place
        frame["loss"] = frame["loss"] + self.rng.choice(self.losses, CELLS)
        table: pd.DataFrame = frame[list(RESULTS)]
        return table

    def heads(self) -> pd.DataFrame:
        """The rows' heads by number."""
        from qualify.storing.history.tables import HEAD

        frame: pd.DataFrame = self.table()[list(HEAD)]
        frame.insert(0, "head", np.arange(1, CELLS + 1))
        return frame

    def bundles(self, first: int, count: int) -> pd.DataFrame:
        """The rows of so many builds in the index's table, one a quarter of an hour."""
        numbers = np.arange(first, first + count)
        times = pd.to_datetime(1_500_000_000 + 900 * numbers, unit="s", utc=True)
        head = self.manifest.head
        words = {"version": head.version, "answer": head.answer, "sentence": head.sentence}
        rest = {"commit_": "", "source": head.source, "baseline": head.baseline}
        last = {"environment": head.environment, "harness": head.harness}
        texts = [time.isoformat(timespec="seconds") for time in times]
        frame = pd.DataFrame(
            {
                "number": numbers,
                "digest": [f"{n:064x}" for n in numbers],
                "target": "flaml",
                "identity": [f"{n:064x}" for n in numbers],
                "build": [f"B{n:04}" for n in numbers],
                **dict.fromkeys(("time", "started", "filled"), texts),
                "events": 600,
                "thinned_from": "",
                "size": 90_000,
                "trainings": 100,
                **words,
                **rest,
                **last,
            }
        )
        table: pd.DataFrame = frame[list(BUNDLES)]
        return table

    def results(self, first: int, count: int) -> pd.DataFrame:
        """The results of so many builds in the index's table."""
        at = self.drawn(count)
        pool = self.pool
        loss = pool["loss"].to_numpy()[at] + self.rng.choice(self.losses, at.size)
        frame: pd.DataFrame = pd.DataFrame(
            {
                "bundle": np.repeat(np.arange(first, first + count), CELLS),
                "head": np.tile(np.arange(1, CELLS + 1), count),
                "place": np.tile(np.arange(CELLS), count),
                "status": self.codes[at],
                "code": pool["code"].to_numpy()[at],
                "value": pool["value"].to_numpy()[at],
                "loss": loss,
                "trainings": pool["trainings"].to_numpy()[at],
                "seconds": pool["seconds"].to_numpy()[at],
            }
        )
        return frame

    def bundle_files(self, folder: Path, count: int) -> Iterator[Path]:
        """Write bundles that hold a manifest and tables, as the index reads them.

        `DISTINCT` different tables are drawn and take turns: writing them takes longest.
        """
        from qualify.storing.history.bundle import digest_of
        from qualify.storing.history.tables import METRICS, write_parquet

        empty = folder / "metrics.parquet"
        write_parquet(pd.DataFrame({name: [] for name in METRICS}), METRICS, empty)
        for number in range(min(count, DISTINCT)):
            write_parquet(self.table(), RESULTS, folder / f"{number}.parquet")
        for number in range(count):
            whole = folder / "whole.zip"
            self._zip(whole, number, folder / f"{number % DISTINCT}.parquet", empty)
            digest = digest_of(whole)
            final = folder / "bundles" / digest[:2] / f"{digest}.zip"
            final.parent.mkdir(parents=True, exist_ok=True)
            yield whole.rename(final)

    def _zip(self, path: Path, number: int, *tables: Path) -> None:
        import zipfile

        from qualify.storing.history.bundle import digest_of

        head = replace(self.manifest.head, id=f"B{number:04}")
        held = dict(zip(("results.parquet", "metrics.parquet"), tables, strict=True))
        members = {name: digest_of(table) for name, table in held.items()}
        identity = f"{number:064x}"
        manifest = replace(self.manifest, identity=identity, head=head, members=members)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", MANIFEST.dump_json(manifest))
            for name, table in held.items():
                archive.write(table, name)
