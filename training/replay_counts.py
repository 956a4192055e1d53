"""Counts of the history on columns: what `features.history.summarise_keys` says, for parcels all of different items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.history import (
    HALF_LIFE_DAYS,
    MONTH,
    PER_KEY_LIMIT,
    RECENT,
    RECIPIENT_IDENTITY,
    SENDER_IDENTITY,
    SENDER_KINDS,
    WINDOW,
    History,
)
from training.entities import Entities

Places = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint64]
Marks = npt.NDArray[np.bool_]
Ranks = npt.NDArray[np.int32]
NEVER = -(2**63)
NOT_KNOWN, HARMLESS, ILLICIT = -1, 0, 1
SECOND = 1_000_000
"""In microseconds, the unit of all times here."""
DAY_SECONDS = 86400.0
YEAR_LONG, MONTH_LONG, RECENT_LONG = (int(one.total_seconds()) * SECOND for one in (WINDOW, MONTH, RECENT))


@dataclass(frozen=True, slots=True)
class Times:
    """When n parcels were screened and what was found.

    Attributes:
        at: When each was screened, microseconds since 1970, int64 of shape (n,); NEVER where unknown. Earlier parcels
            are those screened before.
        seen: The moment from which each counts (`features.history.seen_at`), not after `at`.
        found: ILLICIT, HARMLESS or NOT_KNOWN, int8.
        found_at: Microseconds since 1970; NEVER where unknown.
        items: Place of each item among the distinct items in order.
        parts: Firearm parts found, by place, where there were any.
    """

    at: Places
    seen: Places
    found: npt.NDArray[np.int8]
    found_at: Places
    items: Places
    parts: dict[int, tuple[str, ...]]


class KeyIndex:
    """The parcels of each key in the order in which they were screened.

    Attributes:
        order: The parcels that have a time, in the order of screening.
        by_age: The same, in the order in which the history counts them: by the moment seen, then by item.
        age_rank: The place of each parcel in `by_age`.
        repeated: Whether a parcel's item has several entries.
    """

    def __init__(self, entities: Entities, times: Times) -> None:
        timed = np.flatnonzero(times.at != NEVER)
        self.order: Places = timed[np.argsort(times.at[timed], kind="stable")]
        self.by_age: Places = timed[np.lexsort((times.items[timed], times.seen[timed]))]
        self.age_rank = np.full(len(times.at), -1, dtype=np.int32)
        self.age_rank[self.by_age] = np.arange(len(timed))
        self.repeated = np.bincount(times.items[timed], minlength=int(times.items.max(initial=0)) + 1)[times.items] > 1
        self._at, self._items = times.at, times.items
        self._sorted_at = times.at[self.order]
        self._first_seen = _first_seen(times, timed)
        rank = np.full(len(times.at), -1, dtype=np.int32)
        rank[self.order] = np.arange(len(self.order))
        self._rank = rank
        ranks = np.repeat(rank, np.diff(entities.indptr))
        ids = entities.ids[ranks >= 0]
        ranks = ranks[ranks >= 0]
        by_key = np.lexsort((ranks, ids))
        self._ranks = ranks[by_key]
        self._keys, starts = np.unique(ids[by_key], return_index=True)
        self._ends = np.append(starts, len(ids))

    def _of(self, key: np.uint64) -> Ranks:
        place = int(np.searchsorted(self._keys, key))
        return self._ranks[self._ends[place] : self._ends[place + 1]]

    def having(self, places: Places, key: np.uint64) -> Marks:
        """Return which of the parcels have a key, which must be known."""
        known, asked = self._of(key), self._rank[places]
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        return np.asarray(known[at] == asked)

    def latest(self, place: int, keys: Ids) -> Iterator[Places]:
        """Yield for each key its parcels screened before the one at a place: so many that no other can count for it.

        A parcel counts where fewer than PER_KEY_LIMIT other items of the key were seen after it.
        """
        first = int(np.searchsorted(self._sorted_at, self._at[place]))
        for key in keys:
            ranks = self._of(key)
            ranks = ranks[: int(np.searchsorted(ranks, first))]
            size = PER_KEY_LIMIT
            while size < len(ranks) and not self._enough(ranks, size):
                size *= 2
            yield self.order[ranks[-size:]]

    def _enough(self, ranks: Ranks, size: int) -> bool:
        """Return whether the last so many hold PER_KEY_LIMIT items that were all seen after whatever is left out."""
        left_out = self._sorted_at[ranks[-size - 1]]
        places = self.order[ranks[-size:]]
        later = places[self._first_seen[places] > left_out]
        if not self.repeated[later].any():
            return len(later) >= PER_KEY_LIMIT
        # One more: the parcel's own item may be among them.
        return len(np.unique(self._items[later])) > PER_KEY_LIMIT


def _first_seen(times: Times, timed: Places) -> Places:
    first = np.full(int(times.items.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, times.items[timed], times.seen[timed])
    return np.asarray(first[times.items])


class Counter:
    """Counts over related parcels."""

    def __init__(self, entities: Entities, times: Times, index: KeyIndex) -> None:
        self._times, self._index = times, index
        self._sender_kinds = np.array([name in SENDER_KINDS for name in entities.names], dtype=bool)
        self._sender_kind = entities.names.index("sender") if "sender" in entities.names else -1
        self._senders = _identities(entities, SENDER_IDENTITY)
        self._recipients = _identities(entities, RECIPIENT_IDENTITY)
        self._names = _identities(entities, ("sender",))

    def history(self, place: int, mine: Ids, kinds: npt.NDArray[np.uint8], related: Places) -> History:
        """Count for one parcel.

        Args:
            place: The parcel.
            mine: Its keys.
            kinds: Their kinds.
            related: The related parcels in the order of `KeyIndex.by_age`, within the bound of each key or with a
                known find.
        """
        at = int(self._times.at[place])
        sending = self._sender_kinds[kinds]
        sent, received = (self._sharing(related, mine[which]) for which in (sending, ~sending))
        ages = at - self._times.seen[related]
        found, found_at = self._times.found[related], self._times.found_at[related]
        known = (found != NOT_KNOWN) & (found_at != NEVER) & (found_at <= at)
        illicit, since = known & (found == ILLICIT), at - found_at
        values: dict[str, Any] = {}
        if sending.any():
            own = set(mine[kinds == self._sender_kind].tolist())
            values |= self._sender(related, ages, sent, own)
        if not sending.all():
            values |= self._recipient(related, ages, received)
        if sending.any() and not sending.all():
            values["pair_known"] = int(np.count_nonzero(sent & received & (ages <= YEAR_LONG)))
        return History(
            **values,
            found_sender=_decayed(since[sent & illicit]),
            found_recipient=_decayed(since[received & illicit]),
            opened_harmless=int(np.count_nonzero(known & (found == HARMLESS))),
            parts_recipient=self._parts(related[received & known & (ages <= RECENT_LONG)]),
        )

    def _sender(self, related: Places, ages: Places, sent: Marks, own: set[int]) -> dict[str, Any]:
        year = sent & (ages <= YEAR_LONG)
        return {
            "sender_known": int(np.count_nonzero(year)),
            "sender_month": int(np.count_nonzero(year & (ages <= MONTH_LONG))),
            "sender_decayed": _decayed(ages[year]),
            "sender_first_days": _first_days(ages[year]),
            "sender_recipients": len(_distinct(self._recipients[related[year]])),
            "sender_names": len(_distinct(self._names[related[year]]) | own),
        }

    def _recipient(self, related: Places, ages: Places, received: Marks) -> dict[str, Any]:
        year = received & (ages <= YEAR_LONG)
        return {
            "recipient_known": int(np.count_nonzero(year)),
            "recipient_month": int(np.count_nonzero(year & (ages <= MONTH_LONG))),
            "recipient_decayed": _decayed(ages[year]),
            "recipient_first_days": _first_days(ages[year]),
            "recipient_senders": len(_distinct(self._senders[related[year & (ages <= RECENT_LONG)]])),
        }

    def _sharing(self, related: Places, keys: Ids) -> Marks:
        """Return which of the related parcels have any of the keys, also those that are here for another key."""
        shared = np.zeros(len(related), dtype=bool)
        for key in keys if len(related) else ():
            shared |= self._index.having(related, key)
        return shared

    def _parts(self, places: Places) -> int:
        return len({part for place in places.tolist() for part in self._times.parts.get(place, ())})


def _identities(entities: Entities, kinds: Sequence[str]) -> Ids:
    """Return the key that stands for each parcel's party: the first of the kinds that it has; 0 where it has none."""
    found = np.zeros(len(entities), dtype=np.uint64)
    rows = entities.rows()
    for kind in reversed([kind for kind in kinds if kind in entities.names]):
        chosen = entities.kinds == entities.names.index(kind)
        found[rows[chosen]] = entities.ids[chosen]
    return found


def _distinct(ids: Ids) -> set[int]:
    return set(ids.tolist()) - {0}


def _decayed(ages: Places) -> float:
    # Python's own power and order of summation: NumPy's differ in the last bit, and serving sums this way.
    return float(sum(float(0.5 ** (age / SECOND / DAY_SECONDS / HALF_LIFE_DAYS)) for age in ages.tolist()))


def _first_days(ages: Places) -> float | None:
    return int(ages.max()) / SECOND / DAY_SECONDS if len(ages) else None
