"""Finds one person's parcels among all manifests: by what names the person alone, and apart from it by name only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from features.errors import InputError
from features.history import entity_keys
from features.manifest import Item, Manifest, Marketplace, Party
from features.manifest_schema import parse_manifest_json
from features.names import skeleton
from service.store.tables import entity, finding, screening

CHUNK = 500
SHARED = frozenset({"sender_address", "recipient_address"})
"""Kinds of key that neighbours and colleagues have in common; they never make a parcel somebody's."""


@dataclass(frozen=True, slots=True)
class Match:
    """A screening that names the person; `by` says what was the same, without its value."""

    screening_id: str
    created_at: datetime
    lane: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a person appears.

    Attributes:
        certain: Screenings that share what names the person alone: name with address, account, phone and so on.
        same_name: Others with the same name and another address, or none: perhaps somebody else.
        mentions: Findings about other parcels whose words hold the name, by their identifier.
        unreadable: Screenings whose manifest this version cannot read, so that nobody knows whom they name.
    """

    certain: tuple[Match, ...]
    same_name: tuple[Match, ...]
    mentions: tuple[str, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person: details as manifests have them, and the account of a seller, if any."""

    party: Party
    market: Marketplace | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Name and firm, where given."""
        return tuple(one for one in (self.party.name, self.party.company) if one)

    @property
    def keys(self) -> frozenset[str]:
        """The entity keys that stand for this person alone, as sender, recipient or seller."""
        shown = Manifest(
            item_id="", channel="postal", origin_country="", destination_country="", items=(Item(),),
            sender=self.party, recipient=self.party, marketplace=self.market,
        )  # fmt: skip
        return frozenset(key for key in entity_keys(shown) if _kind(key) not in SHARED)


def find_person(connection: Connection, person: Person, progress: Callable[[int], None] = lambda done: None) -> Found:
    """Look through the keys and then through every manifest and finding.

    Args:
        connection: To the store; a snapshot, where others write meanwhile.
        person: Who.
        progress: Told the number of manifests looked at.
    """
    keys, names = person.keys, frozenset(filter(None, map(skeleton, person.names)))
    items = _items(connection, keys)
    certain, same_name, unreadable = [], [], []
    for count, row in enumerate(_rows(connection), start=1):
        progress(count)
        if row.item_id not in items and not names:
            continue
        try:
            manifest = parse_manifest_json(row.manifest)
        except InputError:
            unreadable.append(row.id)
            continue
        shared = sorted({_kind(key) for key in keys.intersection(entity_keys(manifest))})
        if shared:
            certain.append(Match(row.id, row.created_at, row.lane, tuple(shared)))
        elif roles := _named(manifest, names):
            same_name.append(Match(row.id, row.created_at, row.lane, roles))
    gone = {one.screening_id for one in certain}
    return Found(tuple(certain), tuple(same_name), _mentions(connection, person.names, gone), tuple(unreadable))


def of_item(connection: Connection, item_id: str) -> tuple[Match, ...]:
    """Return all screenings of an item."""
    columns = (screening.c.id, screening.c.created_at, screening.c.lane)
    statement = select(*columns).where(screening.c.item_id == item_id).order_by(screening.c.seq)
    return tuple(Match(*row, by=("item",)) for row in connection.execute(statement))


def _items(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    statement = select(entity.c.item_id).where(entity.c.key.in_(sorted(keys))).distinct()
    return frozenset(connection.execute(statement).scalars()) if keys else frozenset()


def _rows(connection: Connection) -> Iterator[Any]:
    columns = (screening.c.id, screening.c.item_id, screening.c.created_at, screening.c.lane, screening.c.manifest)
    yield from connection.execute(select(*columns).order_by(screening.c.seq).execution_options(yield_per=CHUNK))


def _named(manifest: Manifest, names: frozenset[str]) -> tuple[str, ...]:
    """Return the roles in which one of the names stands in a manifest."""
    parties = {"sender": manifest.sender, "recipient": manifest.recipient}
    return tuple(
        f"{role}_name"
        for role, party in parties.items()
        if party and any(one and skeleton(one) in names for one in (party.name, party.company))
    )


def _mentions(connection: Connection, names: Sequence[str], gone: set[str]) -> tuple[str, ...]:
    wanted = [name.casefold() for name in names if name]
    columns = (finding.c.id, finding.c.screening_id, finding.c.notes, finding.c.override_reason, finding.c.reference)
    found = []
    for row in connection.execute(select(*columns).order_by(finding.c.seq)) if wanted else ():
        words = " ".join(filter(None, (row.notes, row.override_reason, row.reference))).casefold()
        if row.screening_id not in gone and any(name in words for name in wanted):
            found.append(row.id)
    return tuple(found)


def _kind(key: str) -> str:
    return key.partition(":")[0]
