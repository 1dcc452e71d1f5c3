"""Conformance: whether an adapter keeps its promises on its package's latest release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qualify.building.provenance import provenance
from qualify.config import CURRENT
from qualify.core.adapter import Adapter
from qualify.core.attempt import Attempt, Observation, Training
from qualify.core.canary import Budget, Canary, Limits, Task
from qualify.core.candidate import Build, BuildFailure, Environment
from qualify.core.errors import CandidateError
from qualify.core.matrix import Lane
from qualify.core.promises import PROMISES
from qualify.probes import conformance as probe
from qualify.running.bench import experiments
from qualify.wiring import Context, trainer

DATASETS: dict[Task, str] = {
    "binary": "breast_cancer",
    "multiclass": "wine",
    "regression": "diabetes",
}
ALWAYS = ("predicts", "saves")
EVERY_TASK = (*ALWAYS, "seed", "repeats", "estimators")
"""What is asked for each task; the other promises are asked for the adapter's first task."""
_LIMITS = Limits(wall_s=900.0, memory_mb=8192.0)
Report = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Conformance:
    """What was seen: by promise and task "" where it was kept, else what is wrong."""

    adapter: str
    package: str
    version: str
    seen: Mapping[str, Mapping[str, str]]

    @property
    def conforms(self) -> bool:
        """Whether every promise was kept."""
        return not any(wrong for tasks in self.seen.values() for wrong in tasks.values())


def check(context: Context, version: str | None, report: Report) -> Conformance:
    """Build and install a release (the latest), and try every promise; raises CandidateError.

    `report` is called with the promise, the task and what is wrong, "" where nothing is.
    """
    adapter = context.adapter
    version = version or context.fetcher().newest(adapter.distribution)
    build = _installed(context, f"{adapter.distribution}=={version}")
    folder = context.work / "conformance" / f"{adapter.name}-{version}"
    seen: dict[str, dict[str, str]] = {}
    for number, task in enumerate(t for t in adapter.tasks if t in DATASETS):
        observe = partial(_observe, folder, adapter, build, task)
        found = _tried(observe, _asked(adapter, first=number == 0))
        if number == 0 and "inference" in adapter.honours:
            found.append(("inference", _served(context, folder, build)))
        for name, wrong in found:
            seen.setdefault(name, {})[task] = wrong
            report(name, task, wrong)
    return Conformance(adapter.name, adapter.distribution, version, seen)


def _asked(adapter: Adapter, *, first: bool) -> list[str]:
    promised = [*ALWAYS, *(p for p in PROMISES if p in adapter.honours)]
    tried = experiments(probe)
    return [p for p in promised if p in tried and (first or p in EVERY_TASK)]


def _installed(context: Context, spec: str) -> Build:
    source = context.fetcher().fetch(spec)
    wheel = context.builder().build(source)
    if isinstance(wheel, BuildFailure):
        raise CandidateError(f"{spec} cannot be built: {wheel.reason}", f"see {wheel.log}")
    lane = Lane(CURRENT, "cpu", "free")
    made = context.installer().install(wheel, lane, ())
    if not isinstance(made, Environment):
        raise CandidateError(made.reason, f"see {made.log}; pin what is needed in REQUIREMENTS")
    origin = provenance(source, wheel.sha256, context.clock.now())
    return Build(spec, spec, source, origin, wheel, environments={str(lane): made})


def _tried(
    observe: Callable[[tuple[str, ...]], Attempt], asked: list[str]
) -> list[tuple[str, str]]:
    """Run the probe, again after an experiment that ended its process, until all were seen."""
    found: dict[str, Observation] = {}
    while True:
        unwanted = {name for name in experiments(probe) if name not in asked}
        attempt = observe(tuple(sorted(unwanted | found.keys())))
        new = {o.name: o for o in attempt.observations if o.name not in found}
        found |= new
        if attempt.ok or not new:
            break
    lost = "" if attempt.ok else f"cannot fit: {attempt.message[:300]}"
    return [(name, _wrong(found[name]) if name in found else lost) for name in asked]


def _observe(
    folder: Path, adapter: Adapter, build: Build, task: Task, skip: tuple[str, ...]
) -> Attempt:
    training = replace(_training(adapter, task), action="probe", probe=probe.__file__, skip=skip)
    return trainer(folder, adapter.path).train(training, build, *build.environments.values())


def _served(context: Context, folder: Path, build: Build) -> str:
    """Whether a saved model predicts the same where only what serving needs is installed."""
    adapter, (environment,) = context.adapter, build.environments.values()
    if build.wheel is None:
        return "there is no wheel"
    lane = Lane.parse(environment.lane)
    small = context.installer(inference=True).install(build.wheel, lane, environment.lock)
    if not isinstance(small, Environment):
        return small.reason
    asked = _training(adapter, next(t for t in adapter.tasks if t in DATASETS))
    train = trainer(folder, adapter.path).train
    fitted = train(asked, build, environment)
    model = str(Path(fitted.log).parent / "out" / "model")
    served = train(replace(asked, action="reload", reload=model, number=2), build, small)
    if served.predictions is None or served.predictions != fitted.predictions:
        return served.message or fitted.message or "the served model predicts otherwise"
    return ""


def _training(adapter: Adapter, task: Task) -> Training:
    budget = Budget().of(adapter.preset)
    canary = Canary("conformance", DATASETS[task], task, budget, (), "", limits=_LIMITS)
    return Training(f"conformance/{task}", "candidate", canary)


def _wrong(seen: Observation) -> str:
    if seen.error:
        return f"{seen.error}: {seen.message}"[:300]
    return str(seen.value)
