"""The history of every parcel of a file, as it was known when the parcel was screened.

Works on columns: keys are 64-bit numbers, and the earlier parcels of a key are found by binary search among its parcels
in the order of time. Counting follows `features.history.summarise_keys` to the last bit; the rarer parcel whose earlier
ones were screened more than once is handed to that very function.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from datetime import UTC, datetime, timedelta
from math import nan
from typing import Any

import numpy as np

from features.history import PER_KEY_LIMIT, History, PastParcel, entity_keys, seen_at, summarise_keys
from training.data import Progress, Source
from training.entities import Entities, EntityColumn
from training.records import Record
from training.replay_counts import ILLICIT, NEVER, NOT_KNOWN, Counter, KeyIndex, Places, Ranks, Times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HISTORY_FIELDS = tuple((one.name, "float" in str(one.type)) for one in fields(History))
"""Name of each field of a history, and whether it is no count."""


class TimeColumn:
    """Collects what the replay needs of records beside their entity keys."""

    def __init__(self) -> None:
        self._at, self._seen, self._found_at = array("q"), array("q"), array("q")
        self._found = array("b")
        self._items: list[str] = []
        self._parts: dict[int, tuple[str, ...]] = {}

    def add(self, record: Record) -> None:
        """Add the next record."""
        if record.parts:
            self._parts[len(self._at)] = record.parts
        self._at.append(microseconds(record.at))
        self._seen.append(microseconds(record.at and seen_at(record.manifest.declared_at, record.at)))
        self._found_at.append(microseconds(record.found_at))
        self._found.append(NOT_KNOWN if record.found is None else int(record.found))
        self._items.append(record.manifest.item_id)

    def finish(self) -> Times:
        """Return all of them; the item numbers themselves are given up."""
        items, self._items = _item_ranks(self._items), []
        return Times(
            at=np.frombuffer(self._at, dtype=np.int64),
            seen=np.frombuffer(self._seen, dtype=np.int64),
            found=np.frombuffer(self._found, dtype=np.int8),
            found_at=np.frombuffer(self._found_at, dtype=np.int64),
            items=items,
            parts=self._parts,
        )


def microseconds(moment: datetime | None) -> int:
    """Return microseconds since 1970, exactly; NEVER for None."""
    return NEVER if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


def replay(entities: Entities, times: Times, skipped: int = 0) -> Iterator[tuple[int, History]]:
    """Yield (place, history) of every parcel but the first so many, in the order of time.

    Parcels of the same moment do not see one another. Findings count from the moment they became known; labels never.
    A parcel without a time has no past: it is summarised as on an empty store.
    """
    for place in np.flatnonzero(times.at[skipped:] == NEVER).tolist():
        yield place + skipped, summarise_keys(entities.keys(place + skipped), "", (), datetime.max)
    past = _Past(entities, times)
    for place in past.index.order[past.index.order >= skipped].tolist():
        yield place, past.history(place)


class Histories:
    """The replayed history of every parcel, as numbers: an object each would take a kilobyte.

    Args:
        entities: The parcels' keys.
        times: When they were screened and what was found.
        skipped: The first so many parcels are of earlier files, and nobody asks for their history.
    """

    def __init__(self, entities: Entities, times: Times, skipped: int = 0) -> None:
        self._values = np.empty((len(entities) - skipped, len(HISTORY_FIELDS)))
        for place, history in replay(entities, times, skipped):
            self._values[place - skipped] = [nan if one is None else one for one in astuple(history)]

    def history(self, place: int) -> History:
        """Return the history of the parcel at a place, exactly as it was computed."""
        values: dict[str, Any] = {
            name: None if one != one else (one if real else int(one))
            for (name, real), one in zip(HISTORY_FIELDS, self._values[place].tolist(), strict=True)
        }
        return History(**values)


def replay_source(source: Source, progress: Progress = lambda _: None, earlier: Sequence[Source] = ()) -> Histories:
    """Read a file for its people's history alone.

    Args:
        source: The file.
        progress: Called with the number of rows read of it.
        earlier: Files that only fill the history.
    """
    entities, times = EntityColumn(), TimeColumn()
    skipped = add_earlier(entities, times, earlier)
    for record in source.records(progress, watched=False):
        entities.add(entity_keys(record.manifest))
        times.add(record)
    return Histories(entities.finish(), times.finish(), skipped)


def add_earlier(entities: EntityColumn, times: TimeColumn, earlier: Sequence[Source]) -> int:
    """Add the parcels of earlier files, before any other; returns how many they are."""
    added = 0
    for source in earlier:
        for record in source.records():
            entities.add(entity_keys(record.manifest))
            times.add(record)
            added += 1
    return added


class _Past:
    def __init__(self, entities: Entities, times: Times) -> None:
        self._entities, self._times = entities, times
        self.index = KeyIndex(entities, times)
        self._counter = Counter(entities, times, self.index)
        known = times.at != NEVER
        self._entries: dict[int, list[int]] = {}
        for place in np.flatnonzero(self.index.repeated & known).tolist():
            self._entries.setdefault(int(times.items[place]), []).append(place)
        self._finds: dict[int, list[int]] = {}
        for place in np.flatnonzero((times.found == ILLICIT) & (times.found_at != NEVER) & known).tolist():
            for key in self._all_keys(place):
                self._finds.setdefault(key, []).append(place)

    def _all_keys(self, place: int) -> set[int]:
        """Return the keys of all entries of a parcel's item: a find at one of them stands for all."""
        entries = self._entries.get(int(self._times.items[place]), [place])
        return {key for one in entries for key in self._entities.of(one)[0].tolist()}

    def history(self, place: int) -> History:
        mine, kinds = self._entities.of(place)
        latest = list(self.index.latest(place, mine))
        finds = self._known_finds(place, mine.tolist())
        if any(self.index.repeated[some].any() for some in latest) or self.index.repeated[finds].any():
            return self._merged(place, {one for some in (*latest, finds) for one in some.tolist()})
        ages = [
            self.index.age_rank[some] for some in (*(_bounded(some, self.index.age_rank) for some in latest), finds)
        ]
        related = self.index.by_age[np.unique(np.concatenate(ages))] if ages else finds
        return self._counter.history(place, mine, kinds, related)

    def _known_finds(self, place: int, mine: list[int]) -> Places:
        at, times = int(self._times.at[place]), self._times
        every = (one for key in mine for one in self._finds.get(key, ()))
        return np.array([one for one in every if times.found_at[one] <= at and times.at[one] < at], dtype=np.int64)

    def _merged(self, place: int, chosen: set[int]) -> History:
        """Count as serving does, whose store keeps one entry an item, seen first when it was first screened."""
        at = int(self._times.at[place])
        items = {int(self._times.items[one]): one for one in chosen}
        past = [self._parcel(item, self._entries.get(item, [one]), at) for item, one in items.items()]
        item = _item(int(self._times.items[place]))
        return summarise_keys(self._entities.keys(place), item, past, _moment(at))

    def _parcel(self, item: int, entries: list[int], at: int) -> PastParcel:
        times = self._times
        known = [one for one in entries if times.at[one] < at]
        opened = [one for one in known if times.found[one] != NOT_KNOWN and NEVER < times.found_at[one] <= at]
        last = max(opened, key=lambda one: (int(times.found_at[one]), int(times.at[one])), default=None)
        return PastParcel(
            item_id=_item(item),
            at=_moment(min(int(times.seen[one]) for one in known)),
            entities=tuple(sorted({key for one in known for key in self._entities.keys(one)})),
            found=None if last is None else bool(times.found[last]),
            found_at=None if last is None else _moment(int(times.found_at[last])),
            parts=() if last is None else times.parts.get(last, ()),
        )


def _bounded(places: Places, age_rank: Ranks) -> Places:
    """Return those of one key's parcels that count for it: the last seen."""
    if len(places) <= PER_KEY_LIMIT:
        return places
    return places[np.argpartition(age_rank[places], -PER_KEY_LIMIT)[-PER_KEY_LIMIT:]]


def _item_ranks(items: list[str]) -> Places:
    """Return the place of each item among the distinct items in order; the history breaks ties in time by it."""
    ranks = {item: rank for rank, item in enumerate(sorted(set(items)))}
    return np.fromiter((ranks[item] for item in items), dtype=np.int64, count=len(items))


def _item(rank: int) -> str:
    return f"{rank:010d}"


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
