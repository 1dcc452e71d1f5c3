"""What a bundle says of itself, before any of its tables is read."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from qualify.core.overview import BuildHead

SCHEMA = 1
"""Of the tables in a bundle; those of an earlier one are derived again from the bundle's ledger."""


@dataclass(frozen=True)
class Manifest:
    """`identity` names the build wherever it is qualified, `head` is what its column shows.

    `started` and `filled` are the times of the ledger's first and last event, `events` how many it
    has. `cells` are those that the latest run selected. `members` are digests of the other files,
    and `left_out` names logs that were too much. A bundle that was thinned names what it was made
    from.
    """

    schema: int
    target: str
    identity: str
    head: BuildHead
    started: str
    filled: str
    events: int
    cells: tuple[str, ...]
    members: dict[str, str]
    left_out: tuple[str, ...] = ()
    thinned_from: str = ""


MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)
