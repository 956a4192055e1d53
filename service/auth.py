"""Tells whose key a request carries, cheaply, and without believing yesterday's answer.

Verifying a key costs tens of milliseconds by design (argon2id), so each process does it once for each key and
afterwards compares SHA-256 digests. Everything else about a key (role, stations, end, revocation) is read from the
store on every request, so whatever changes holds from the next request on, in every process.
"""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from service.certificates import ClientCertificate
from service.front.waiting import aside
from service.key_form import NOBODYS_HASH, ROLES, Role, digest, key_id_of, matches
from service.key_making import EVERYTHING, Grant, create_key, revoke_key, rotate_key
from service.rate_limits import Buckets, Rate
from service.stations import Stations, read_stations
from service.store.key_reader import KeyReader, KeyRow, moment
from service.store.store import Store

__all__ = [
    "EVERYTHING", "ROLES", "Caller", "Grant", "Guesses", "KeyRefused", "KeyRing", "Reason", "Role", "Visit",
    "create_key", "revoke_key", "rotate_key",
]  # fmt: skip

Reason = Literal[
    "missing",
    "malformed",
    "unknown",
    "revoked",
    "expired",
    "certificate",
    "role",
    "station",
    "rate",
    "guessing",
    "busy",
]
"""Why somebody was refused; `unknown` also stands for a wrong secret, which nobody must be able to tell from it."""
VERIFYING_THREADS = 16
"""First uses that may wait for argon2id at once, of those that came over the event loop."""
VERIFYING_S = 10.0
"""How long a first use waits for its turn at argon2id."""
_NOT_SEEN = b""
"""The digest of no token: the key was never shown to this process."""
IPV6_NETWORK = 64
"""Whoever has one IPv6 address usually has the 64 bits beneath it."""


