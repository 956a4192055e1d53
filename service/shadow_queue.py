"""Judges parcels by a candidate's models in the background, and writes what they say; a bounded number may wait.

An officer never waits for a candidate: where too many parcels wait already, the next one is left out and counted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from features.errors import ParcelScreeningError
from service.store import shadows
from service.store.shadows import ShadowRow
from service.store.store import Store

MOST_WAITING = 64
"""Parcels; their pictures wait on disk, so that a waiting parcel costs little memory."""
WRITTEN_AT_ONCE = 16
NICENESS = 10
"""How far the thread stands back behind those that answer requests; 0 to 19, as `nice` counts."""
log = logging.getLogger("parcel_screening")


@dataclass(frozen=True, slots=True)
class Job:
    """One parcel to judge: the row that waits in the store, and how to judge it; `judge` may raise."""

    waiting: ShadowRow
    judge: Callable[[], ShadowRow]


class ShadowQueue:
    """One thread and what waits for it; the thread starts with the first job, so after a worker was forked.

    Args:
        store: Where the rows are.
        most: Jobs that may wait.
    """

    def __init__(self, store: Store, most: int = MOST_WAITING) -> None:
        self._store = store
        self._places = threading.BoundedSemaphore(most)
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def reserve(self) -> bool:
        """Take a place for one job; False: too many wait. Whoever took a place must `put` a job or `release` it."""
        return self._places.acquire(blocking=False)

    def release(self) -> None:
        """Give back a place for which there will be no job."""
        self._places.release()

    def put(self, job: Job) -> None:
        """Let a job wait in the place that was reserved for it; its row is on disk."""
        self._jobs.put(job)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # not everywhere may a thread have a priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while True:
            self._write([self._judged(self._jobs.get()), *self._more()])

    def _more(self) -> list[ShadowRow]:
        rows: list[ShadowRow] = []
        with contextlib.suppress(queue.Empty):
            while len(rows) < WRITTEN_AT_ONCE - 1:
                rows.append(self._judged(self._jobs.get_nowait()))
        return rows

    def _judged(self, job: Job) -> ShadowRow:
        try:
            return job.judge()
        # Whatever a candidate does, it must not end the thread: the next parcels would never be judged.
        except Exception:
            log.exception("candidate failed on a parcel", extra={"screening_id": job.waiting.screening_id})
            return replace(job.waiting, state="failed")
        finally:
            self._places.release()

    def _write(self, rows: Sequence[ShadowRow]) -> None:
        try:
            with self._store.writing() as connection:
                shadows.complete(connection, rows)
        except ParcelScreeningError as error:
            log.warning("candidate's answers not stored", extra={"cause": error.message})
        except Exception:
            log.exception("candidate's answers not stored")
