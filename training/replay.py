"""The history of every parcel of a file, as it was known when the parcel was screened.

Works on columns: keys are 64-bit numbers, and the earlier parcels of a key are found by binary search among its parcels
in the order of time. Counting follows `features.history.summarise_keys` to the last bit; the rare parcel whose earlier
ones repeat an item, or were opened before they were declared, is handed to that very function.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from features.history import PER_KEY_LIMIT, History, PastParcel, entity_keys, summarise_keys
from training.data import Progress, Source
from training.entities import Entities, EntityColumn
from training.records import Record
from training.replay_counts import ILLICIT, NEVER, NOT_KNOWN, Counter, Ids, KeyIndex, Marks, Places, Times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HISTORY_FIELDS = tuple((one.name, "float" in str(one.type)) for one in fields(History))
"""Name of each field of a history, and whether it is no count."""


class TimeColumn:
    """Collects what the replay needs of records beside their entity keys."""

    def __init__(self) -> None:
        self._at, self._found_at = array("q"), array("q")
        self._found = array("b")
        self._items: list[str] = []
        self._parts: dict[int, tuple[str, ...]] = {}

    def add(self, record: Record) -> None:
        """Add the next record."""
        if record.parts:
            self._parts[len(self._at)] = record.parts
        self._at.append(microseconds(record.at))
        self._found_at.append(microseconds(record.found_at))
        self._found.append(NOT_KNOWN if record.found is None else int(record.found))
        self._items.append(record.manifest.item_id)

    def finish(self) -> Times:
        """Return all of them; the item numbers themselves are given up."""
        items, self._items = _item_ranks(self._items), []
        return Times(
            at=np.frombuffer(self._at, dtype=np.int64),
            found=np.frombuffer(self._found, dtype=np.int8),
            found_at=np.frombuffer(self._found_at, dtype=np.int64),
            items=items,
            parts=self._parts,
        )


def microseconds(moment: datetime | None) -> int:
    """Return microseconds since 1970, exactly; NEVER for None."""
    return NEVER if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


def replay(entities: Entities, times: Times) -> Iterator[tuple[int, History]]:
    """Yield (place, history) of every parcel, in the order of time.

    Parcels of the same moment do not see one another. Findings count from the moment they became known; labels never.
    A parcel without a time has no past: it is summarised as on an empty store.
    """
    for place in np.flatnonzero(times.at == NEVER).tolist():
        yield place, summarise_keys(entities.keys(place), "", (), datetime.max)
    past = _Past(entities, times)
    for place in past.index.order.tolist():
        yield place, past.history(place)


class Histories:
    """The replayed history of every parcel, as numbers: an object each would take a kilobyte."""

    def __init__(self, entities: Entities, times: Times, progress: Progress = lambda _: None) -> None:
        self._values = np.empty((len(entities), len(HISTORY_FIELDS)))
        for done, (place, history) in enumerate(replay(entities, times), start=1):
            self._values[place] = [nan if one is None else one for one in astuple(history)]
            progress(done)

    def history(self, place: int) -> History:
        """Return the history of the parcel at a place, exactly as it was computed."""
        values: dict[str, Any] = {
            name: None if one != one else (one if real else int(one))
            for (name, real), one in zip(HISTORY_FIELDS, self._values[place].tolist(), strict=True)
        }
        return History(**values)


def replay_source(source: Source, progress: Progress = lambda _: None) -> Histories:
    """Read a file for its people's history alone.

    Args:
        source: The file.
        progress: Called with the number of rows read.
    """
    entities, times = EntityColumn(), TimeColumn()
    for record in source.records(progress):
        entities.add(entity_keys(record.manifest))
        times.add(record)
    return Histories(entities.finish(), times.finish())


@dataclass(frozen=True, slots=True)
class _Special:
    """Parcels that the plain count does not cover.

    Attributes:
        repeated: Whether a parcel's item has several entries, shape (n,).
        regular: Whether all entries of its item name the same people and none has a finding, shape (n,).
        entries: The entries of each repeated item.
        ahead: By key, parcels that were opened before they were declared.
    """

    repeated: Marks
    regular: Marks
    entries: dict[int, list[int]]
    ahead: dict[int, list[int]]


class _Past:
    def __init__(self, entities: Entities, times: Times) -> None:
        self._entities, self._times = entities, times
        self.index = KeyIndex(entities, times)
        self._counter = Counter(entities, times, self.index)
        self._finds = _by_key(entities, np.flatnonzero((times.found == ILLICIT) & (times.at != NEVER)))
        self._special = _special(entities, times)

    def history(self, place: int) -> History:
        mine, kinds = self._entities.of(place)
        related = self.index.latest(place, mine)
        finds = self._known_finds(place, mine.tolist())
        if finds:
            related = np.union1d(related, self.index.rank[finds])
        others = self.index.order[related]
        if self._special.repeated[others].any() or any(one in self._special.ahead for one in mine.tolist()):
            return self._summarised(place, finds, mine)
        return self._counter.history(place, mine, kinds, related)

    def _known_finds(self, place: int, mine: list[int]) -> list[int]:
        at = int(self._times.at[place])
        return [
            one
            for key in mine
            for one in self._finds.get(key, ())
            if self._times.found_at[one] <= at and self._times.found_at[one] != NEVER and self._times.at[one] < at
        ]

    def _summarised(self, place: int, finds: list[int], mine: Ids) -> History:
        """Hand all that may count to the function that serving uses."""
        chosen = {one for ranks in self.index.earlier(place, mine) for one in self._enough(ranks)}
        chosen.update(finds, (one for key in mine.tolist() for one in self._special.ahead.get(key, ())))
        # Of an item seen twice, the entry with a finding stands for it, wherever it lies.
        items = {int(self._times.items[one]) for one in chosen}
        chosen.update(one for item in items for one in self._special.entries.get(item, ()) if self._shares(one, mine))
        chosen.discard(place)
        past = [self._parcel(one) for one in sorted(chosen)]
        item = _item(int(self._times.items[place]))
        return summarise_keys(self._entities.keys(place), item, past, _moment(int(self._times.at[place])))

    def _enough(self, ranks: npt.NDArray[np.int32]) -> list[int]:
        """Return so many of a key's latest parcels that the limit is met by items that surely count for this key."""
        size = PER_KEY_LIMIT
        while True:
            places = self.index.order[ranks[-size:]]
            sure = self._times.items[places[self._special.regular[places]]]
            # One more than the limit: the parcel's own item may be among them.
            if size >= len(ranks) or len(np.unique(sure)) > PER_KEY_LIMIT:
                return list(places.tolist())
            size *= 2

    def _shares(self, place: int, mine: Ids) -> bool:
        return bool(np.isin(self._entities.of(place)[0], mine).any())

    def _parcel(self, place: int) -> PastParcel:
        found, found_at = int(self._times.found[place]), int(self._times.found_at[place])
        return PastParcel(
            item_id=_item(int(self._times.items[place])),
            at=_moment(int(self._times.at[place])),
            entities=self._entities.keys(place),
            found=None if found == NOT_KNOWN else bool(found),
            found_at=None if found_at == NEVER else _moment(found_at),
            parts=self._times.parts.get(place, ()),
        )


def _special(entities: Entities, times: Times) -> _Special:
    known = times.at != NEVER
    repeated = (np.bincount(times.items) > 1)[times.items] & known
    entries: dict[int, list[int]] = {}
    for place in np.flatnonzero(repeated).tolist():
        entries.setdefault(int(times.items[place]), []).append(place)
    regular = ~repeated
    for places in entries.values():
        regular[places] = len({entities.keys(one) for one in places}) == 1 and (times.found[places] == NOT_KNOWN).all()
    opened = (times.found != NOT_KNOWN) & (times.found_at != NEVER) & (times.found_at <= times.at)
    return _Special(repeated, regular, entries, _by_key(entities, np.flatnonzero(opened & known)))


def _by_key(entities: Entities, places: Places) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place in places.tolist():
        for one in entities.of(place)[0].tolist():
            found.setdefault(one, []).append(place)
    return found


def _item_ranks(items: list[str]) -> Places:
    """Return the place of each item among the distinct items in order; the history breaks ties in time by it."""
    ranks = {item: rank for rank, item in enumerate(sorted(set(items)))}
    return np.fromiter((ranks[item] for item in items), dtype=np.int64, count=len(items))


def _item(rank: int) -> str:
    return f"{rank:010d}"


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
