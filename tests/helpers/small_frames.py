"""Frames made of little: enough to fit rates, memories and plans on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from features.manifest import Item, Manifest
from models.coded import code
from models.site import NO_SITE
from training.frame import Frame, frame_of
from training.records import Record

PARCEL = Manifest(item_id="1", channel="courier", origin_country="GB", destination_country="MX",
                  items=(Item(hs_code="732690", net_weight_g=500.0),))  # fmt: skip


def make_rows(
    rows: int,
    *,
    labels: npt.ArrayLike | None = None,
    patterns: Sequence[int] | None = None,
    extras: Mapping[str, Sequence[str]] | None = None,
) -> Frame:
    """Return a frame of equal parcels, each its own group, with the given labels, patterns and codes of a site."""
    frame = frame_of([Record(manifest=PARCEL, at=None, label=False)], NO_SITE).take(np.zeros(rows, dtype=np.int64))
    keys = np.arange(1, rows + 1) if patterns is None else np.array(patterns)
    return replace(
        frame,
        labels=np.zeros(rows, dtype=bool) if labels is None else np.asarray(labels, dtype=bool),
        groups=np.arange(rows, dtype=np.int32),
        patterns=np.column_stack([keys] * 3).astype(np.uint64),
        codes={**frame.codes, **{f"extra:{name}": code(values) for name, values in (extras or {}).items()}},
    )
