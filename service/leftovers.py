"""Removes the pictures of records that the store refused: no record names them, and they would fill the disk.

A picture is on disk before the record that names it, so a record that is refused leaves it behind. Whether another
record names the same picture only the store can tell, which may be away: so this is done in the background, again and
again until it is done. What a process that ended did not get to is put away by `db purge`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterable

from features.errors import ParcelScreeningError
from service.store.store import Store
from service.store.sweep import remove_unneeded

MOST = 10_000
"""Pictures remembered; beyond it they are left to `db purge`."""
PAUSE_S = 5.0
"""After the store could not tell, or the picture not be removed."""
SETTLED_S = 10.0
"""A commit whose line broke in its last step may come true a moment after it was told as failed, and then the record
names the picture; longer than `service.store.patience` lets a server go on."""
log = logging.getLogger("parcel_screening")


class Leftovers:
    """One thread and the pictures it has to look at; it starts with the first, so after a worker was forked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hashes: queue.Queue[str] = queue.Queue(MOST)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, hashes: Iterable[str]) -> None:
        """Have pictures removed that no record names, soon; never raises, and never waits."""
        for sha256 in hashes:
            try:
                self._hashes.put_nowait(sha256)
            except queue.Full:
                return
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leftovers", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            found = {self._hashes.get()}
            time.sleep(SETTLED_S)
            while not self._hashes.empty():
                found.add(self._hashes.get())
            self._remove(found)

    def _remove(self, found: set[str]) -> None:
        while True:
            try:
                remove_unneeded(self._store, sorted(found))
            except ParcelScreeningError:
                time.sleep(PAUSE_S)
            # The thread must outlive whatever goes wrong with one picture; `db purge` will meet it again.
            except Exception:
                log.exception("pictures of refused records not removed")
                return
            else:
                return
