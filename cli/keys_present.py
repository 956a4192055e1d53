"""A key as `keys list` shows it: whose, for what, until when, last used, and its state in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from service.stations import read_stations
from service.store.keys import KeyRecord

SOON: Final = timedelta(days=14)
"""Two weeks are enough to give every station its new key."""


def state(record: KeyRecord, now: datetime) -> str:
    """Return valid, expires soon, expired or revoked."""
    if record.revoked_at is not None:
        return "revoked"
    if record.expires_at is None or record.expires_at > now + SOON:
        return "valid"
    return "expires soon" if record.expires_at > now else "expired"


def as_json(record: KeyRecord, now: datetime) -> dict[str, Any]:
    """Return all but the hash."""
    stations = read_stations(record.stations)
    return {
        "id": record.id,
        "role": record.role,
        "name": record.name or None,
        "state": state(record, now),
        "stations": list(stations.patterns) if stations else None,
        "created_at": _moment(record.created_at),
        "expires_at": _moment(record.expires_at),
        "revoked_at": _moment(record.revoked_at),
        "last_used_at": _moment(record.last_used_at),
        "requests_per_minute": record.requests_per_minute,
        "certificate": record.certificate,
        "replaces": record.replaces,
    }


def as_table(records: Sequence[KeyRecord], now: datetime) -> Table:
    """Return all keys as a table; what a key needs beside itself has a column where any key needs something."""
    conditions = any(_conditions(one) for one in records)
    headings = ["Id", "Role", "Name", "Stations", "State", "Ends", "Last used", *(["Conditions"] if conditions else [])]
    table = Table(*headings, box=SIMPLE)
    for column in table.columns:
        column.overflow = "fold"  # a name or a subject that is cut off cannot be told from another
    for column in (table.columns[0], table.columns[1], table.columns[4]):
        column.no_wrap = True
    for one in records:
        stations = read_stations(one.stations)
        table.add_row(
            one.id,
            one.role,
            escape(one.name),
            escape(str(stations)) if stations else "every",
            state(one, now),
            _short(one.revoked_at or one.expires_at),
            _short(one.last_used_at),
            *([escape(_conditions(one))] if conditions else []),
        )
    return table


def _conditions(record: KeyRecord) -> str:
    found = {
        "{} a minute": record.requests_per_minute,
        "with {}": record.certificate,
        "replaces {}": record.replaces,
    }
    return "; ".join(text.format(value) for text, value in found.items() if value)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _short(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "never"
