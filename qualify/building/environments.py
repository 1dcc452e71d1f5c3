"""The environment of a (wheel, lane): the wheel, its dependencies, and nothing of ours."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from qualify.building.files import key_of, locked, read_json, room, sha256_of, write_json
from qualify.building.installed import contradiction, freeze, present
from qualify.building.locks import checked, excluded, in_the_way
from qualify.building.process import Ran
from qualify.building.pythons import find_python, version_of
from qualify.building.sources import Report, silent
from qualify.building.tools import blame_machine, choose
from qualify.building.venvs import VenvMaker, python_in
from qualify.building.wheelfile import BadWheelError, misfit, read_wheel, requirements
from qualify.core.candidate import BuildFailure, Environment, Wheel
from qualify.core.matrix import Lane


def today() -> str:
    """The date, UTC."""
    return datetime.now(timezone.utc).date().isoformat()


class EnvironmentInstaller:
    """Makes and keeps environments.

    A `locked` lane holds the dependencies at the lock's versions; a `free` lane takes what
    resolves today and a `minimum` lane the oldest that is allowed and has a wheel, so their
    environments are kept for a day.
    """

    def __init__(
        self,
        cache: Path,
        requirements: Sequence[str] = (),
        extras: Sequence[str] = (),
        installer: str = "auto",
        *,
        timeout: float = 1800,
        report: Report = silent,
        date: Callable[[], str] = today,
    ) -> None:
        """Raises ConfigError for a requirement that is none, or an installer that is not there."""
        self._cache = cache.resolve()
        self._requirements = tuple(checked(line) for line in requirements)
        self._extras = tuple(sorted(extras))
        self._tool = choose(installer)
        self._timeout = timeout
        self._report = report
        self._date = date

    def install(self, wheel: Wheel, lane: Lane, lock: Sequence[str]) -> Environment | BuildFailure:
        """The environment of a wheel on a lane, from the cache where it was made before.

        What is wrong with the candidate is a BuildFailure with the log's telling lines. Raises
        DiskFullError, IndexUnreachableError, InfrastructureError, ConfigError for a lock line
        that is none.
        """
        python = find_python(lane.python)
        refused = _refuse(wheel, lane, python)
        if refused or python is None:
            return BuildFailure(refused)
        held = self._held(lock, wheel) if lane.mode == "locked" else ()
        stamp = "" if lane.mode == "locked" else self._date()
        key = key_of(
            wheel.sha256, str(lane), self._requirements, self._extras, held, stamp,
            self._tool, str(python), version_of(python),
        )  # fmt: skip
        place = self._cache / key[:32]
        with room(self._cache), locked(place):
            return self._known(place, wheel) or self._make(place, wheel, lane, python, held)

    def _held(self, lock: Sequence[str], wheel: Wheel) -> tuple[str, ...]:
        """Hold what the wheel's own metadata allow: the rest would only make it impossible."""
        lines = [checked(line) for line in lock]
        free = excluded(lines, wheel, self._extras)
        self._say_free(wheel, free)
        kept = {line for line in lines if canonicalize_name(Requirement(line).name) != wheel.name}
        return tuple(sorted(kept - {*free}))

    def _say_free(self, wheel: Wheel, free: Sequence[str]) -> None:
        if free:
            what = f"{wheel.name} {wheel.version}"
            self._report(f"{what} excludes the baseline's {', '.join(free)}: not held")

    def _known(self, place: Path, wheel: Wheel) -> Environment | None:
        record = read_json(place / "environment.json")
        try:
            if record is None or record["python"] != str(python_in(place)):  # the folder was moved
                return None
            if contradiction(place / "venv", wheel):
                return None
            lists = {name: tuple(record[name]) for name in ("lock", "seeds")}
            return Environment(**{**record, **lists})
        except (KeyError, TypeError, FileNotFoundError):
            return None

    def _make(
        self, place: Path, wheel: Wheel, lane: Lane, python: Path, held: tuple[str, ...]
    ) -> Environment | BuildFailure:
        self._report(f"installing {wheel.name} {wheel.version} on {lane}")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        maker = VenvMaker(self._tool, place, self._timeout)
        maker.create(python)
        seeds = present(place / "venv")
        wanted = [_wanted(wheel, self._extras), *self._requirements]
        if lane.mode == "minimum":
            # Named themselves, the wheel's own dependencies are held to their lower bounds, too.
            wanted += requirements(Path(wheel.path), self._extras)
        ran = maker.install(wanted, held, oldest=lane.mode == "minimum")
        while not ran.ok and (free := in_the_way(ran.text, held)):
            self._say_free(wheel, free)
            held = tuple(line for line in held if line not in free)
            ran = maker.install(wanted, held)
        wrong = "" if ran.ok else self._why(ran, wheel, lane)
        wrong = wrong or contradiction(place / "venv", wheel)
        if wrong:
            shutil.rmtree(place / "venv", ignore_errors=True)
            return BuildFailure(wrong, ran.telling, str(ran.log))
        return self._record(place, wheel, lane, python, seeds)

    def _record(
        self, place: Path, wheel: Wheel, lane: Lane, python: Path, seeds: frozenset[str]
    ) -> Environment:
        lock, seeded = freeze(place / "venv", seeds, wheel.name)
        environment = Environment(
            lane=str(lane),
            python=str(python_in(place)),
            python_version=version_of(python),
            wheel_sha256=wheel.sha256,
            lock=lock,
            seeds=seeded,
            installer=self._tool,
        )
        write_json(place / "environment.json", vars(environment))
        return environment

    def _why(self, ran: Ran, wheel: Wheel, lane: Lane) -> str:
        blame_machine(ran, self._cache)
        what = f"{wheel.name} {wheel.version} cannot be installed on {lane}"
        if ran.code is None:
            return f"{what}: stopped after {ran.seconds:.0f} s"
        return f"{what}: {self._tool} ended with {ran.code}"


def _refuse(wheel: Wheel, lane: Lane, python: Path | None) -> str:
    """Why an installation is not even tried."""
    if python is None:
        return f"python {lane.python} is not on this machine: install it, or drop the lane {lane}"
    path = Path(wheel.path)
    if not path.is_file() or sha256_of(path) != wheel.sha256:
        return f"{path.name} is no longer the wheel that was built: build it again"
    try:
        read_wheel(path)
    except BadWheelError as error:
        return str(error)
    wrong = misfit(wheel, lane.python)
    return f"{wrong}; build it with python {lane.python}, or drop the lane {lane}" if wrong else ""


def _wanted(wheel: Wheel, extras: tuple[str, ...]) -> str:
    named = f"{wheel.name}[{','.join(extras)}]" if extras else wheel.name
    return f"{named} @ {Path(wheel.path).as_uri()}#sha256={wheel.sha256}"
