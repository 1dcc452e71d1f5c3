"""`qualify bisect`: which build, commit or dependency did it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from qualify.cli.options import context
from qualify.core.errors import ExitCode
from qualify.verbs.bisecting.bisect import Asked, Bisected
from qualify.verbs.bisecting.bisect import bisect as bisecting
from qualify.verbs.bisecting.questions import FAILURE
from qualify.verbs.bisecting.rows import FREE, LOCKED, lines_of
from qualify.verbs.bisecting.searching import Found, Wanted

_OUT, _ERR = Console(), Console(stderr=True)
_BAR = 24
_UNASKED = {"select": (), "pythons": (), "runners": ()}
_RATE = click.FloatRange(0.5, 1.0, min_open=True, max_open=True)


@click.command()
@click.argument("cell")
@click.option("--good", help="The good end. Default: the baseline; with --dependencies: locked.")
@click.option("--bad", help="The bad end. Default: the candidate; with --dependencies: free.")
@click.option("--builds", help="A,B,C: what lies between, in order. Default: every release.")
@click.option(
    "--dependencies",
    is_flag=True,
    help="Change the candidate's dependencies one by one; ends: locked, free or a FILE of pins.",
)
@click.option("--candidate", help="The build whose dependencies change.")
@click.option(
    "--constraints",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="name==version lines that builds on a locked lane are held to.",
)
@click.option(
    "--by", metavar="WHAT", help="A metric, or `failure`. Default: what the bad end does."
)
@click.option("--confidence", type=_RATE, default=0.95, show_default=True, help="When to stop.")
@click.option(
    "--max-trainings",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="Of suspects; the good end's replicates are not counted.",
)
@click.option(
    "--replicates",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    help="Of the good end, where no stored ones fit.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--config", type=click.Path(path_type=Path), help="Default: ./qualify.toml.")
@click.option("--work", help="Where builds and environments are kept. Default: .qualify.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Replicates side by side.")
@click.option("--installer", type=click.Choice(["auto", "uv", "pip"]), help="Default: uv if there.")
def bisect(
    *,
    cell: str,
    good: str | None,
    bad: str | None,
    builds: str | None,
    dependencies: bool,
    candidate: str | None,
    constraints: Path | None,
    by: str | None,
    confidence: float,
    max_trainings: int,
    replicates: int,
    as_json: bool,
    **given: Any,
) -> int:
    """Find which build, commit or dependency made CELL worse, or fail.

    Trains replicates where an answer tells most, weighs each, and stops when one culprit is
    probable enough. The ends may be two releases, two commits, or with --dependencies two
    environments of one build; the good end may be the newer one. Interrupted, it resumes.

    \b
    Examples:
      qualify bisect quality/wine@py311-cpu-locked --good flaml==2.3.0 --bad flaml==2.6.0
      qualify bisect quality/wine@py311-cpu-locked --good git+https://HOST/REPO@v1 \\
          --bad git+https://HOST/REPO@main
      qualify bisect quality/diabetes@py311-cpu-free --dependencies --candidate flaml==2.5.0
    """  # noqa: D301
    if dependencies and (builds or constraints):
        raise click.UsageError("--dependencies takes neither --builds nor --constraints")
    if candidate and not dependencies:
        raise click.UsageError("--candidate goes with --dependencies; name the ends otherwise")
    ends = {"baseline": None, "candidate": candidate}
    ends = ends if dependencies else {"baseline": good, "candidate": bad}
    ready, _ = context({**_UNASKED, **given, **ends}, _say)
    found = bisecting(
        ready,
        Asked(
            cell=cell,
            builds=tuple(part.strip() for part in builds.split(",")) if builds else (),
            environments=(good or LOCKED, bad or FREE) if dependencies else None,
            constraints=lines_of(constraints) if constraints else (),
            by=by,
            replicates=replicates,
            wanted=Wanted(confidence, max_trainings),
        ),
    )
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2))
    else:
        _OUT.print(_table(found))
        _OUT.print(answer(found.found), highlight=False, markup=False, soft_wrap=True)
        _OUT.print(_cost(found), highlight=False, markup=False, soft_wrap=True)
    return ExitCode.SHIP if found.found.sure else ExitCode.INCONCLUSIVE


def answer(found: Found) -> str:
    """What was found, in one sentence or two."""
    suspects, first, last = found.row.suspects, found.culprits[0], found.culprits[-1]
    if last == len(suspects):
        text = f"no suspect is bad, not even {suspects[-1].name}"
    elif first == 0:
        text = f"{suspects[0].name}, the good end, is itself as bad here"
        text += ": its stored baseline does not hold on this machine"
    elif len(found.culprits) > 1:
        names = ", ".join(suspects[h].name for h in found.culprits)
        text = f"one of {names} did it; no training can tell them apart"
    else:
        text = _culprit(found, first)
    text = f"{text} (probability {found.probability:.3g}){_ways(found)}"
    if found.stop != "found":
        return f"undecided, {_WHY[found.stop]}; the likeliest: {text}"
    return f"{text}; {found.effect}" if found.sure else text


_WHY = {"budget": "the trainings are spent", "nothing to ask": "no training would tell more"}


def _ways(found: Found) -> str:
    """A warning where suspects fail in different ways: some may not be the failure in question."""
    if found.by != FAILURE:
        return ""
    ways = {said for row in found.said.values() for said in row if said.startswith("failed")}
    return f"; suspects fail in {len(ways)} ways, see `said last`" if len(ways) > 1 else ""


def _culprit(found: Found, position: int) -> str:
    """Name a culprit as people name it: what came in with it, or what mended it."""
    before, culprit = found.row.suspects[position - 1], found.row.suspects[position]
    if found.row.kind == "dependency":
        return f"{culprit.name} {culprit.about} did it"
    mended = f": {before.name} mended it" if found.row.backwards else ""
    after = "the newest bad" if found.row.backwards else "the first bad"
    told = f" “{culprit.about}”" if culprit.about and not found.row.backwards else ""
    if found.row.backwards and before.about:
        mended += f" “{before.about}”"
    text = f"{culprit.name}{told} is {after} {found.row.kind}, and {before.name} is good"
    return text + mended


def _cost(found: Bisected) -> str:
    how = "stored" if found.stored else "trained"
    good = f"{found.replicates} replicates of the good end were {how}; " if found.replicates else ""
    return f"{good}{found.found.trainings} trainings of suspects, {found.builds} of them built anew"


def _table(found: Bisected) -> Table:
    """A line a suspect: how often it was asked, how likely it did it, what it said last."""
    found_ = found.found
    title = f"{found_.by} of {found.cell}"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for heading in (found_.row.kind, "asked", "first bad", "", "said last"):
        table.add_column(heading, justify="right" if heading in {"asked", "first bad"} else "left")
    for position, suspect in enumerate(found_.row.suspects):
        share = found_.hypotheses[position]
        name = f"{suspect.name} {suspect.about}".strip()
        said = found_.said.get(position, ())
        last = found_.untestable.get(position) or (said[-1] if said else "")
        bar = "█" * round(_BAR * share)
        asked = str(len(said)) if said else ""
        table.add_row(escape(name), asked, f"{share:.1%}", bar, escape(last))
    table.add_row("none", "", f"{found_.hypotheses[-1]:.1%}", "", "")
    return table


def _plain(found: Bisected) -> dict[str, Any]:
    found_ = found.found
    rows = [
        {
            "name": suspect.name,
            "spec": suspect.spec,
            "about": suspect.about,
            "probability": found_.hypotheses[position],
            "trainings": len(found_.said.get(position, ())),
            "said": list(found_.said.get(position, ())),
            "untestable": found_.untestable.get(position, ""),
        }
        for position, suspect in enumerate(found_.row.suspects)
    ]
    inside = [h for h in found_.culprits if 0 < h < len(rows)]
    return {
        "cell": found.cell,
        "by": found_.by,
        "kind": found_.row.kind,
        "sure": found_.sure,
        "answer": answer(found_),
        "culprits": [rows[h]["name"] for h in inside],
        "probability": found_.probability,
        "none": found_.hypotheses[-1],
        "stop": found_.stop,
        "suspects": rows,
        "trainings": {"good": found.replicates, "stored": found.stored, "probes": found_.trainings},
        "builds": found.builds,
    }


def _say(message: str) -> None:
    _ERR.print(message, highlight=False, markup=False, soft_wrap=True)
