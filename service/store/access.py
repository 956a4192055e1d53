"""Who looked at or changed what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert

from service.store.tables import access

Action = Literal[
    "screening.read", "screening.list", "picture.read", "key.create", "key.revoke", "console.sign_in", "sop.order"
]  # fmt: skip


def note(
    connection: Connection,
    action: Action,
    subject: str,
    *,
    at: datetime,
    key_id: str | None,
    request_id: str | None = None,
) -> None:
    """Record one access. `subject` is an identifier of this store, never a name or an item number."""
    row = {"action": action, "subject": subject, "at": at, "key_id": key_id, "request_id": request_id}
    connection.execute(insert(access), row)
