"""Build a wheel through PEP 517, in a scrubbed environment, once per source."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from qualify.building.archives import BadArchiveError, unpack
from qualify.building.files import keep, key_of, locked, read_json, room, write_json
from qualify.building.process import Ran, run
from qualify.building.sources import Report, silent
from qualify.building.tools import blame_machine, choose, index_settings
from qualify.building.wheelfile import BadWheelError, read_wheel
from qualify.core.candidate import BuildFailure, Source, Wheel

_EPOCH = "315532800"


class WheelBuilder:
    """Turns a source into a wheel that is kept under its digest.

    A tree or a checkout is made into an sdist first and the wheel is built from that, so that
    what users download is what is tested; a wheel is used as it is.
    """

    def __init__(
        self, cache: Path, installer: str = "auto", timeout: float = 1800, report: Report = silent
    ) -> None:
        self._cache = cache.resolve()
        self._installer = choose(installer)
        self._timeout = timeout
        self._report = report

    def build(self, source: Source) -> Wheel | BuildFailure:
        """The wheel of a source, from the cache where it was built before.

        What is wrong with the candidate is a BuildFailure with the log's telling lines. Raises
        DiskFullError, IndexUnreachableError.
        """
        frontend = f"build {version('build')} {self._installer} {sys.version_info[:2]}"
        place = self._cache / "builds" / key_of(source.kind, source.identity, frontend)
        with room(self._cache), locked(place):
            place.mkdir(parents=True, exist_ok=True)
            known = self._known(place)
            return known or self._make(source, place)

    def _known(self, place: Path) -> Wheel | None:
        record = read_json(place / "wheel.json")
        try:
            wheel = Wheel(**record) if record else None
            return wheel if wheel and read_wheel(Path(wheel.path)) == wheel else None
        except (TypeError, BadWheelError):
            return None

    def _make(self, source: Source, place: Path) -> Wheel | BuildFailure:
        with _scratch(place / "scratch") as scratch:
            made = self._wheel_file(source, scratch, place / "build.log")
            if isinstance(made, BuildFailure):
                return made
            try:
                fresh = read_wheel(made)
                kept = keep(made, self._cache / fresh.sha256)
                wheel = read_wheel(kept)
            except BadWheelError as error:
                return BuildFailure(str(error))
        write_json(place / "wheel.json", vars(wheel))
        return wheel

    def _wheel_file(self, source: Source, scratch: Path, log: Path) -> Path | BuildFailure:
        location = Path(source.location)
        if location.suffix == ".whl":
            return location
        self._report(f"building a wheel of {source.spec}")
        tree, out = scratch / "source", scratch / "out"
        try:
            if location.is_dir():
                shutil.copytree(location, tree, symlinks=True)
                return self._frontend(tree, out, log, ())
            return self._frontend(unpack(location, tree), out, log, ("--wheel",))
        except BadArchiveError as error:
            return BuildFailure(str(error))

    def _frontend(
        self, tree: Path, out: Path, log: Path, what: tuple[str, ...]
    ) -> Path | BuildFailure:
        log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "build", *what, "--installer", self._installer]
        settings = {"SOURCE_DATE_EPOCH": _EPOCH, **index_settings(os.environ)}
        ran = run([*command, "--outdir", out, tree], log, self._timeout, extra=settings)
        wheels = sorted(out.glob("*.whl"))
        if ran.ok and len(wheels) == 1:
            return wheels[0]
        blame_machine(ran, self._cache)
        return BuildFailure(self._why(ran, len(wheels)), ran.telling, str(log))

    def _why(self, ran: Ran, wheels: int) -> str:
        if ran.code is None:
            return f"the build was stopped after {ran.seconds:.0f} s"
        if ran.ok:
            return f"the build made {wheels} wheels"
        return f"the wheel cannot be built: the build ended with {ran.code}"


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """An empty folder of always the same name, so that equal failures have equal lines."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
