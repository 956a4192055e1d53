"""From records to what the model reads of them, with the history replayed in time order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt

from features.history import NO_HISTORY, History, HistoryIndex, PastParcel, entity_keys, summarise_keys
from features.indicators.register import raise_indicators
from models.risk_frame import Observation, forget, observe
from training.data import Record, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """n parcels ready for fitting or scoring.

    Attributes:
        observations: What the model reads.
        labels: The truth, bool of shape (n,); False where unknown.
        groups: Near-duplicate groups.
        times: Seconds since 1970, float64 of shape (n,); NaN where unknown.
        indicators: Number of indicators raised, float64 of shape (n,).
        entities: Entity keys.
    """

    observations: list[Observation]
    labels: npt.NDArray[np.bool_]
    groups: list[str]
    times: npt.NDArray[np.float64]
    indicators: npt.NDArray[np.float64]
    entities: list[tuple[str, ...]]

    def take(self, places: npt.NDArray[np.int64]) -> Frame:
        """Return the rows at the given places."""
        return Frame(
            observations=[self.observations[place] for place in places],
            labels=self.labels[places],
            groups=[self.groups[place] for place in places],
            times=self.times[places],
            indicators=self.indicators[places],
            entities=[self.entities[place] for place in places],
        )


def replay(records: Sequence[Record], entities: Sequence[tuple[str, ...]]) -> list[History]:
    """Return each record's history as it was known when it was screened.

    Parcels of the same moment do not see one another. Findings count from the moment they became known; labels never.
    """
    histories = [NO_HISTORY] * len(records)
    timed = [(record.at, place) for place, record in enumerate(records) if record.at is not None]
    timed.sort()
    index = HistoryIndex()
    for at, batch in groupby(timed, key=lambda pair: pair[0]):
        places = [place for _, place in batch]
        for place in places:
            keys = entities[place]
            item = records[place].manifest.item_id
            histories[place] = summarise_keys(keys, item, index.related(keys), at)
        for place in places:
            index.add(_past(records[place], entities[place], at))
    for place, record in enumerate(records):
        if record.at is None:
            # Known people without a known past: the same as for a parcel screened on an empty store.
            histories[place] = summarise_keys(entities[place], record.manifest.item_id, (), datetime.max)
    return histories


def make_frame(
    table: Table,
    progress: Callable[[int], None] = lambda _: None,
    numeric: Sequence[str] | None = None,
    categorical: Sequence[str] | None = None,
) -> Frame:
    """Read all that the model needs of a table's records.

    Args:
        table: The records.
        progress: Called after each record with the number done.
        numeric: The site's own numeric columns to read; None takes the table's.
        categorical: The site's own codes to read; None takes the table's.
    """
    records = table.records
    entities = [entity_keys(record.manifest) for record in records]
    histories = replay(records, entities)
    observations, counts = [], []
    for done, (record, history) in enumerate(zip(records, histories, strict=True), start=1):
        raised = raise_indicators(record.manifest)
        own = (table.numeric if numeric is None else numeric, table.categorical if categorical is None else categorical)
        observations.append(observe(record.manifest, raised, history, *own))
        counts.append(float(len({one.code for one in raised})))
        progress(done)
    return Frame(
        observations=observations,
        labels=np.array([bool(record.label) for record in records]),
        groups=[record.group for record in records],
        times=np.array([record.at.timestamp() if record.at else np.nan for record in records]),
        indicators=np.array(counts),
        entities=entities,
    )


def without_history(frame: Frame, places: npt.NDArray[np.int64]) -> Frame:
    """Return the frame with the given rows as an empty store would show them."""
    observations = list(frame.observations)
    for place in places:
        nothing = summarise_keys(frame.entities[place], "", (), datetime.max)
        observations[place] = forget(observations[place], nothing)
    return replace(frame, observations=observations)


def _past(record: Record, entities: tuple[str, ...], at: datetime) -> PastParcel:
    return PastParcel(
        item_id=record.manifest.item_id,
        at=at,
        entities=entities,
        found=record.found,
        found_at=record.found_at,
        parts=record.parts,
    )
