"""What was seen before of a parcel's people, addresses and accounts.

Defined once, computed in two places: from the store when serving, by replay in time order when training.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PastParcel:
    """An earlier parcel that shares at least one entity key with the parcel at hand.

    Attributes:
        item_id: Its identifier.
        at: When it was declared, or screened where no declaration time is known. Timezone-aware.
        entities: Its entity keys (see `entity_keys`).
        found: What the officer found: True illicit, False opened and harmless, None not opened or not known yet.
        found_at: When that was recorded; a finding counts only for parcels after this moment.
        parts: Names of firearm parts found, if any.
    """

    item_id: str
    at: datetime
    entities: tuple[str, ...]
    found: bool | None = None
    found_at: datetime | None = None
    parts: tuple[str, ...] = ()
