"""Codes as numbers: each distinct text once, and for every parcel the place of its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """One text a parcel.

    Attributes:
        ids: Place in `values` of each parcel's text, int32 of shape (n,); -1 where it has none.
        values: The distinct texts; some may belong to no parcel after `take`.
    """

    ids: Ids
    values: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, places: npt.NDArray[np.integer | np.bool_]) -> Coded:
        """Return the parcels at the given places."""
        return Coded(self.ids[places], self.values)

    def texts(self) -> list[str | None]:
        """Return every parcel's text, None where it has none."""
        return [self.values[one] if one >= 0 else None for one in self.ids.tolist()]

    def used(self) -> npt.NDArray[np.bool_]:
        """Return which of `values` belong to a parcel, shape (len(values),)."""
        return self.counts() > 0

    def counts(self) -> npt.NDArray[np.int64]:
        """Return how many parcels have each of `values`."""
        return np.bincount(self.ids[self.ids >= 0], minlength=len(self.values))

    def numbers(self, of: Callable[[str], float], missing: float) -> Numbers:
        """Return a number for each parcel, asking only once for each text that is used.

        Args:
            of: The number of a text.
            missing: The number where there is none.
        """
        used = self.used()
        known = [of(value) if there else missing for value, there in zip(self.values, used.tolist(), strict=True)]
        # Place -1 is the last one: missing needs no branch.
        return np.array([*known, missing], dtype=np.float64)[self.ids]


def code(texts: Iterable[str | None]) -> Coded:
    """Number texts in the order of their first appearance."""
    places: dict[str, int] = {}
    ids = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
    return Coded(np.array(ids, dtype=np.int32), tuple(places))
