"""Keys and who they belong to: made once, shown once, kept as a hash.

A key reads `ps_<id>_<secret>`; the secret has 256 random bits. The store keeps an argon2id hash of the whole key.
Verifying one costs tens of milliseconds by design, so each process does it once for each key and afterwards compares
SHA-256 digests; role and revocation are read from the store on every request, so a revoked key ends at once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from features.errors import UsageError
from service.store import access, keys
from service.store.keys import KeyRecord
from service.store.store import Store

Role = Literal["station", "officer", "analyst", "sop_author", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_FORM = re.compile(r"ps_([0-9a-f]{12})_([0-9a-f]{64})")
MAX_NAME = 128
# The smallest setting that OWASP's password storage cheat sheet recommends (19 MiB, 2 passes): the secret itself has
# 256 bits, so the hash guards a stolen database against nothing that guessing could reach.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key a request carries."""

    key_id: str
    name: str
    role: Role


def create_key(store: Store, role: str, name: str, at: datetime) -> tuple[KeyRecord, str]:
    """Make and record a key.

    Returns:
        The record, and the key itself, which is not kept anywhere else.

    Raises:
        UsageError: The role is unknown or the name too long.
    """
    if role not in ROLES:
        raise UsageError(f"Role {role!r} is unknown; use one of {', '.join(ROLES)}.")
    if len(name) > MAX_NAME:
        raise UsageError(f"The name has {len(name)} characters; at most {MAX_NAME} are kept.")
    key_id = secrets.token_hex(6)
    token = f"ps_{key_id}_{secrets.token_hex(32)}"
    record = KeyRecord(key_id, name, role, _HASHER.hash(token), at)
    with store.writing() as connection:
        keys.add(connection, record)
        access.note(connection, "key.create", key_id, at=at, key_id=None)
    return record, token


def revoke_key(store: Store, key_id: str, at: datetime) -> bool:
    """Revoke a key; False where there is no such valid key."""
    with store.writing() as connection:
        done = keys.revoke(connection, key_id, at)
        if done:
            access.note(connection, "key.revoke", key_id, at=at, key_id=None)
        return done


class KeyRing:
    """Tells whose key a token is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._verified: dict[str, tuple[str, bytes]] = {}
        # One costly verification at a time: guessing must not take every core from those who have a key.
        self._slow = threading.Lock()

    def caller(self, token: str) -> Caller | None:
        """Return the caller; None for a key that is malformed, unknown, wrong or revoked.

        Raises:
            StoreUnavailable: The store cannot say.
        """
        form = _FORM.fullmatch(token)
        record = self._record(form.group(1)) if form else None
        if record is None or record.revoked_at is not None or not self._matches(record, token):
            return None
        return _caller(record)

    def by_id(self, key_id: str) -> Caller | None:
        """Return the caller of a key that was verified earlier (a console session); None when it was revoked."""
        record = self._record(key_id)
        return _caller(record) if record and record.revoked_at is None else None

    def _record(self, key_id: str) -> KeyRecord | None:
        with self._store.reading() as connection:
            return keys.get(connection, key_id)

    def _matches(self, record: KeyRecord, token: str) -> bool:
        digest = hashlib.sha256(token.encode("ascii")).digest()
        known = self._verified.get(record.id)
        if known and known[0] == record.secret_hash:
            return hmac.compare_digest(known[1], digest)
        with self._slow:
            if not _verify(record.secret_hash, token):
                return False
        self._verified[record.id] = (record.secret_hash, digest)
        return True


def _verify(secret_hash: str, token: str) -> bool:
    try:
        return _HASHER.verify(secret_hash, token)
    except (VerificationError, InvalidHashError):
        return False


def _caller(record: KeyRecord) -> Caller:
    role = next((known for known in ROLES if known == record.role), None)
    if role is None:
        raise RuntimeError(f"key {record.id} has the unknown role {record.role!r}")
    return Caller(record.id, record.name, role)
