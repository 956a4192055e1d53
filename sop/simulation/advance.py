"""Parcels that their advance data no longer send on: what was found on them at the station may not be found any more.

A screening at the station is on record because the parcel came there. Where its advance data sent it (to scan or to a
more severe lane) and under the candidate would not, nobody knows whether it would still come: it depends on the desk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sop.simulation.intervals import Estimate, share_of
from sop.simulation.types import SCAN, Bytes, Codes, Mask, Past, Side

ADVANCE = "pre_arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What changes for parcels by their advance data.

    Attributes:
        no_longer_sent: Parcels that only the procedure before sends to scan or a more severe lane before arrival.
        newly_sent: Parcels that only the procedure after so sends.
        in_doubt: Illicit parcels on record that the procedure after opens or X-rays at the station, but no longer sends
            there.
        came_anyway: Of the parcels that the procedure before does not send, the share that was screened at the station
            all the same, 0 to 1: how far the doubt goes at this desk.
    """

    no_longer_sent: int
    newly_sent: int
    in_doubt: int
    came_anyway: Estimate


def advance_of(past: Past, before: Side, after: Side, finds: Mask) -> Advance:
    """Compare what advance data do; `finds` has an entry for each parcel: whether a find on record stays."""
    early = is_advance(past)
    declared = _any(past.items, early, past.parcels)
    was, will = (sent(past.items, past.parcels, early, side.lane) for side in (before, after))
    later = _any(past.items, ~early, past.parcels)
    left = declared & ~was
    return Advance(
        no_longer_sent=int((was & ~will).sum()), newly_sent=int((will & ~was).sum()),
        in_doubt=int((finds & in_doubt(past.items, past.parcels, early, before.lane, after.lane)).sum()),
        came_anyway=share_of(int((left & later).sum()), int(left.sum())),
    )  # fmt: skip


def is_advance(past: Past) -> Mask:
    """Return which screenings rest on advance data."""
    stage = past.traits["stage"]
    return np.isin(stage.codes, [code for code, name in enumerate(stage.names) if name == ADVANCE])


def in_doubt(items: Codes, parcels: int, early: Mask, before: Bytes, after: Bytes) -> Mask:
    """Return which parcels are looked at after at the station, though their advance data no longer send them there.

    Args:
        items: The parcel of each screening, 0 to `parcels` - 1.
        parcels: How many there are.
        early: Which screenings rest on advance data.
        before: Lanes before, places in LANES.
        after: Lanes after.
    """
    no_longer = sent(items, parcels, early, before) & ~sent(items, parcels, early, after)
    return no_longer & _any(items, ~early & (after <= SCAN), parcels)


def sent(items: Codes, parcels: int, early: Mask, lanes: Bytes) -> Mask:
    """Return which parcels their advance data send to scan or to a more severe lane."""
    return _any(items, early & (lanes <= SCAN), parcels)


def _any(items: Codes, rows: Mask, parcels: int) -> Mask:
    found = np.zeros(parcels, dtype=np.bool_)
    found[items[rows]] = True
    return found
