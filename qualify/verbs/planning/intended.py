"""What is known of a run before its candidate is fetched: the cells, and the baselines by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from qualify.building.specs import parse
from qualify.core.baseline import Baseline
from qualify.core.canary import Canary
from qualify.core.matrix import Lane
from qualify.core.plan import Cell, Plan
from qualify.datasets.splits import BundledDatasets
from qualify.verbs.cells import collect
from qualify.verbs.planning.plan import Selection, lanes, select
from qualify.verbs.seen import builds
from qualify.wiring import Context


def intended(context: Context, selection: Selection) -> Plan:
    """The plan of a run, as far as it is known before the candidate is fetched."""
    cells = collect(context, lanes(context, selection))
    return sketch(context, cells, select(cells, selection))


def sketch(context: Context, cells: tuple[Cell, ...], selected: tuple[str, ...] = ()) -> Plan:
    """A plan of these cells that belongs to no build."""
    target = context.config.target
    return Plan(
        build="",
        target=target.name,
        adapter=str(context.adapter.path),
        baselines=str(context.baselines.root),
        candidate=target.candidate,
        baseline=target.baseline,
        code="",
        cells=cells,
        selected=selected,
        anchor=target.anchor,
        budget=context.config.errors.budget(),
    )


def baseline_version(context: Context) -> str | None:
    """The version that the baseline's spec names, or had when it was last built here.

    For a source tree or a commit that no build of the work folder has used: the only version whose
    baseline is committed, None where there are none or several. Raises CandidateError for a spec
    that is none.
    """
    written = context.config.target.baseline
    spec = parse(written)
    if spec.kind == "index":
        return spec.version
    if spec.kind == "wheel":
        return str(parse_wheel_filename(Path(spec.target).name)[1])
    if spec.kind == "sdist":
        return str(parse_sdist_filename(Path(spec.target).name)[1])
    made = (f.baseline() for f in builds(context) if f.plan().baseline == written)
    known = [b.wheel.version for b in made if b and b.wheel]
    committed = context.baselines.root / context.config.target.name
    only = sorted(path.name for path in committed.glob("*") if any(path.glob("*.jsonl")))
    return known[0] if known else only[0] if len(only) == 1 else None


def baselines(context: Context, version: str | None, lane: Lane) -> dict[str, Baseline]:
    """The reviewed baselines of a lane: the last release's, and the anchor's where there is one."""
    target = context.config.target
    versions = {"baseline": version, "anchor": target.anchor or None}
    read = {
        name: context.baselines.read(target.name, one, lane)
        for name, one in versions.items()
        if one
    }
    return {name: found for name, found in read.items() if found is not None}


def judges(canary: Canary, stored: Mapping[str, Baseline]) -> dict[str, Baseline]:
    """The baselines whose stored replicates judge a canary: those that are of today's data.

    None where the last release has none: then, or where the canary asks for it, its build is
    trained side by side.
    """
    if canary.interleaved or not canary.metrics:
        return {}
    found = {name: baseline for name, baseline in stored.items() if _current(canary, baseline)}
    return found if "baseline" in found else {}


def _current(canary: Canary, baseline: Baseline) -> bool:
    """Whether the replicates of a canary were trained on what its dataset holds today."""
    first = baseline.of(canary.name)[:1]
    return any(r.data == BundledDatasets().split(canary.dataset, r.seed).digest for r in first)
