"""The history of every parcel of a table, as it was known when the parcel was screened.

Works on columns: keys are 64-bit numbers sorted with the parcels' order in time, so that the earlier parcels of a key
are found by binary search, and objects are made for related parcels alone. What it hands to
`features.history.summarise_keys` is enough for the same result as if all earlier parcels were handed over.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from features.history import PER_KEY_LIMIT, History, PastParcel, entity_keys, summarise_keys
from training.data import Progress, Source
from training.entities import Entities, EntityColumn
from training.records import Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = -(2**63)
NOT_KNOWN, HARMLESS, ILLICIT = -1, 0, 1
HISTORY_FIELDS = tuple((one.name, "float" in str(one.type)) for one in fields(History))
"""Name of each field of a history, and whether it is no count."""
REMEMBERED = 50_000
"""Past parcels kept as objects, because a busy shop's come up again and again."""
Places = npt.NDArray[np.int64]


class TimeColumn:
    """Collects what the replay needs of records beside their entity keys."""

    def __init__(self) -> None:
        self._at, self._found_at = array("q"), array("q")
        self._found, self._items = array("b"), array("Q")
        self._parts: dict[int, tuple[str, ...]] = {}

    def add(self, record: Record) -> None:
        """Add the next record."""
        if record.parts:
            self._parts[len(self._at)] = record.parts
        self._at.append(microseconds(record.at))
        self._found_at.append(microseconds(record.found_at))
        self._found.append(NOT_KNOWN if record.found is None else int(record.found))
        name = record.manifest.item_id.encode("utf-8", "surrogatepass")
        self._items.append(int.from_bytes(blake2b(name, digest_size=8).digest(), "big"))

    def finish(self) -> Times:
        """Return all of them."""
        return Times(
            at=np.frombuffer(self._at, dtype=np.int64),
            found=np.frombuffer(self._found, dtype=np.int8),
            found_at=np.frombuffer(self._found_at, dtype=np.int64),
            items=np.frombuffer(self._items, dtype=np.uint64),
            parts=self._parts,
        )


@dataclass(frozen=True, slots=True)
class Times:
    """When n parcels were screened and what was found.

    Attributes:
        at: Microseconds since 1970, int64 of shape (n,); NEVER where unknown.
        found: ILLICIT, HARMLESS or NOT_KNOWN, int8.
        found_at: Microseconds since 1970; NEVER where unknown.
        items: 64-bit hashes of the item numbers.
        parts: Firearm parts found, by place, where there were any.
    """

    at: npt.NDArray[np.int64]
    found: npt.NDArray[np.int8]
    found_at: npt.NDArray[np.int64]
    items: npt.NDArray[np.uint64]
    parts: dict[int, tuple[str, ...]]


def microseconds(moment: datetime | None) -> int:
    """Return microseconds since 1970, exactly; NEVER for None."""
    return NEVER if moment is None else (moment - EPOCH) // MICROSECOND


def replay(entities: Entities, times: Times) -> Iterator[tuple[int, History]]:
    """Yield (place, history) of every parcel, in the order of time.

    Parcels of the same moment do not see one another. Findings count from the moment they became known; labels never.
    A parcel without a time has no past: it is summarised as on an empty store.
    """
    past = _Past(entities, times)
    for place in np.flatnonzero(times.at == NEVER).tolist():
        yield place, summarise_keys(entities.keys(place), "", (), datetime.max)
    for place in past.order.tolist():
        moment = EPOCH + timedelta(microseconds=int(times.at[place]))
        keys = entities.keys(place)
        yield place, summarise_keys(keys, past.item(place), past.related(place), moment)


class Histories:
    """The replayed history of every parcel, as numbers: an object each would take a kilobyte."""

    def __init__(self, entities: Entities, times: Times) -> None:
        self._values = np.empty((len(entities), len(HISTORY_FIELDS)))
        for place, history in replay(entities, times):
            self._values[place] = [nan if one is None else one for one in astuple(history)]

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


