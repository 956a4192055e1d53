"""Makes stored decisions again, with the version, draws and cuts that they were made with, and compares every field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from features.errors import ParcelScreeningError
from features.version import __version__
from service.in_force import kept_package
from service.store.tables import screening
from sop.evidence_json import decide_again, from_json
from sop.package import Package

PAGE = 2_000
ROW_FIELDS = ("lane", "outcome", "rule", "random_selection", "selection_probability")
"""What the store keeps of a decision beside the answer; it is compared too."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a decision that came out otherwise: as it was decided, and as it is decided again."""

    field: str
    stored: Any
    again: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One screening, decided again.

    Attributes:
        screening_id, item_id: Which.
        version: Name and version of the policy that decided then, as the answer names it.
        service: The release that decided then.
        digest: Of the package; None where the evidence was not kept, empty where it cannot be read.
        differences: Fields that came out otherwise; none: the decision is the same, exactly.
        reworded: Fields that another release than today's said in other words, or did not say yet; what became of the
            parcel is the same.
        hindrance: Why it could not be decided again; None: it was.
    """

    screening_id: str
    item_id: str
    version: str
    service: str
    digest: str | None
    differences: tuple[Difference, ...] = ()
    reworded: tuple[Difference, ...] = ()
    hindrance: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which screenings: those named, by screening or item number, or else all of a period."""

    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class Replayer:
    """Decides stored parcels again; reads each version of the procedure once.

    Args:
        connection: To the store; a snapshot, where others write meanwhile.
        home: The home folder, whose registry keeps the versions.
    """

    def __init__(self, connection: Connection, home: Path) -> None:
        self._connection, self._home = connection, home
        self._packages: dict[str, Package | ParcelScreeningError] = {}

    def run(self, asked: Asked) -> Iterator[Replayed]:
        """Yield each screening asked for, decided again, in the order of the chain."""
        for row in _rows(self._connection, asked):
            yield self._replay(row)

    def _replay(self, row: Row[Any]) -> Replayed:
        answer = json.loads(row.answer)
        used = answer["versions"]
        named = {
            "screening_id": row.id,
            "item_id": row.item_id,
            "version": used["sop"],
            "service": used["service"],
        }
        if row.evidence is None:
            return Replayed(**named, digest=None, hindrance="What it rested on was not kept then.")
        try:
            stored = from_json(row.evidence)
        except ValueError:
            return Replayed(**named, digest="", hindrance="Its stored evidence cannot be read.")
        package = self._package(stored.policy)
        if isinstance(package, ParcelScreeningError):
            return Replayed(**named, digest=stored.policy, hindrance=package.message)
        again = json.loads(json.dumps(asdict(decide_again(package, stored))))
        policy = package.policy_for(stored.evidence.station, stored.evidence.channel)
        found = [*_differences(answer["decision"], again), *_row_differences(row, again)]
        if policy.title != named["version"]:
            found.append(Difference("versions.sop", named["version"], policy.title))
        words = [each for each in found if used["service"] != __version__ and _only_words(each, answer["decision"])]
        others = [each for each in found if each not in words]
        return Replayed(**named, digest=stored.policy, differences=tuple(others), reworded=tuple(words))

    def _package(self, digest: str) -> Package | ParcelScreeningError:
        if digest not in self._packages:
            try:
                self._packages[digest] = kept_package(self._home, digest)
            except ParcelScreeningError as error:
                self._packages[digest] = error
        return self._packages[digest]


def _rows(connection: Connection, asked: Asked) -> Iterator[Row[Any]]:
    names = ("seq", "id", "item_id", "answer", "evidence", *ROW_FIELDS)
    statement = select(*(screening.c[name] for name in names)).order_by(screening.c.seq).limit(PAGE)
    if asked.names:
        statement = statement.where(or_(screening.c.id.in_(asked.names), screening.c.item_id.in_(asked.names)))
    if asked.since is not None:
        statement = statement.where(screening.c.created_at >= asked.since)
    if asked.until is not None:
        statement = statement.where(screening.c.created_at < asked.until)
    after = 0
    while True:
        rows = connection.execute(statement.where(screening.c.seq > after)).all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def _only_words(difference: Difference, stored: dict[str, Any]) -> bool:
    """Return whether a difference may come of another release's words: its reason, or a field it did not have yet."""
    table, _, field = difference.field.partition(".")
    return table == "decision" and (field == "reason" or field not in stored)


def _differences(stored: dict[str, Any], again: dict[str, Any]) -> Iterator[Difference]:
    for field in dict.fromkeys([*stored, *again]):
        one, other = stored.get(field), again.get(field)
        if one != other:
            yield Difference(f"decision.{field}", one, other)


def _row_differences(row: Row[Any], again: dict[str, Any]) -> Iterator[Difference]:
    kept: Sequence[tuple[str, Any]] = [(field, getattr(row, field)) for field in ROW_FIELDS]
    for field, value in kept:
        if value != again[field]:
            yield Difference(f"record.{field}", value, again[field])
