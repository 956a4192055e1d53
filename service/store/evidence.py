"""Reads what past decisions rested on, many at once, as `sop.columns` has it, with what was decided and found.

Screenings made before evidence was kept have none; a caller may say how theirs is rebuilt (`service.evidence_rebuilt`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, null, select

from service.store import findings
from service.store.tables import screening
from sop.columns import from_ndjson

PAGE = 20_000
MORE = pa.schema(
    {
        "screening_id": pa.string(),
        "seq": pa.int64(),
        "lane": pa.string(),
        "rule": pa.string(),
        "random_selection": pa.bool_(),
        "selection_probability": pa.float64(),
        "found": pa.string(),
        "rebuilt": pa.bool_(),
    }
)
"""The columns beside those of `sop.columns.SCHEMA`: what was decided then, what was found (illicit, other_offence,
nothing; null where nobody looked), and whether the evidence is rebuilt from answer and manifest."""


@dataclass(frozen=True, slots=True)
class OldScreening:
    """A screening without evidence: all of it that evidence can be rebuilt from."""

    seq: int
    screening_id: str
    created_at: datetime
    station_id: str | None
    manifest: str
    answer: str


Rebuild = Callable[[OldScreening], str]
"""Returns the JSON of `sop.evidence_json`; raises ValueError or InputError, which says why it cannot."""


@dataclass(slots=True)
class Tally:
    """What was read: rows with evidence, rows rebuilt, and rows left out by the reason why."""

    stored: int = 0
    rebuilt: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def tables(
    connection: Connection,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    rebuild: Rebuild | None = None,
    tally: Tally | None = None,
) -> Iterator[pa.Table]:
    """Yield the screenings of a period in the order of the chain, a page at a time.

    Args:
        connection: To the store; a snapshot, where others write meanwhile.
        since: From this moment on; None: from the first.
        until: Before this moment; None: to the newest.
        rebuild: Makes the evidence of screenings that have none; None: they are left out.
        tally: Counts what was read.

    Yields:
        Tables of `sop.columns.SCHEMA` and MORE.
    """
    counted = tally if tally is not None else Tally()
    found = findings.words_by_screening(connection)
    for rows in _pages(connection, _selected(rebuild is not None), _period(since, until)):
        kept = [one for row in rows if (one := _with_evidence(row, rebuild, counted)) is not None]
        if kept:
            yield _table(kept, found)


def newest_lines(connection: Connection, stage: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Return (place in the chain, evidence) of a stage's newest screenings beyond a place, oldest first."""
    statement = (
        select(screening.c.seq, screening.c.evidence)
        .where(screening.c.stage == stage, screening.c.seq > after, screening.c.evidence.is_not(None))
        .order_by(screening.c.seq.desc())
        .limit(limit)
    )
    return [(row.seq, row.evidence) for row in reversed(connection.execute(statement).all())]


def newest_place(connection: Connection) -> int:
    """Return the place of the newest screening in the chain; 0 where there is none."""
    return int(connection.execute(select(func.max(screening.c.seq))).scalar_one() or 0)


def _period(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions = []
    if since is not None:
        conditions.append(screening.c.created_at >= since)
    if until is not None:
        conditions.append(screening.c.created_at < until)
    return conditions


def _selected(with_old: bool) -> Select[Any]:
    names = ("seq", "id", "lane", "rule", "random_selection", "selection_probability", "evidence")
    old = ("created_at", "station_id", "manifest", "answer")
    # Manifest and answer are the bulk of a row; where there is evidence they are not needed.
    bare = screening.c.evidence.is_(None) if with_old else null().is_not(None)
    return select(
        *(screening.c[name] for name in names), *(case((bare, screening.c[name])).label(name) for name in old)
    )


def _pages(
    connection: Connection, selected: Select[Any], conditions: Sequence[ColumnElement[bool]]
) -> Iterator[Sequence[Row[Any]]]:
    after = 0
    while True:
        statement = selected.where(and_(screening.c.seq > after, *conditions)).order_by(screening.c.seq).limit(PAGE)
        rows = connection.execute(statement).all()
        yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def _with_evidence(row: Row[Any], rebuild: Rebuild | None, tally: Tally) -> tuple[Row[Any], str, bool] | None:
    if row.evidence is not None:
        tally.stored += 1
        return row, row.evidence, False
    if rebuild is None:
        tally.left_out["its evidence was not kept then"] += 1
        return None
    old = OldScreening(row.seq, row.id, row.created_at, row.station_id, row.manifest, row.answer)
    try:
        text = rebuild(old)
    except ValueError as error:
        tally.left_out[str(error)] += 1
        return None
    tally.rebuilt += 1
    return row, text, True


def _table(kept: Sequence[tuple[Row[Any], str, bool]], found: Mapping[str, str]) -> pa.Table:
    table = from_ndjson("\n".join(text for _, text, _ in kept).encode("utf-8"))
    columns = {
        "screening_id": [row.id for row, _, _ in kept],
        "seq": [row.seq for row, _, _ in kept],
        "lane": [row.lane for row, _, _ in kept],
        "rule": [row.rule for row, _, _ in kept],
        "random_selection": [row.random_selection for row, _, _ in kept],
        "selection_probability": [row.selection_probability for row, _, _ in kept],
        "found": [found.get(row.id) for row, _, _ in kept],
        "rebuilt": [rebuilt for _, _, rebuilt in kept],
    }
    for item in MORE:
        table = table.append_column(item, pa.array(columns[item.name], item.type))
    return table
