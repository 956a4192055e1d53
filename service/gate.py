"""Who comes in: a key or a console session, from an address, with a certificate, as often as it may.

What a refusal means is decided here once, for the routes and for the console: the words to the caller, the figure in
the metrics, the note on record, and the line in the log.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import g, request

from features.errors import Problem
from service.auth import Caller, Guesses, KeyRefused, KeyRing, Reason, Visit
from service.certificates import proxys_word
from service.key_journal import KeyJournal
from service.metrics import MULTIPROCESS, Metrics
from service.problems import Refusal
from service.rate_limits import Buckets, Rate
from service.settings import Settings
from service.store.store import Store

REALM: Final = {"WWW-Authenticate": 'Bearer realm="parcel-screening"'}
_WORDS: Final[dict[Reason, str]] = {
    "missing": "No key was sent.",
    "malformed": "The key is unknown or wrong.",
    "unknown": "The key is unknown or wrong.",
    "revoked": "The key was revoked.",
    "expired": "The key has expired; ask an administrator for its successor.",
    "certificate": "The key is bound to a client certificate, and that one did not come with the request.",
}


class Gate:
    """Lets requests in, or says why not."""

    def __init__(self, settings: Settings, store: Store, metrics: Metrics, clock: Callable[[], datetime]) -> None:
        """Build it.

        Raises:
            UsageError: The settings about client certificates do not fit together.
        """
        shared = os.environ.get(MULTIPROCESS)
        self._buckets = Buckets(Path(shared) if shared else None)
        self._ring = KeyRing(store, Guesses(self._buckets, settings.wrong_keys_per_minute), clock)
        self._journal = KeyJournal(store, clock)
        self._word = proxys_word(settings)
        self._per_minute = settings.requests_per_minute
        self._metrics = metrics

    def by_key(self, token: str | None) -> Caller:
        """Return whose key this request carries.

        Raises:
            Refusal: 401, or 429 with Retry-After.
            StoreUnavailable: The store cannot say.
        """
        try:
            if token is None:
                raise KeyRefused("missing")
            return self._counted(self._ring.caller(token, self._visit()))
        except KeyRefused as refused:
            raise self._refusal(refused) from None

    def by_session(self, key_id: str) -> Caller | None:
        """Return who is signed in; None where the key of the session is valid no more.

        Raises:
            Refusal: 429 with Retry-After.
            StoreUnavailable: The store cannot say.
        """
        try:
            return self._counted(self._ring.by_id(key_id, self._visit()))
        except KeyRefused as refused:
            refusal = self._refusal(refused)
            if refusal.code == "rate_limited":
                raise refusal from None
            return None

    def require_role(self, caller: Caller, roles: frozenset[str]) -> None:
        """Check that a caller may do this.

        Raises:
            Refusal: 403, naming the roles that may.
        """
        if caller.role not in roles:
            self._count("role", caller.key_id)
            raise Refusal("forbidden", f"Role {caller.role} may not do this; it takes {', '.join(sorted(roles))}.")

    def station(self, caller: Caller, given: str | None) -> str | None:
        """Return the station that a screening is recorded for.

        A key of exactly one station need not say which; any other scoped key must, or a parcel would be nobody's.

        Raises:
            Refusal: 403 where the station is another's, 422 where it is missing.
        """
        if caller.stations is None:
            return given
        if given is None:
            if caller.stations.only is None:
                fault = Problem("station_id", "missing", f"Name the station; the key is for {caller.stations}.")
                raise Refusal("invalid", "The key is for several stations, and none is named.", (fault,))
            return caller.stations.only
        if not caller.stations.admits(given):
            self._count("station", caller.key_id)
            raise Refusal("other_station", f"The key is for {caller.stations}, not for the station named.")
        return given

    def unseen(self, caller: Caller) -> None:
        """Count that somebody asked for what another station did; the answer is that there is no such thing."""
        self._count("station", caller.key_id)

    def close(self) -> None:
        """Write what waits to be noted and give the connections back."""
        self._journal.write()
        self._ring.close()

    def _visit(self) -> Visit:
        certificate = self._word.certificate(request.environ) if self._word else None
        return Visit(request.remote_addr or "", certificate)

    def _counted(self, caller: Caller) -> Caller:
        if per_minute := caller.requests_per_minute or self._per_minute:
            wait = self._buckets.take(f"key {caller.key_id}".encode(), Rate(per_minute))
            if wait:
                raise KeyRefused("rate", caller.key_id, wait)
        self._journal.used(caller.key_id)
        return caller

    def _refusal(self, refused: KeyRefused) -> Refusal:
        self._count(refused.reason, refused.key_id)
        retry: dict[str, Any] = {"Retry-After": str(math.ceil(refused.wait))}
        if refused.reason == "rate":
            return Refusal("rate_limited", "The key has made more requests than it may in a minute.", headers=retry)
        if refused.reason == "busy":
            return Refusal("overloaded", "Too many keys are used for the first time at once.", headers=retry)
        if refused.reason == "guessing":
            return Refusal("rate_limited", "Too many wrong keys came from this address.", headers=retry)
        return Refusal("unauthenticated", _WORDS[refused.reason], headers=REALM)

    def _count(self, reason: Reason, key_id: str | None) -> None:
        self._metrics.key_refused(reason)
        g.logged = {**g.get("logged", {}), "refused": reason, **({"key_id": key_id} if key_id else {})}
        if key_id:
            self._journal.refused(key_id, reason)
