"""What `qualify bisect` says of what it found: a sentence, a table, or JSON."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from qualify.verbs.bisecting.bisect import Bisected
from qualify.verbs.bisecting.questions import FAILURE
from qualify.verbs.bisecting.searching import Found

_BAR = 24


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


def cost(found: Bisected) -> str:
    """What was trained and built for it."""
    how = "stored" if found.stored else "trained"
    good = f"{found.replicates} replicates of the good end were {how}; " if found.replicates else ""
    return f"{good}{found.found.trainings} trainings of suspects, {found.builds} of them built anew"


def table(found: Bisected) -> Table:
    """A line a suspect: how often it was asked, how likely it did it, what it said last."""
    found_ = found.found
    title = f"{found_.by} of {found.cell}"
    drawn = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for heading in (found_.row.kind, "asked", "first bad", "", "said last"):
        drawn.add_column(heading, justify="right" if heading in {"asked", "first bad"} else "left")
    for position, suspect in enumerate(found_.row.suspects):
        share = found_.hypotheses[position]
        name = f"{suspect.name} {suspect.about}".strip()
        said = found_.said.get(position, ())
        last = found_.untestable.get(position) or (said[-1] if said else "")
        bar = "█" * round(_BAR * share)
        asked = str(len(said)) if said else ""
        drawn.add_row(escape(name), asked, f"{share:.1%}", bar, escape(last))
    drawn.add_row("none", "", f"{found_.hypotheses[-1]:.1%}", "", "")
    return drawn


def plain(found: Bisected) -> dict[str, Any]:
    """What `--json` prints."""
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
