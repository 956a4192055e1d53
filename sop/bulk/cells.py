"""One batch of stored evidence as arrays, and which of its parcels meet a condition; nothing is computed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sop.bulk.decided import Floats, Mask
from sop.signals import ANY, NO_PICTURE, PART_PREFIX, digits_of, fits
from sop.types import AnyOf, BeginsWith, Condition, Like, OneOf, Within

Indices = NDArray[np.int64]

COLUMN = {
    "transit_country": "transit_countries",
    "hs_code": "hs_codes",
    "indicator": "indicators",
    "contradiction": "contradictions",
    "watchlist": "watchlists",
}
"""Signals of which a parcel has many values; every other one has the name of its column."""

ANY_SIGNALS = frozenset({"contradiction", "watchlist"})
AS_RULES_SEE: Mapping[str, Callable[[str], str]] = {
    "hs_code": digits_of,
    "xray_assessment": lambda value: value or NO_PICTURE,
}


@dataclass(frozen=True, slots=True)
class Words:
    """A column of text: its different values, and for each parcel the index of its own, the last where it has none."""

    values: tuple[str, ...]
    index: Indices

    def meeting(self, test: Callable[[str], bool], without: bool = False) -> Mask:
        """Return which parcels' value meets a test; `without`: what holds for a parcel that has none."""
        return np.array([*map(test, self.values), without])[self.index]


@dataclass(frozen=True, slots=True)
class Lists:
    """A column of lists of text: its different values, and for each entry the index of its value and its parcel."""

    values: tuple[str, ...]
    index: Indices
    parcel: Indices
    parcels: int

    def meeting(self, test: Callable[[str], bool]) -> Mask:
        """Return which parcels have a value that meets a test."""
        found = np.zeros(self.parcels, dtype=bool)
        found[self.parcel[np.array([*map(test, self.values), False])[self.index]]] = True
        return found


class Cells:
    """A batch of a table of `sop.bulk.columns.SCHEMA`."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.batch = batch
        self._columns: dict[str, Any] = {}
        self._masks: dict[tuple[int, date | None], Mask] = {}

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def words(self, name: str) -> Words:
        """Return a column of text."""
        if name not in self._columns:
            values, index = _encoded(self.batch.column(name))
            self._columns[name] = Words(values, index)
        found: Words = self._columns[name]
        return found

    def lists(self, name: str) -> Lists:
        """Return a column of lists of text."""
        if name not in self._columns:
            array = self.batch.column(name)
            values, index = _encoded(array.flatten())
            self._columns[name] = Lists(values, index, pc.list_parent_indices(array).to_numpy(), len(self))
        found: Lists = self._columns[name]
        return found

    def number(self, signal: str) -> Floats:
        """Return the numbers of a signal or column, NaN where unknown."""
        if signal not in self._columns:
            self._columns[signal] = self._number(signal)
        found: Floats = self._columns[signal]
        return found

    def _number(self, signal: str) -> Floats:
        if signal.startswith(PART_PREFIX):
            # Not `field`: that would show the score of a row whose parts are null.
            array = pc.struct_field(self.batch.column("parts"), signal.removeprefix(PART_PREFIX))
        else:
            array = self.batch.column(signal)
        numbers: Floats = pc.cast(array, pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
        # No earlier finding is a number that is known: none.
        return np.nan_to_num(numbers) if signal == "finding_history" else numbers

    def moments(self) -> Indices:
        """Return the moments in microseconds since 1970 UTC."""
        found: Indices = self.batch.column("at").cast(pa.int64()).to_numpy()
        return found

    def meeting(self, condition: Condition, on: date) -> Mask:
        """Return which parcels meet a condition on a day. The condition must outlive this object."""
        key = (id(condition), on if is_dated(condition) else None)
        if key not in self._masks:
            self._masks[key] = self._meeting(condition, on)
        return self._masks[key]

    def all_meeting(self, when: tuple[Condition, ...], on: date) -> Mask:
        """Return which parcels meet all conditions on a day."""
        found: Mask = np.logical_and.reduce([self.meeting(condition, on) for condition in when])
        return found

    def _meeting(self, condition: Condition, on: date) -> Mask:
        match condition:
            case Within(signal, at_least, below):
                return _within(self.number(signal), at_least, below)
            case AnyOf(alternatives):
                found: Mask = np.logical_or.reduce([self.all_meeting(one, on) for one in alternatives])
                return found
            case _:
                return self._fitting(condition, on)

    def _fitting(self, condition: OneOf | BeginsWith | Like, on: date) -> Mask:
        signal = condition.signal
        seen = AS_RULES_SEE.get(signal, str)
        if signal not in COLUMN:
            without = signal == "xray_assessment" and fits(condition, NO_PICTURE, on)
            return self.words(signal).meeting(lambda value: fits(condition, seen(value), on), without)
        every = signal in ANY_SIGNALS and fits(condition, ANY, on)
        return self.lists(COLUMN[signal]).meeting(lambda value: every or fits(condition, seen(value), on))


def whole_words(table: pa.Table, name: str) -> Words:
    """Return a column of text of a whole table."""
    column = table.column(name)
    encoded = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return Words(*_encoded(encoded.combine_chunks()))


def is_dated(condition: Condition) -> bool:
    """Return whether a condition may hold on one day and not on another."""
    match condition:
        case AnyOf(alternatives):
            return any(is_dated(one) for alternative in alternatives for one in alternative)
        case OneOf() | BeginsWith():
            return bool(condition.lists)
        case _:
            return False


def _within(numbers: Floats, at_least: float | None, below: float | None) -> Mask:
    # NaN meets no comparison; without any bound it must still not count.
    found = numbers >= at_least if at_least is not None else ~np.isnan(numbers)
    return found & (numbers < below) if below is not None else found


def _encoded(array: pa.Array) -> tuple[tuple[str, ...], Indices]:
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    index: Indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return tuple(encoded.dictionary.to_pylist()), index
