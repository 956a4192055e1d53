"""Every screening of a simulation with both decisions, as a table that can be replayed again."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from sop.bulk.decided import PLACED_BY, Decided
from sop.simulation.past import with_extra
from sop.simulation.replay import Replayed
from sop.types import LANES

NEW = ("lane", "rule", "placed_by", "probability")
"""What is added of each side, with `_before` and `_after` at the end of its name."""


def with_decisions(replayed: Replayed) -> pa.Table:
    """Return the evidence, what is on record, and of each side lane, rule, what put the parcel there, how likely."""
    table = with_extra(replayed.table)
    for side, decided in (("before", replayed.before), ("after", replayed.after)):
        for name, column in zip(NEW, _columns(decided), strict=True):
            table = table.append_column(f"{name}_{side}", column)
    return table


def _columns(decided: Decided) -> list[Any]:
    words = ((decided.lane, LANES), (decided.rule, decided.rules), (decided.placed_by, PLACED_BY))
    coded = [pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)) for codes, names in words]
    return [*coded, pa.array(decided.probability)]