class _Past:
    """Looks up the earlier parcels of a parcel's keys."""

    def __init__(self, entities: Entities, times: Times) -> None:
        self._entities, self._times = entities, times
        timed = np.flatnonzero(times.at != NEVER)
        self.order: Places = timed[np.argsort(times.at[timed], kind="stable")]
        self._sorted_at = times.at[self.order]
        ranks = np.full(len(times.at), -1, dtype=np.int64)
        ranks[self.order] = np.arange(len(self.order))
        rows = entities.rows()
        known = ranks[rows] >= 0
        keys, self._ranks = _sorted_pairs(entities.ids[known], ranks[rows[known]])
        self._keys, starts = np.unique(keys, return_index=True)
        self._ends = np.append(starts, len(keys))
        self._repeated = _repeated(times.items)
        self._same_item = _places_by(times.items, np.flatnonzero(self._repeated))
        # Always handed over, whatever the time: finds, and what was opened before it was declared.
        ahead = (times.found != NOT_KNOWN) & (times.found_at != NEVER) & (times.found_at <= times.at)
        self._always = _KeyPlaces(entities, np.flatnonzero(((times.found == ILLICIT) | ahead) & (times.at != NEVER)))
        self._made: OrderedDict[int, PastParcel] = OrderedDict()

    def item(self, place: int) -> str:
        return f"{int(self._times.items[place]):016x}"

    def related(self, place: int) -> list[PastParcel]:
        """Return what may count for the parcel at a place; `summarise_keys` leaves out what does not."""
        first = int(np.searchsorted(self._sorted_at, self._times.at[place]))
        span = slice(self._entities.indptr[place], self._entities.indptr[place + 1])
        mine = self._entities.ids[span]
        chosen: set[int] = set()
        for at in np.searchsorted(self._keys, mine).tolist():
            chosen.update(self._latest(at, first))
        chosen.update(self._always.of(mine))
        chosen.update(self._other_entries(chosen, set(mine.tolist())))
        chosen.discard(place)
        return [self._parcel(one) for one in sorted(chosen)]

    def _latest(self, key: int, first: int) -> Iterator[int]:
        """Yield the parcels of a key before a rank, the latest first, until the limit of different items is reached."""
        low, high = self._ends[key], self._ends[key + 1]
        stop = low + int(np.searchsorted(self._ranks[low:high], first))
        counted = 0
        for rank in self._ranks[low:stop][::-1]:
            place = int(self.order[rank])
            yield place
            # An item seen twice may count elsewhere or not at all, so it takes no room here.
            counted += not self._repeated[place]
            if counted == PER_KEY_LIMIT:
                return

    def _other_entries(self, chosen: set[int], mine: set[int]) -> set[int]:
        """Return further entries of repeated items that share a key: the one with a finding stands for the item."""
        items = {int(self._times.items[one]) for one in chosen if self._repeated[one]}
        entries = {one for item in items for one in self._same_item[item]}
        return {one for one in entries - chosen if not mine.isdisjoint(self._ids(one))}

    def _ids(self, place: int) -> list[int]:
        span = slice(self._entities.indptr[place], self._entities.indptr[place + 1])
        return list(self._entities.ids[span].tolist())

    def _parcel(self, place: int) -> PastParcel:
        made = self._made.get(place)
        if made is None:
            made = self._made[place] = self._make(place)
            if len(self._made) > REMEMBERED:
                self._made.popitem(last=False)
        return made

    def _make(self, place: int) -> PastParcel:
        found, found_at = int(self._times.found[place]), int(self._times.found_at[place])
        return PastParcel(
            item_id=self.item(place),
            at=EPOCH + timedelta(microseconds=int(self._times.at[place])),
            entities=self._entities.keys(place),
            found=None if found == NOT_KNOWN else bool(found),
            found_at=None if found_at == NEVER else EPOCH + timedelta(microseconds=found_at),
            parts=self._times.parts.get(place, ()),
        )


class _KeyPlaces:
    """The parcels of each key, for few parcels."""

    def __init__(self, entities: Entities, places: Places) -> None:
        self._places: dict[int, list[int]] = {}
        for place in places.tolist():
            for one in entities.ids[entities.indptr[place] : entities.indptr[place + 1]].tolist():
                self._places.setdefault(one, []).append(place)

    def of(self, ids: npt.NDArray[np.uint64]) -> Iterable[int]:
        return (place for one in ids.tolist() for place in self._places.get(one, ()))


def _sorted_pairs(ids: npt.NDArray[np.uint64], ranks: Places) -> tuple[npt.NDArray[np.uint64], Places]:
    order = np.lexsort((ranks, ids))
    return ids[order], ranks[order]


def _repeated(items: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    _, inverse, counts = np.unique(items, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] > 1)


def _places_by(items: npt.NDArray[np.uint64], places: Places) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place in places.tolist():
        found.setdefault(int(items[place]), []).append(place)
    return found
