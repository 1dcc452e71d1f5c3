"""The index: derived from the bundles, caught up before every look, made anew when in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from typing import TypeVar

import pandas as pd

from qualify.core.errors import QualifyError
from qualify.storing.history import schema
from qualify.storing.history.bundle import GoneError, NewerError, Packed, TornError, checked
from qualify.storing.history.engine import Engine, Session
from qualify.storing.history.merging import Origin, disagreements
from qualify.storing.history.shelf import Shelf
from qualify.storing.history.staging import staged

T = TypeVar("T")
_BATCH = 500
_ORIGIN = "number, digest, target, identity, started, filled, events"


@dataclass(frozen=True)
class CaughtUp:
    """What catching up did; `torn` says of every bundle that was left out why."""

    added: int = 0
    gone: int = 0
    torn: tuple[str, ...] = ()


class Index:
    """A database that knows what the bundles on a shelf say."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine = engine
        self.shelf = shelf

    def ask(self, query: Callable[[Session], T]) -> tuple[T, CaughtUp]:
        """Catch up and ask, in one session: whoever deletes the index then is too late."""

        def work(session: Session) -> tuple[T, CaughtUp]:
            self._ready(session)
            done = self._catch_up(session)
            return query(session), done

        return self.engine.run(work)

    def rebuild(self) -> CaughtUp:
        """Forget everything and derive it again."""

        def work(session: Session) -> CaughtUp:
            session.exclusive()
            self._anew(session)
            return self._catch_up(session)

        return self.engine.run(work)

    def _ready(self, session: Session) -> None:
        """Make the tables where there are none, or those of another version."""
        if not _current(session):
            session.exclusive()
            if not _current(session):  # somebody else may have made them meanwhile
                self._anew(session)

    def _anew(self, session: Session) -> None:
        for statement in (*schema.drop(), *schema.create(indexes=self.engine.indexed)):
            session.execute(statement)

    def _catch_up(self, session: Session) -> CaughtUp:
        """Learn what is new, again where bundles were thinned meanwhile: they became others."""
        done, before, missed = CaughtUp(), None, True
        while missed:
            there = self.shelf.all()
            if there == before or _unchanged(session, there):
                break  # what is listed and cannot be had is not waited for
            step, missed = self._learnt(session, there)
            done = CaughtUp(done.added + step.added, done.gone + step.gone, step.torn)
            before = there
        return done

    def _learnt(self, session: Session, there: set[str]) -> tuple[CaughtUp, bool]:
        """Take in and forget what is different; whether bundles went away meanwhile."""
        session.exclusive()
        fresh, gone = _difference(session, there)
        _forget(session, gone)
        wrong: list[QualifyError] = []
        added: set[int] = set()
        whole = self._whole(sorted(fresh), wrong)
        while batch := list(islice(whole, _BATCH)):
            added |= _add(session, batch, wrong.append)
        _forget(session, _difference(session, there)[1])
        self._disagree(session, added)
        missed = any(isinstance(one, GoneError) for one in wrong)
        torn = [f"{one.message}; {one.remedy}" for one in wrong if not isinstance(one, GoneError)]
        return CaughtUp(len(added), len(gone), tuple(torn)), missed

    def _whole(self, digests: Iterable[str], wrong: list[QualifyError]) -> Iterator[Packed]:
        """The bundles that can be read; what is wrong with the others."""
        for digest in digests:
            found = self._read(digest)
            if isinstance(found, Packed):
                yield found
            else:
                wrong.append(found)

    def _read(self, digest: str) -> Packed | QualifyError:
        try:
            path = self.shelf.get(digest)
            return Packed(digest, path, checked(path, digest))
        except (TornError, NewerError) as error:
            return error

    def _disagree(self, session: Session, added: set[int]) -> None:
        """Compare the bundles of every build that got another one."""
        every = origins(session.query(f"SELECT {_ORIGIN} FROM bundles"))  # noqa: S608 -- ours
        by_build = sorted(every, key=lambda one: (one.target, one.identity))
        found = []
        for (target, identity), mine in groupby(by_build, lambda o: (o.target, o.identity)):
            bundles = list(mine)
            if len(bundles) > 1 and any(one.number in added for one in bundles):
                session.execute(
                    "DELETE FROM disagreements WHERE target = ? AND identity = ?",
                    [target, identity],
                )
                read = disagreements(bundles, lambda o: _statuses(session, o), self.shelf.get)
                found += [asdict(one) for one in read]
        if found:
            session.load("disagreements", pd.DataFrame(found))


def origins(frame: pd.DataFrame) -> list[Origin]:
    """The bundles of a frame that has their columns."""
    columns = (frame[name].tolist() for name in Origin._fields)
    return [Origin(*values) for values in zip(*columns, strict=True)]


def numbers(found: Iterable[int]) -> str:
    """A list of integers in SQL; there is always one, because no list is empty there."""
    return ", ".join(map(str, (-1, *map(int, found))))


def _current(session: Session) -> bool:
    if not session.has("layout"):
        return False
    found = session.query("SELECT version FROM layout")
    return found["version"].tolist() == [schema.VERSION]


def _unchanged(session: Session, there: set[str]) -> bool:
    fresh, gone = _difference(session, there)
    return not fresh and not gone


def _difference(session: Session, there: set[str]) -> tuple[set[str], set[str]]:
    """The bundles that the index does not know yet, and those that it should not know any more.

    What was thinned gives way to what it became, wherever it still lies.
    """
    frame = session.query("SELECT digest, thinned_from FROM bundles")
    seen = set(frame["digest"].tolist())
    thinned = set(frame["thinned_from"].tolist())
    return there - seen - thinned, (seen - there) | (seen & thinned)


def _forget(session: Session, digests: set[str]) -> None:
    for digest in sorted(digests):
        found = session.query("SELECT number FROM bundles WHERE digest = ?", [digest])
        for table in ("results", "metrics"):
            listed = numbers(found["number"].tolist())
            session.execute(f"DELETE FROM {table} WHERE bundle IN ({listed})")  # noqa: S608 -- ours
        session.execute("DELETE FROM bundles WHERE digest = ?", [digest])
        session.execute("DELETE FROM disagreements WHERE ? IN (newer, older)", [digest])


def _add(
    session: Session, batch: Sequence[Packed], missed: Callable[[TornError], None]
) -> set[int]:
    last = session.query("SELECT coalesce(max(number), 0) AS last FROM bundles")["last"]
    first = int(last.iloc[0]) + 1
    bundles = dict(enumerate(batch, first))
    found = staged(bundles, session.query("SELECT * FROM heads"), missed)
    if found.bundles.empty:
        return set()
    for table in ("bundles", "heads", "results", "metrics"):
        session.load(table, getattr(found, table))
    return set(found.bundles["number"].tolist())


def _statuses(session: Session, of: Origin) -> dict[str, int]:
    frame = session.query(
        "SELECT cell, status FROM results JOIN heads ON heads.head = results.head WHERE bundle = ?",
        [of.number],
    )
    return dict(zip(frame["cell"].tolist(), map(int, frame["status"].tolist()), strict=True))
