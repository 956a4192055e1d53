"""The entity keys of many parcels, each a 64-bit number, in compressed rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HEX_DIGITS = 16
Ids = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Entities:
    """Who and what each of n parcels names.

    An identifier is the first 64 bits of the key's digest: among 12 million different keys the odds that any two
    collide are 4 in a million (birthday bound, n**2 / 2**65).

    Attributes:
        indptr: The keys of parcel i are `ids[indptr[i]:indptr[i + 1]]`, in their order; int64, shape (n + 1,).
        ids: uint64 identifiers.
        kinds: Place in `names` of each identifier's kind, uint8.
        names: The kinds, for example `sender_phone`.
    """

    indptr: npt.NDArray[np.int64]
    ids: Ids
    kinds: npt.NDArray[np.uint8]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def take(self, places: npt.NDArray[np.integer]) -> Entities:
        """Return the parcels at the given places."""
        sizes = np.diff(self.indptr)[places]
        indptr = np.concatenate([[0], np.cumsum(sizes)])
        # Of each key: where its parcel begins in the old rows, and how far into the parcel it lies.
        chosen = np.repeat(self.indptr[places] - indptr[:-1], sizes) + np.arange(indptr[-1])
        return Entities(indptr, self.ids[chosen], self.kinds[chosen], self.names)

    def rows(self) -> Places:
        """Return the parcel of each key."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))

    def of(self, place: int) -> tuple[Ids, npt.NDArray[np.uint8]]:
        """Return identifiers and kinds of one parcel."""
        span = slice(self.indptr[place], self.indptr[place + 1])
        return self.ids[span], self.kinds[span]

    def keys(self, place: int) -> tuple[str, ...]:
        """Return the keys of one parcel as text, `kind:digits`; equal where and only where the identifiers are."""
        ids, kinds = self.of(place)
        pairs = zip(kinds.tolist(), ids.tolist(), strict=True)
        return tuple(f"{self.names[kind]}:{one:016x}" for kind, one in pairs)

    def kind_sets(self) -> npt.NDArray[np.uint64]:
        """Return which kinds each parcel names, as bits in the order of `names`, shape (n,)."""
        bits = np.zeros(len(self), dtype=np.uint64)
        for bit in range(len(self.names)):
            # Kind by kind: an index for all keys at once would take as much again as the keys.
            named = np.add.reduceat(np.append(self.kinds == bit, False).astype(np.int32), self.indptr[:-1])
            named[np.diff(self.indptr) == 0] = 0  # reduceat gives the next parcel's first key where there is none
            bits[named > 0] |= np.uint64(1 << bit)
        return bits

    def touches(self, others: Entities) -> npt.NDArray[np.bool_]:
        """Return which of these parcels share a key with any of the others, shape (n,)."""
        shared = np.zeros(len(self), dtype=bool)
        shared[self.rows()[np.isin(self.ids, others.ids)]] = True
        return shared


class EntityColumn:
    """Collects the keys of parcels, one parcel after another."""

    def __init__(self) -> None:
        self._ends = array("q", [0])
        self._ids = array("Q")
        self._kinds = array("B")
        self._names: dict[str, int] = {}

    def add(self, keys: Iterable[str]) -> None:
        """Add the keys of the next parcel, as `features.history.entity_keys` returns them."""
        for key in keys:
            kind, _, digest = key.partition(":")
            self._ids.append(int(digest[:HEX_DIGITS], 16))
            self._kinds.append(self._names.setdefault(kind, len(self._names)))
        self._ends.append(len(self._ids))

    def finish(self) -> Entities:
        """Return all of them."""
        return Entities(
            np.frombuffer(self._ends, dtype=np.int64),
            np.frombuffer(self._ids, dtype=np.uint64) if self._ids else np.empty(0, dtype=np.uint64),
            np.frombuffer(self._kinds, dtype=np.uint8) if self._kinds else np.empty(0, dtype=np.uint8),
            tuple(self._names),
        )
