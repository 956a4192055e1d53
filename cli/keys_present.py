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
    """Return all keys as a table that fits eighty columns."""
    table = Table("Id", "Role", "Name", "Only for", "State", "Last used", box=SIMPLE, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"  # a name or a subject that is cut off cannot be told from another
    for column in (table.columns[0], table.columns[4], table.columns[5]):
        column.no_wrap = True
    for one in records:
        table.add_row(
            one.id, one.role, escape(one.name), escape(_limits(one)), _ending(one, now), _day(one.last_used_at)
        )
    return table


def _limits(record: KeyRecord) -> str:
    """Return a line for each limit, and the key that this one took over from."""
    stations = read_stations(record.stations)
    found = {
        "{}": stations,
        "{} a minute": record.requests_per_minute,
        "with {}": record.certificate,
        "(replaces {})": record.replaces,
    }
    return "\n".join(text.format(value) for text, value in found.items() if value)


def _ending(record: KeyRecord, now: datetime) -> str:
    """Return the state, and beneath it the day that goes with it."""
    day = record.revoked_at or record.expires_at
    if day is None:
        return state(record, now)
    return f"{state(record, now)}\n{'until ' if record.revoked_at is None and day > now else ''}{_day(day)}"


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "never"
