"""Writes down when keys were used and why they were refused, beside the requests and at most once a minute each.

A refusal must not cost a write: whoever sends ten thousand requests with an expired key would fill the disk. So each
key's use, and each reason why it was refused, is noted once a minute and process, by a thread that lives only while
there is something to write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from service.store import access, keys
from service.store.access import Action
from service.store.errors import StoreUnavailable
from service.store.store import Store

EVERY: Final = timedelta(minutes=1)
GATHER_S = 1.0
"""How long notes wait for others, so that many keys that start work together make one transaction."""
REFUSALS: Final[dict[str, Action]] = {
    "revoked": "key.refused_revoked",
    "expired": "key.refused_expired",
    "certificate": "key.refused_certificate",
    "role": "key.refused_role",
    "station": "key.refused_station",
    "rate": "key.refused_rate",
}
"""What is on record of refusals: only of keys that exist, so that strangers cannot write anything."""
_USED = "used"
log = logging.getLogger("parcel_screening.keys")


class KeyJournal:
    """Notes of one process. Its keys are those that exist, so it stays small."""

    def __init__(self, store: Store, clock: Callable[[], datetime], gather_s: float = GATHER_S) -> None:
        self._store = store
        self._clock = clock
        self._gather_s = gather_s
        self._lock = threading.Lock()
        self._noted: dict[tuple[str, str], float] = {}
        self._waiting: dict[tuple[str, str], datetime] = {}

    def used(self, key_id: str) -> None:
        """Note that a key was used."""
        self._note(key_id, _USED)

    def refused(self, key_id: str, reason: str) -> None:
        """Note that a key was refused, where the reason is one that goes on record."""
        if reason in REFUSALS:
            self._note(key_id, reason)

    def _note(self, key_id: str, what: str) -> None:
        now, note = time.monotonic(), (key_id, what)
        if now < self._noted.get(note, 0.0):  # read without the lock: at worst two threads note the same minute
            return
        with self._lock:
            self._noted[note] = now + EVERY.total_seconds()
            first = not self._waiting
            self._waiting[note] = self._clock()
        if first:
            threading.Thread(target=self._write_soon, name="key journal", daemon=True).start()

    def _write_soon(self) -> None:
        time.sleep(self._gather_s)
        self.write()

    def write(self) -> None:
        """Write what waits. Where the store fails it is lost: answers must not wait for it, and the log has each."""
        with self._lock:
            notes, self._waiting = self._waiting, {}
        if not notes:
            return
        try:
            with self._store.writing() as connection:
                # In one order everywhere: of two processes that wait for each other's rows one would lose its notes.
                for (key_id, what), at in sorted(notes.items()):
                    if what == _USED:
                        keys.used(connection, key_id, at, EVERY)
                    else:
                        access.note(connection, REFUSALS[what], key_id, at=at, key_id=key_id)
        except StoreUnavailable as error:
            log.warning("the use of keys was not noted", extra={"cause": error.message})
