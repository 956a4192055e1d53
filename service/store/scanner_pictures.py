"""The newest answers about a scanner's pictures: what its drift is told from."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from service.store.tables import screening


def newest(connection: Connection) -> int:
    """Return the place of the newest screening in the chain; 0 where there is none."""
    return connection.execute(select(func.max(screening.c.seq))).scalar_one() or 0


def newest_answers(connection: Connection, scanner: str, after: int, upto: int, limit: int) -> list[str]:
    """Return the answers about a scanner, oldest first.

    Args:
        connection: To the store.
        scanner: As stations name it.
        after: Only screenings beyond this place in the chain.
        upto: Only screenings up to this place.
        limit: Only so many, the newest.
    """
    statement = (
        select(screening.c.answer)
        .where(screening.c.scanner_id == scanner, screening.c.seq > after, screening.c.seq <= upto)
        .order_by(screening.c.seq.desc())
        .limit(limit)
    )
    return list(reversed(connection.execute(statement).scalars().all()))
