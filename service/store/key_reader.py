"""Reads one key by its identifier, on every request: the cheapest read that still sees a revocation at once.

Beneath SQLAlchemy, because its transaction costs many times the look-up itself (`benchmarks/key_lookup.py` says how
many). Each look-up is a statement of its own outside any transaction, so it sees what was committed before it began, in
whichever process.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Engine

from service.store.direct import DirectReader, moment

__all__ = ["KeyReader", "KeyRow", "moment"]


class KeyRow(NamedTuple):
    """What a request needs to know of a key; see `service.store.keys.KeyRecord`. Moments as the driver gives them."""

    id: str
    name: str
    role: str
    secret_hash: str
    revoked_at: Any
    stations: str | None
    expires_at: Any
    requests_per_minute: int | None
    certificate: str | None


_SELECT = f"SELECT {', '.join(KeyRow._fields)} FROM api_key WHERE id = "  # our own names, no input


class KeyReader:
    """Looks keys up."""

    def __init__(self, engine: Engine) -> None:
        self._reader = DirectReader(engine)
        self._statement = _SELECT + ("?" if self._reader.on_sqlite else "%s")

    def get(self, key_id: str) -> KeyRow | None:
        """Return a key as it is now; None where there is none.

        Raises:
            StoreUnavailable: The store cannot say.
        """
        rows = self._reader.rows(self._statement, (key_id,))
        return KeyRow._make(rows[0]) if rows else None

    def close(self) -> None:
        """Close the connections that nobody uses now; the next look-up opens another."""
        self._reader.close()
