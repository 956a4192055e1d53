"""What a key looks like and how it is hashed: `ps_<id>_<secret>`, argon2id over the whole of it.

The secret has 256 random bits, so the hash guards a stolen database against nothing that guessing could reach; its
setting is the smallest that OWASP's password storage cheat sheet recommends (19 MiB, 2 passes).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Role = Literal["station", "officer", "analyst", "sop_author", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_FORM = re.compile(r"ps_([0-9a-f]{12})_[0-9a-f]{64}")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS_HASH: Final = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43
"""Compared with where no key has the identifier, so that an unknown key takes as long to refuse as a wrong one."""


def new_key() -> tuple[str, str]:
    """Return a fresh identifier and its whole key."""
    key_id = secrets.token_hex(6)
    return key_id, f"ps_{key_id}_{secrets.token_hex(32)}"


def key_id_of(token: str) -> str | None:
    """Return the identifier that a token names; None where it cannot be a key."""
    form = _FORM.fullmatch(token)
    return form.group(1) if form else None


def hashed(token: str) -> str:
    """Return the argon2id hash that the store keeps; takes tens of milliseconds by design."""
    return _HASHER.hash(token)


def matches(secret_hash: str, token: str) -> bool:
    """Return whether a token is the one that was hashed; takes tens of milliseconds by design."""
    try:
        return _HASHER.verify(secret_hash, token)
    except (VerificationError, InvalidHashError):
        return False


def digest(token: str) -> bytes:
    """Return what a process keeps of a token that it verified: SHA-256, which needs no slowness for 256 random bits."""
    return hashlib.sha256(token.encode("ascii")).digest()
