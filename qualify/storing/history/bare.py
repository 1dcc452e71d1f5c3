"""A build's files without the paths of the machine that made them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from qualify.core.candidate import Build, BuildFailure
from qualify.core.plan import Plan
from qualify.storing.builds import BuildFolder

_AS_THEY_ARE = ("identity", "decision.json", "ledger.jsonl", "junit.xml", "summary.md")


def copied(folder: BuildFolder, place: Path) -> None:
    """Copy what a bundle holds of a build's folder, but for logs."""
    for name in _AS_THEY_ARE:
        if (folder.path / name).is_file():
            shutil.copyfile(folder.path / name, place / name)
    to = BuildFolder(place)
    to.save_plan(_plan(folder.plan()))
    to.save_candidate(_build(folder.candidate(), folder.path))
    baseline = folder.baseline()
    if baseline:
        to.save_baseline(_build(baseline, folder.path))
    if folder.releases():
        to.save_releases(tuple(_build(one, folder.path) for one in folder.releases()))


def _plan(plan: Plan) -> Plan:
    return replace(
        plan,
        adapter=_name(plan.adapter),
        baselines=_name(plan.baselines),
        candidate=_name(plan.candidate),
        baseline=_name(plan.baseline),
    )


def _build(build: Build, home: Path) -> Build:
    def failure(one: BuildFailure) -> BuildFailure:
        return replace(one, log=_inside(one.log, home))

    source, wheel = build.source, build.wheel
    return replace(
        build,
        source=replace(source, spec=_name(source.spec), location=_name(source.location)),
        provenance=replace(build.provenance, source=_name(build.provenance.source)),
        wheel=replace(wheel, path=_name(wheel.path)) if wheel else None,
        failure=failure(build.failure) if build.failure else None,
        environments={k: replace(e, python="python") for k, e in build.environments.items()},
        failures={k: failure(one) for k, one in build.failures.items()},
        log=_inside(build.log, home),
    )


def _inside(log: str, home: Path) -> str:
    """A log's path relative to the build's folder; the name alone of one elsewhere."""
    path = Path(log)
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else _name(log)


def _name(path: str) -> str:
    """The last part of an absolute path; what is none stays as it is."""
    return Path(path).name if path.startswith("/") else path
