"""What a candidate would have said about each parcel: one row a screening.

A row is there from the moment the screening is on disk, and is completed by whoever computes it. So a parcel that a
candidate never got to is counted, even where the process that should have computed it was stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, func, select, update

from service.store.tables import screening, shadow

State = Literal["done", "waiting", "dropped", "failed"]
"""Computed; still to be computed; left out because too many were waiting; the candidate failed on the parcel."""
KEY = ("trial", "screening_id", "at")
CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRow:
    """What one candidate says about one screening.

    Attributes:
        trial: Which run of which candidate.
        screening_id: About which screening.
        at: When it was recorded.
        state: See `State`; the fields below are None unless it is `done`.
        lane, rule, placed_by: Of the candidate's decision.
        risk, xray, combined: The scores that it rests on, 0 to 1; None where not known.
        decision: The whole decision as JSON.
        versions: What the candidate is made of, as JSON.
    """

    trial: str
    screening_id: str
    at: datetime
    state: State
    lane: str | None = None
    rule: str | None = None
    placed_by: str | None = None
    risk: float | None = None
    xray: float | None = None
    combined: float | None = None
    decision: str | None = None
    versions: str = "{}"


@dataclass(frozen=True, slots=True)
class Compared:
    """One parcel that both have judged: the active side as it was recorded, and the candidate's."""

    seq: int
    screening_id: str
    item_id: str
    at: datetime
    stage: str
    lane: str
    rule: str
    evidence: str | None
    candidate_lane: str
    candidate_rule: str
    risk: float | None
    xray: float | None
    combined: float | None


def row(new: ShadowRow) -> tuple[Table, dict[str, Any]]:
    """Return a row for the transaction that records its screening."""
    return shadow, {name: getattr(new, name) for name in ShadowRow.__slots__}


def complete(connection: Connection, rows: Sequence[ShadowRow]) -> None:
    """Fill in rows that were waiting."""
    for row in rows:
        mine = and_(shadow.c.trial == row.trial, shadow.c.screening_id == row.screening_id)
        values = {name: value for name, value in asdict(row).items() if name not in KEY}
        connection.execute(update(shadow).where(mine).values(values))


def states(connection: Connection, trial: str) -> Counter[str]:
    """Return how many parcels of a trial are in each state."""
    statement = (
        select(shadow.c.state, func.count().label("parcels")).where(shadow.c.trial == trial).group_by(shadow.c.state)
    )
    return Counter({row.state: row.parcels for row in connection.execute(statement)})


def recorded_between(connection: Connection, since: datetime, until: datetime | None) -> int:
    """Return how many screenings were recorded in a period, whether or not a candidate was asked."""
    statement = select(func.count()).select_from(screening).where(screening.c.created_at >= since)
    if until is not None:
        statement = statement.where(screening.c.created_at < until)
    return int(connection.execute(statement).scalar_one())


def compared(connection: Connection, trial: str) -> Iterator[Compared]:
    """Yield the parcels of a trial that are done, in the order of the chain."""
    columns = (
        screening.c.seq, screening.c.id.label("screening_id"), screening.c.item_id,
        screening.c.created_at.label("at"), screening.c.stage, screening.c.lane, screening.c.rule, screening.c.evidence,
        shadow.c.lane.label("candidate_lane"), shadow.c.rule.label("candidate_rule"),
        shadow.c.risk, shadow.c.xray, shadow.c.combined,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(shadow, shadow.c.screening_id == screening.c.id)
        .where(shadow.c.trial == trial, shadow.c.state == "done")
        .order_by(screening.c.seq)
        .execution_options(yield_per=CHUNK)
    )
    for row in connection.execute(statement):
        yield Compared(**row._mapping)
