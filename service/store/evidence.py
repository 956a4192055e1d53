"""Reads what past decisions rested on, many at once, as `sop.bulk.columns` has it, with what was decided and found.

Screenings made before evidence was kept have none; a caller may say how theirs is rebuilt (`service.evidence_rebuilt`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from service.store import findings
from service.store.tables import screening
from sop.ahead import one_ahead
from sop.bulk.columns import from_ndjson

PAGE = 20_000
ROW = ("seq", "id", "lane", "rule", "random_selection", "selection_probability", "evidence")
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
"""The columns beside those of `sop.bulk.columns.SCHEMA`: what was decided then, what was found (illicit, other_offence,
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

    Returns:
        Tables of `sop.bulk.columns.SCHEMA` and MORE, each parsed while the next page is read.
    """
    counted = tally if tally is not None else Tally()
    found = findings.words_by_screening(connection)

    def pages() -> Iterator[Callable[[], pa.Table]]:
        for rows in _pages(connection, _period(since, until)):
            page = _Page(*(list(column) for column in zip(*rows, strict=True)))
            rebuilt = _rebuild(connection, page, rebuild, counted) if None in page.evidence else frozenset()
            counted.stored += len(page.seq) - len(rebuilt)
            if page.seq:
                yield partial(_table, page, found, rebuilt)

    return one_ahead(pages())


def newest_lines(connection: Connection, stage: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Return (place in the chain, evidence) of a stage's newest screenings beyond a place, oldest first."""
    statement = (
        select(screening.c.seq, screening.c.evidence)
        .where(screening.c.stage == stage, screening.c.seq > after, screening.c.evidence.is_not(None))
        .order_by(screening.c.seq.desc())
        .limit(limit)
    )
    return [(row.seq, row.evidence) for row in reversed(connection.execute(statement).all())]


def _period(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions = []
    if since is not None:
        conditions.append(screening.c.created_at >= since)
    if until is not None:
        conditions.append(screening.c.created_at < until)
    return conditions


def _pages(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[Row[Any]]]:
    selected = select(*(screening.c[name] for name in ROW)).order_by(screening.c.seq).limit(PAGE)
    after, rows = 0, None
    while rows is None or len(rows) == PAGE:
        rows = connection.execute(selected.where(and_(screening.c.seq > after, *conditions))).all()
        if rows:
            yield rows
            after = rows[-1].seq


@dataclass(slots=True)
class _Page:
    """Screenings as columns, in the order of ROW; evidence None: there is none yet."""

    seq: list[int]
    id: list[str]
    lane: list[str]
    rule: list[str]
    random_selection: list[bool]
    selection_probability: list[float]
    evidence: list[str | None]

    def keep(self, places: Sequence[int]) -> None:
        """Keep these rows alone."""
        for name in ROW:
            column = getattr(self, name)
            setattr(self, name, [column[place] for place in places])


def _rebuild(connection: Connection, page: _Page, rebuild: Rebuild | None, tally: Tally) -> frozenset[int]:
    """Fill in what can be rebuilt, leave the others out, and return the places in the chain of those rebuilt."""
    bare = {seq for seq, text in zip(page.seq, page.evidence, strict=True) if text is None}
    made = _made(connection, page, rebuild, tally) if rebuild else {}
    tally.rebuilt += len(made)
    if rebuild is None:
        tally.left_out["its evidence was not kept then"] += len(bare)
    page.evidence = [made.get(seq, text) for seq, text in zip(page.seq, page.evidence, strict=True)]
    page.keep([place for place, text in enumerate(page.evidence) if text is not None])
    return frozenset(made)


def _made(connection: Connection, page: _Page, rebuild: Rebuild, tally: Tally) -> dict[int, str]:
    names = ("seq", "id", "created_at", "station_id", "manifest", "answer")
    statement = select(*(screening.c[name] for name in names)).where(
        screening.c.seq.between(page.seq[0], page.seq[-1]), screening.c.evidence.is_(None)
    )
    wanted, made = set(page.seq), {}
    for row in connection.execute(statement):
        try:
            if row.seq in wanted:
                made[row.seq] = rebuild(OldScreening(*row))
        except ValueError as error:
            tally.left_out[str(error)] += 1
    return made


def _table(page: _Page, found: Mapping[str, str], rebuilt: frozenset[int]) -> pa.Table:
    table = from_ndjson("\n".join(text for text in page.evidence if text).encode("utf-8"))
    columns: dict[str, Sequence[Any]] = {
        "screening_id": page.id,
        "seq": page.seq,
        "lane": page.lane,
        "rule": page.rule,
        "random_selection": page.random_selection,
        "selection_probability": page.selection_probability,
        "found": [found.get(one) for one in page.id],
        "rebuilt": [seq in rebuilt for seq in page.seq],
    }
    for item in MORE:
        table = table.append_column(item, pa.array(columns[item.name], item.type))
    return table