class KeyRefused(Exception):
    """A key does not open the door. `wait` is after how many seconds to try again, where that may help."""

    def __init__(self, reason: Reason, key_id: str | None = None, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.key_id = key_id
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key a request carries, and how far it reaches. `stations` None: every station."""

    key_id: str
    name: str
    role: Role
    stations: Stations | None = None
    requests_per_minute: int | None = None

    def sees(self, station_id: str | None) -> bool:
        """Return whether the caller may see what a station did; None: what came from no station."""
        return self.stations is None or self.stations.admits(station_id)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from: the caller's address, and the client certificate that came with it."""

    address: str = ""
    certificate: ClientCertificate | None = None


NOWHERE = Visit()
"""Not over HTTP: a command on the service's own machine."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """Limits wrong keys by address, and by address and identifier.

    The second, a third of the first, is what one misconfigured device uses up: others behind the same address go on.
    """

    buckets: Buckets
    per_minute: int

    def check(self, address: str, key_id: str) -> None:
        """Raise `KeyRefused` where an address has used up its wrong keys."""
        if wait := max((self.buckets.wait(name, rate) for name, rate in self._names(address, key_id)), default=0.0):
            raise KeyRefused("guessing", wait=wait)

    def wrong(self, address: str, key_id: str) -> None:
        """Count a wrong key."""
        for name, rate in self._names(address, key_id):
            self.buckets.take(name, rate)

    def _names(self, address: str, key_id: str) -> list[tuple[bytes, Rate]]:
        if not self.per_minute:
            return []
        place, fewer = f"wrong {network_of(address)}", max(1, self.per_minute // 3)
        return [
            (place.encode(), Rate(self.per_minute, burst=self.per_minute)),
            (f"{place} {key_id}".encode(), Rate(fewer, burst=fewer)),
        ]


@dataclass(frozen=True, slots=True)
class _Held:
    """What a process keeps of a key it verified: the row it verified, the digest, and the caller made of the row."""

    row: KeyRow
    digest: bytes
    caller: Caller


class KeyRing:
    """Tells whose key a token is."""

    def __init__(
        self, store: Store, guesses: Guesses | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._reader = KeyReader(store.engine)
        self._guesses = guesses
        self._clock = clock
        self._held: dict[str, _Held] = {}  # one entry a key that exists: nobody can make it grow
        # One costly verification at a time: guessing must not take every core from those who have a key.
        self._slow = threading.Lock()
        # Not those that wait for a database: wrong keys must not keep everybody from it.
        self._verifying = ThreadPoolExecutor(VERIFYING_THREADS, "verifying")

    def caller(self, token: str, visit: Visit = NOWHERE) -> Caller:
        """Return whose key a token is.

        Raises:
            KeyRefused: It is malformed, unknown, wrong, revoked or expired, lacks its certificate, or too many wrong
                ones came from there. Only who has the whole key learns that it is revoked or expired.
            StoreUnavailable: The store cannot say.
        """
        key_id = key_id_of(token)
        if key_id is None:
            raise KeyRefused("malformed")
        row, told = self._reader.get(key_id), digest(token)
        if not self._knows(row, told):
            aside(lambda: self._verify(row, key_id, token, visit), self._verifying)
        return self._valid(row, told, visit) if row else self._nobody()

    def by_id(self, key_id: str, visit: Visit = NOWHERE) -> Caller:
        """Return the caller of a key that was verified earlier (a console session), as far as it is valid still.

        Raises:
            KeyRefused: It is not.
        """
        row = self._reader.get(key_id)
        held = self._held.get(key_id)
        known = held.digest if held and row and held.row.secret_hash == row.secret_hash else _NOT_SEEN
        return self._valid(row, known, visit) if row else self._nobody()

    def close(self) -> None:
        """Close the connections that look keys up."""
        self._reader.close()

    def _nobody(self) -> Caller:
        raise KeyRefused("unknown")

    def _knows(self, row: KeyRow | None, told: bytes) -> bool:
        held = self._held.get(row.id) if row else None
        same = held is not None and row is not None and held.row.secret_hash == row.secret_hash
        return held is not None and same and hmac.compare_digest(held.digest, told)

    def _verify(self, row: KeyRow | None, key_id: str, token: str, visit: Visit) -> None:
        """Compare a key with its hash; a key that does not exist with nobody's, so that both take as long."""
        if self._guesses:
            self._guesses.check(visit.address, key_id)
        if not self._slow.acquire(timeout=VERIFYING_S):
            raise KeyRefused("busy", wait=1.0)
        try:
            # First requests come together: whoever waited while another verified the same key is let in by that.
            if self._knows(row, digest(token)):
                return
            self._compare(row, key_id, token, visit)
        finally:
            self._slow.release()

    def _compare(self, row: KeyRow | None, key_id: str, token: str, visit: Visit) -> None:
        # Asked again: wrong keys come together too, and those that waited must not cost more than the limit allows.
        if self._guesses:
            self._guesses.check(visit.address, key_id)
        if matches(row.secret_hash if row else NOBODYS_HASH, token) and row is not None:
            self._held[row.id] = _Held(row, digest(token), _caller(row))
            return
        if self._guesses:
            self._guesses.wrong(visit.address, key_id)
        raise KeyRefused("unknown")

    def _valid(self, row: KeyRow, told: bytes, visit: Visit) -> Caller:
        if row.revoked_at is not None:
            raise KeyRefused("revoked", row.id)
        if row.expires_at is not None and (moment(row.expires_at) or self._clock()) <= self._clock():
            raise KeyRefused("expired", row.id)
        if row.certificate and not (visit.certificate and visit.certificate.fits(row.certificate)):
            raise KeyRefused("certificate", row.id)
        held = self._held.get(row.id)
        if held is None or held.row != row or held.digest != told:
            held = self._held[row.id] = _Held(row, told, _caller(row))
        return held.caller


def network_of(address: str) -> str:
    """Return what a caller's address is counted by: itself, of IPv6 the network that one subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
    return str(parsed)


def _caller(row: KeyRow) -> Caller:
    role = next((known for known in ROLES if known == row.role), None)
    if role is None:
        raise RuntimeError(f"key {row.id} has the unknown role {row.role!r}")
    return Caller(row.id, row.name, role, read_stations(row.stations), row.requests_per_minute)
