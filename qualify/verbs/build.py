"""Build: one wheel a source, one environment a lane, for the candidate and the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from packaging.utils import canonicalize_name

from qualify.building.provenance import provenance
from qualify.core.candidate import Build, BuildFailure, Environment, Source, Wheel, for_inference
from qualify.core.errors import BaselineError, CandidateError
from qualify.core.matrix import Lane
from qualify.core.plan import Plan
from qualify.storing.builds import BuildFolder
from qualify.verbs.baseline import mistakes
from qualify.verbs.planning.plan import Selection, plan
from qualify.wiring import Context, references


def build(context: Context, selection: Selection) -> BuildFolder:
    """Plan, build and install; what is wrong with the candidate becomes a record, not an error."""
    folder, source, reference = plan(context, selection)
    context.report(f"{folder.id}: {source.spec} against {reference.spec}")
    lanes = _lanes(folder.plan())
    baseline = _baseline(context, reference, sorted({lane.reference for lane in lanes}))
    folder.save_baseline(beside(baseline, folder.baseline()))
    earlier = folder.earlier()
    candidate = _made(context, folder.id, source, earlier.provenance.time if earlier else "")
    for lane in lanes:
        candidate = _installed(context, candidate, lane, baseline)
    chosen = [cell for cell in folder.plan().chosen() if not cell.skip]
    if context.adapter.inference and any("inference" in cell.needs for cell in chosen):
        candidate, baseline = (
            _for_inference(context, made, lanes, baseline) for made in (candidate, baseline)
        )
        folder.save_baseline(beside(baseline, folder.baseline()))
    folder.save_candidate(beside(candidate, earlier))
    if any(cell.earlier for cell in chosen):
        folder.save_releases(tuple(_releases(context, folder.plan(), lanes, baseline)))
    _refuse_useless(folder)
    return folder


def _for_inference(context: Context, made: Build, lanes: list[Lane], baseline: Build) -> Build:
    """Install, on locked lanes, the wheel with nothing but what suffices to load and predict."""
    for lane in {lane.reference for lane in lanes}:
        lock = baseline.environments[str(lane)].lock
        if made.wheel:
            found = context.installer(inference=True).install(made.wheel, lane, lock)
            made = _kept(made, for_inference(lane), found)
    return made


def _releases(context: Context, plan_: Plan, lanes: list[Lane], baseline: Build) -> Iterator[Build]:
    """Install the releases before the baseline; one that cannot be is reported and left out."""
    for spec in plan_.earlier:
        made = _made(context, "release", context.fetcher().fetch(spec))
        for lane in sorted({lane.reference for lane in lanes}):
            made = _with(context, made, lane, baseline.environments[str(lane)].lock)
        if made.environments:
            yield made
        else:
            failures = [made.failure, *made.failures.values()]
            reasons = "; ".join(f.reason for f in failures if f)
            context.report(f"{spec} is left out of the earlier releases: {reasons}")


def _refuse_useless(folder: BuildFolder) -> None:
    """Raise BaselineError, naming everything that keeps a reviewed baseline from judging."""
    plan_ = folder.plan()
    lanes = {cell.lane.reference for cell in plan_.chosen() if cell.lane}
    stored = {lane: references(plan_, folder.baseline(), lane) for lane in lanes}
    wrong = {
        f"{name}: {mistake}"
        for cell in plan_.chosen()
        if cell.lane and cell.canary and not cell.canary.interleaved
        for name, baseline in stored[cell.lane.reference].items()
        if baseline.of(cell.canary.name)
        for mistake in mistakes(cell.canary, baseline)
    }
    if plan_.anchor:
        wrong |= {
            f"anchor: there is no baseline of {plan_.target} {plan_.anchor} on {lane}"
            for lane, found in stored.items()
            if found and plan_.anchor not in {b.version for b in found.values()}
        }
    if wrong:
        raise BaselineError(
            "reviewed baselines cannot judge a candidate:\n  " + "\n  ".join(sorted(wrong)),
            "record them anew with `qualify baseline record`",
        )


def beside(made: Build, earlier: Build | None) -> Build:
    """Keep what an earlier run installed on lanes that this run is not about."""
    if earlier is None or earlier.wheel != made.wheel:
        return made
    now = made.environments.keys() | made.failures.keys()
    environments = {k: v for k, v in earlier.environments.items() if k not in now}
    failures = {k: v for k, v in earlier.failures.items() if k not in now}
    return replace(
        made,
        environments=environments | made.environments,
        failures=failures | made.failures,
    )


def _lanes(plan_: Plan) -> list[Lane]:
    return sorted({cell.lane for cell in plan_.chosen() if cell.lane and not cell.skip})


def _made(context: Context, name: str, source: Source, since: str = "") -> Build:
    made = context.builder().build(source)
    failure = made if isinstance(made, BuildFailure) else None
    wheel = None if isinstance(made, BuildFailure) else made
    if wheel:
        _refuse_other(context, source, wheel)
    if source.note:
        context.report(f"{source.spec}: {source.note}")
    return Build(
        id=name,
        target=context.config.target.name,
        source=source,
        provenance=provenance(
            source, wheel.sha256 if wheel else None, since or context.clock.now()
        ),
        wheel=wheel,
        failure=failure,
        log=failure.log if failure else "",
    )


def _refuse_other(context: Context, source: Source, wheel: Wheel) -> None:
    """Raise CandidateError for a wheel of another package than the target's."""
    expected = canonicalize_name(context.adapter.distribution)
    if wheel.name != expected:
        raise CandidateError(
            f"{source.spec} is a build of {wheel.name}, and the adapter is {expected}'s",
            f"give a build of {expected}, or set target.adapter",
        )


def _baseline(context: Context, source: Source, lanes: list[Lane]) -> Build:
    """Make the reference build, its dependencies as in the reviewed baseline where there is one."""
    baseline = _made(context, "baseline", source)
    if baseline.failure:
        raise BaselineError(
            f"the baseline {source.spec} cannot be built: {baseline.failure.reason}",
            f"see {baseline.failure.log}, or choose another --baseline",
        )
    for lane in lanes:
        stored = context.baselines.read(baseline.target, baseline.version, lane)
        baseline = _with(context, baseline, lane, stored.lock if stored else ())
        failure = baseline.failures.get(str(lane))
        if failure:
            lines = "\n  ".join(failure.lines[-8:])
            raise BaselineError(
                f"the baseline {source.spec} cannot be installed on {lane}: {failure.reason}\n"
                f"  {lines}",
                f"see {failure.log}, or choose another --baseline",
            )
    return baseline


def _installed(context: Context, build_: Build, lane: Lane, baseline: Build) -> Build:
    """Install on a lane; `locked` holds the baseline's dependency versions."""
    if build_.wheel is None:
        return build_
    lock = baseline.environments[str(lane.reference)].lock
    return _with(context, build_, lane, lock)


def _with(context: Context, build_: Build, lane: Lane, lock: tuple[str, ...]) -> Build:
    if build_.wheel is None:
        return build_
    return _kept(build_, str(lane), context.installer().install(build_.wheel, lane, lock))


def _kept(build_: Build, where: str, made: Environment | BuildFailure) -> Build:
    if isinstance(made, Environment):
        return replace(build_, environments={**build_.environments, where: made})
    return replace(build_, failures={**build_.failures, where: made})
