"""From a table of stored evidence to the past that a simulation looks at.

Beside the columns of `sop.bulk.columns.SCHEMA` the table may have those of EXTRA; what is absent or null is not known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sop.simulation.types import FOUND, UNKNOWN, Bytes, Coded, Codes, Days, Floats, Mask, Past, Recorded
from sop.types import LANES, RANDOM_RULE

EXTRA = {
    "screening_id": pa.string(),
    "lane": pa.string(),
    "rule": pa.string(),
    "selection_probability": pa.float64(),
    "found": pa.string(),
    "rebuilt": pa.bool_(),
}
"""What is on record beside the evidence: the lane of then and the rule that put the parcel there (RANDOM: chance), the
probability with which chance selected any parcel, the most telling word of `FOUND` that officers wrote down, and
whether the evidence was put together from answer and manifest."""
TRAITS = {
    "stage": "stage",
    "channel": "channel",
    "mail class": "mail_class",
    "origin": "origin_country",
    "station": "station",
}
"""Traits by which the effect is shown, and their columns."""


def past_of(table: pa.Table, time_zone: str) -> Past:
    """Return what a simulation needs to know about n stored screenings.

    Args:
        table: Columns of `sop.bulk.columns.SCHEMA`, and those of EXTRA as far as they are there.
        time_zone: IANA name; in it days and hours are told.
    """
    day, hour = _when(table.column("at"), time_zone)
    return Past(
        items=_codes(table.column("item_id")).codes,
        day=day, hour=hour,
        traits={name: _codes(table.column(column)) for name, column in TRAITS.items()},
        rank=_rank(table),
        found=_places(_extra(table, "found"), FOUND, 0),
        recorded=_recorded(table),
    )  # fmt: skip


def with_extra(table: pa.Table) -> pa.Table:
    """Return the table with every column of EXTRA, null where nothing is on record."""
    for name in EXTRA:
        if name not in table.column_names:
            table = table.append_column(name, _extra(table, name))
    return table


def _recorded(table: pa.Table) -> Recorded:
    by_chance: Mask = pc.fill_null(pc.equal(_extra(table, "rule"), RANDOM_RULE), False).to_numpy()
    probability = pc.fill_null(_extra(table, "selection_probability"), 0.0).to_numpy()
    return Recorded(lane=_places(_extra(table, "lane"), LANES, UNKNOWN), by_chance=by_chance, probability=probability)


def _extra(table: pa.Table, name: str) -> Any:
    if name in table.column_names:
        return table.column(name).cast(EXTRA[name])
    return pa.chunked_array([pa.nulls(table.num_rows, EXTRA[name])])


def _rank(table: pa.Table) -> Floats:
    combined, risk = (table.column(name).to_numpy() for name in ("combined", "risk"))
    rank: Floats = np.where(np.isnan(combined), risk, combined)
    return rank


def _when(at: Any, time_zone: str) -> tuple[Days, Bytes]:
    """Return local days and hours; Arrow knows the zone's summer times."""
    local = pc.local_timestamp(at.cast(pa.timestamp("us", time_zone)))
    moments = local.to_numpy().astype("datetime64[h]")
    days = moments.astype("datetime64[D]")
    return days, (moments - days).astype(np.int8)


def _codes(column: Any) -> Coded:
    """Return a column of words as places in the words that occur."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = coded.unify_dictionaries().combine_chunks()
    names = tuple(whole.dictionary.to_pylist())
    unknown = len(names)
    codes: Codes = pc.fill_null(whole.indices, unknown).to_numpy(zero_copy_only=False).astype(np.int32)
    return Coded(codes, (*names, "") if (codes == unknown).any() else names)


def _places(column: Any, words: tuple[str, ...], default: int) -> Bytes:
    """Return a column of words as places in a list of words."""
    places = pc.index_in(column, pa.array(words))
    found: Bytes = pc.fill_null(places, default).to_numpy().astype(np.int8)
    return found
