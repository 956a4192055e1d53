"""Cuts of the workload as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sop.bulk.columns import CUT
from sop.bulk.decided import Codes, Floats, Mask
from sop.types import LANES, Cut


@dataclass(frozen=True, slots=True)
class CutTable:
    """Cuts; all arrays have one entry a cut.

    Attributes:
        rows: The cuts themselves, of type `sop.bulk.columns.CUT`.
        stage: The stage, as text.
        lane: Index in LANES.
        comes_in: Whether parcels come in; otherwise they go out.
        rank, tie: See `sop.types.Cut`.
    """

    rows: pa.StructArray
    stage: NDArray[np.object_]
    lane: Codes
    comes_in: Mask
    rank: Floats
    tie: Floats

    @classmethod
    def of(cls, cuts: Sequence[Cut]) -> CutTable:
        """Return some cuts as a table."""
        return cls.read(pa.array([asdict(cut) for cut in cuts], type=CUT))

    @classmethod
    def read(cls, rows: pa.StructArray) -> CutTable:
        """Return a table of cuts from a column of type `sop.bulk.columns.CUT` without nulls."""
        lane = rows.field("lane").dictionary_encode()
        codes = np.array([*map(LANES.index, lane.dictionary.to_pylist())], dtype=np.int8)
        return cls(
            rows,
            rows.field("stage").to_numpy(zero_copy_only=False),
            codes[lane.indices.to_numpy()],
            rows.field("moves").to_numpy(zero_copy_only=False) == "in",
            rows.field("rank").to_numpy(),
            rows.field("tie").to_numpy(),
        )

    def cut(self, number: int) -> Cut:
        """Return one of the cuts."""
        return Cut(**self.rows[number].as_py())
