"""Keys are made, taken over by a successor, and revoked; each is on record in `access`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from features.errors import CheckFailed, Problem, UsageError
from service.certificates import certificate_fault
from service.key_form import ROLES, hashed, new_key
from service.stations import Stations
from service.store import access, keys
from service.store.keys import KeyRecord
from service.store.store import Store

MAX_NAME = 128
MAX_PER_MINUTE = 1_000_000
OVERLAP = timedelta(hours=24)
"""How long a key goes on beside its successor: a day, so that every station can be told."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key is good for beside its role.

    Attributes:
        stations: The stations it is for; None: every station.
        expires_at: When it ends; None: never.
        requests_per_minute: How many requests it may make; None: as many as the settings say.
        certificate: `sha256:...` or `subject:...` of the client certificate that must come with it; None: none.
    """

    stations: Stations | None = None
    expires_at: datetime | None = None
    requests_per_minute: int | None = None
    certificate: str | None = None


EVERYTHING = Grant()


def create_key(store: Store, role: str, name: str, at: datetime, grant: Grant = EVERYTHING) -> tuple[KeyRecord, str]:
    """Make and record a key.

    Returns:
        The record, and the key itself, which is not kept anywhere else.

    Raises:
        UsageError: The role is unknown, the name too long, or the grant cannot be; all of it is told.
    """
    if problems := _faults(role, name, at, grant):
        raise UsageError("The key cannot be made.", problems)
    key_id, token = new_key()
    record = KeyRecord(
        id=key_id,
        name=name,
        role=role,
        secret_hash=hashed(token),
        created_at=at,
        stations=grant.stations.as_text() if grant.stations else None,
        expires_at=grant.expires_at,
        requests_per_minute=grant.requests_per_minute,
        certificate=grant.certificate,
    )
    with store.writing() as connection:
        keys.add(connection, record)
        access.note(connection, "key.create", key_id, at=at, key_id=None)
    return record, token


def rotate_key(store: Store, key_id: str, at: datetime, overlap: timedelta = OVERLAP) -> tuple[KeyRecord, str]:
    """Make a successor of the same role, name and scope, and let the old key end after the overlap.

    A key that was made for a time gets a successor for the same time from now on.

    Raises:
        CheckFailed: There is no such key, it is valid no more, or a valid successor exists.
    """
    new_id, token = new_key()
    secret_hash = hashed(token)
    with store.writing() as connection:
        old = keys.get(connection, key_id)
        if old is None or not is_valid(old, at):
            raise CheckFailed(f"{key_id[:40]}: there is no valid key of this id; see `parcel-screening keys list`.")
        if after := [one.id for one in keys.successors(connection, key_id) if is_valid(one, at)]:
            raise CheckFailed(f"{key_id}: key {after[0]} takes over from it already; revoke that one first.")
        expires_at = at + (old.expires_at - old.created_at) if old.expires_at else None
        fresh = replace(old, id=new_id, secret_hash=secret_hash, created_at=at, last_used_at=None)
        record = replace(fresh, expires_at=expires_at, replaces=key_id)
        keys.add(connection, record)
        keys.expire(connection, key_id, at + overlap)
        access.note(connection, "key.rotate", key_id, at=at, key_id=None)
        access.note(connection, "key.create", new_id, at=at, key_id=None)
    return record, token


def revoke_key(store: Store, key_id: str, at: datetime) -> bool:
    """Revoke a key; False where there is no such key, or it was revoked before."""
    with store.writing() as connection:
        done = keys.revoke(connection, key_id, at)
        if done:
            access.note(connection, "key.revoke", key_id, at=at, key_id=None)
        return done


def is_valid(record: KeyRecord, at: datetime) -> bool:
    """Return whether a key is neither revoked nor expired."""
    return record.revoked_at is None and (record.expires_at is None or record.expires_at > at)


def _faults(role: str, name: str, at: datetime, grant: Grant) -> list[Problem]:
    faults = []
    if role not in ROLES:
        faults.append(Problem("--role", "role_unknown", f"Role {role!r} is unknown; use one of {', '.join(ROLES)}."))
    if len(name) > MAX_NAME:
        text = f"The name has {len(name)} characters; at most {MAX_NAME} are kept."
        faults.append(Problem("--name", "name_too_long", text))
    if role == "sop_author" and grant.stations:
        text = "A key of role sop_author sees no parcel of any station; leave it out."
        faults.append(Problem("--station", "station_without_parcels", text))
    if grant.expires_at is not None and grant.expires_at <= at:
        faults.append(Problem("--expires", "expired_already", "The key would have expired before it was made."))
    per_minute = grant.requests_per_minute
    if per_minute is not None and not 0 < per_minute <= MAX_PER_MINUTE:
        text = f"Takes a whole number from 1 to {MAX_PER_MINUTE:,}."
        faults.append(Problem("--requests-per-minute", "rate_invalid", text))
    if grant.certificate and (fault := certificate_fault(grant.certificate)):
        faults.append(Problem("--certificate", "certificate_invalid", fault))
    return faults
