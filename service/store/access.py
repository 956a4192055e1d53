"""Who looked at or changed what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from service.store.entry import Entry
from service.store.tables import access

Action = Literal[
    "screening.read", "screening.list", "picture.read", "console.sign_in", "sop.order",
    "key.create", "key.rotate", "key.revoke",
    "key.refused_revoked", "key.refused_expired", "key.refused_certificate", "key.refused_role", "key.refused_station",
    "key.refused_rate",
    "db.purge", "db.erase", "db.replay", "db.export", "db.access", "access.read",
]  # fmt: skip


def note(
    connection: Connection,
    action: Action,
    subject: str,
    *,
    at: datetime,
    key_id: str | None,
    request_id: str | None = None,
    account: str | None = None,
) -> None:
    """Record one access.

    Args:
        connection: In a transaction that writes.
        action: What was done.
        subject: An identifier of this store, never a name or an item number.
        at: When.
        key_id: Whose key did it; None where it was done by command.
        request_id: Of the request, as its log line names it.
        account: Of the operating system, where it was done by command.
    """
    note_all(connection, action, [subject], at=at, key_id=key_id, request_id=request_id, account=account)


def note_all(
    connection: Connection,
    action: Action,
    subjects: Sequence[str],
    *,
    at: datetime,
    key_id: str | None,
    request_id: str | None = None,
    account: str | None = None,
) -> None:
    """Record one access to each of several subjects; see `note`."""
    rows = _rows(action, subjects, at, key_id, request_id, account)
    if rows:
        connection.execute(insert(access), rows)


def entry(
    action: Action, subjects: Sequence[str], *, at: datetime, key_id: str | None, request_id: str | None = None
) -> Entry:
    """Return accesses for the store's writer; see `note`. What was looked at leaves only once this is on disk."""
    return Entry(rows=tuple((access, row) for row in _rows(action, subjects, at, key_id, request_id, None)))


def _rows(
    action: Action,
    subjects: Sequence[str],
    at: datetime,
    key_id: str | None,
    request_id: str | None,
    account: str | None,
) -> list[dict[str, Any]]:
    one = {"action": action, "at": at, "key_id": key_id, "request_id": request_id, "account": account}
    return [{**one, "subject": subject} for subject in subjects]


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access log; see `note`."""

    id: int
    at: datetime
    action: str
    subject: str
    key_id: str | None
    account: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which accesses to list, newest first; None: whatever. `before` is the `id` after which the last page ended."""

    subject: str | None = None
    key_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


def find(connection: Connection, query: Query) -> list[Access]:
    """Return a page of the access log, newest first."""
    statement = select(*(access.c[name] for name in Access.__slots__)).order_by(access.c.id.desc()).limit(query.limit)
    if query.subject is not None:
        statement = statement.where(access.c.subject == query.subject)
    if query.key_id is not None:
        statement = statement.where(access.c.key_id == query.key_id)
    if query.since is not None:
        statement = statement.where(access.c.at >= query.since)
    if query.until is not None:
        statement = statement.where(access.c.at < query.until)
    if query.before is not None:
        statement = statement.where(access.c.id < query.before)
    return [Access(*row) for row in connection.execute(statement)]
