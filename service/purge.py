"""Which screenings are over their time of keeping: by age and lane, sparing what was found and what was detained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from service.removing import Progress, Totals, remove_all
from service.store.removal import BATCH, Order
from service.store.store import Store
from service.store.tables import finding, screening
from sop.types import LANES, Lane

PROTECTED: Lane = "detain"
DEFAULT_LANES: tuple[Lane, ...] = tuple(lane for lane in LANES if lane != PROTECTED)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be purged.

    Attributes:
        before: Screened before this moment.
        lanes: In these lanes. Unless `detain` is among them, items with any detained screening are spared.
        with_findings: Also items about which an officer recorded a finding.
    """

    before: datetime
    lanes: tuple[Lane, ...] = DEFAULT_LANES
    with_findings: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many screenings a purge would remove by lane, and how many are spared for their findings or a detention."""

    by_lane: dict[str, int]
    spared_findings: int
    spared_detained: int

    @property
    def screenings(self) -> int:
        """How many would be removed."""
        return sum(self.by_lane.values())


def forecast(connection: Connection, due: Due) -> Forecast:
    """Count what `purge` would remove; nothing is changed."""
    lanes = select(screening.c.lane, func.count().label("found")).where(_due(due)).group_by(screening.c.lane)
    counted = {row.lane: row.found for row in connection.execute(lanes)}
    return Forecast(
        by_lane={lane: counted[lane] for lane in LANES if lane in counted},
        spared_findings=0 if due.with_findings else _count(connection, and_(_old(due), _has_finding())),
        spared_detained=0 if PROTECTED in due.lanes else _count(connection, and_(_old(due), _was_detained())),
    )


def purge(store: Store, due: Due, order: Order, progress: Progress = lambda done: None) -> Totals:
    """Remove what is due, in batches.

    Raises:
        StoreUnavailable: The store cannot be used; what was removed until then is on record.
    """
    return remove_all(store, _ids(store, due), order, progress)


def criteria(due: Due) -> dict[str, Any]:
    """Return how the screenings were chosen, for the record."""
    return {**asdict(due), "lanes": list(due.lanes)}


def _ids(store: Store, due: Due) -> Iterator[str]:
    """Yield what is due in the order of the chain; each batch is asked for when the one before is gone."""
    after = 0
    while True:
        statement = select(screening.c.seq, screening.c.id).where(screening.c.seq > after, _due(due))
        with store.reading() as connection:
            rows = connection.execute(statement.order_by(screening.c.seq).limit(BATCH)).all()
        if not rows:
            return
        yield from (row.id for row in rows)
        after = rows[-1].seq


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(screening).where(which)).scalar_one())


def _due(due: Due) -> ColumnElement[bool]:
    conditions = [_old(due)]
    if not due.with_findings:
        conditions.append(~_has_finding())
    if PROTECTED not in due.lanes:
        conditions.append(~_was_detained())
    return and_(*conditions)


def _old(due: Due) -> ColumnElement[bool]:
    return and_(screening.c.created_at < due.before, screening.c.lane.in_(due.lanes))


def _has_finding() -> ColumnElement[bool]:
    """Whether an officer recorded something about the item: its advance data explains what was found in the parcel."""
    return select(finding.c.seq).where(finding.c.item_id == screening.c.item_id).exists()


def _was_detained() -> ColumnElement[bool]:
    other = screening.alias()
    return select(other.c.seq).where(other.c.item_id == screening.c.item_id, other.c.lane == PROTECTED).exists()
