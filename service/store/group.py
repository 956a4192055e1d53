"""One writer a process writes what all requests hand over: everything that waits goes into one transaction.

The disk's slowest act is to promise that data is there; a group of records asks for that promise once. Whoever handed
an entry over hears of it only when its transaction is committed.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.util import greenlet_spawn

from service.front.waiting import outcome, sleep
from service.store.chain import lock_head
from service.store.engine import writing
from service.store.entry import Entry, Outcome, write_entries
from service.store.errors import StoreInDoubt, StoreUnavailable, unavailable_when_failing

MOST_WAITING = 1_024
MOST_AT_ONCE = 128
"""Entries in one transaction: enough for every thread of a worker, few enough that nobody waits long for the others."""
WAIT_S = 15.0
"""How long a caller waits until its entry's turn comes."""
PACE_S = 0.02
"""Seconds between the beginnings of two groups while more records are about to come: a commit costs a good part of what
a screening does, and without waiting each would be committed alone (`docs/performance.md`, "What makes it fast")."""
COMMIT_S = 30.0
"""How long a transaction that has begun may take; the database gives up before."""
log = logging.getLogger("parcel_screening")


class Observer(Protocol):
    """Is told of each transaction."""

    def __call__(self, *, records: int, seconds: float, lag: float, backlog: int) -> None:
        """Hear of one.

        Args:
            records: Entries in it.
            seconds: How long it took.
            lag: How long the first of its entries waited until it was on disk.
            backlog: Entries that wait now.
        """


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that was handed over."""

    entry: Entry
    future: Future[Outcome] = field(default_factory=Future)
    since: float = field(default_factory=time.perf_counter)

    def outcome(self, wait_s: float = WAIT_S) -> Outcome:
        """Wait until the entry is on disk.

        Raises:
            StoreUnavailable: The store cannot be used, or the turn did not come in time; nothing was written.
            StoreInDoubt: The database was lost during the commit; it may be written.
            sqlalchemy.exc.IntegrityError: The database refuses this entry.
        """
        try:
            return outcome(self.future, wait_s)
        except TimeoutError:
            if self.future.cancel():
                raise StoreUnavailable(f"The store did not get to this record within {wait_s:g} s.") from None
        # It is being written just now, and that takes no longer than the database is given.
        try:
            return outcome(self.future, COMMIT_S)
        except TimeoutError:
            raise StoreInDoubt("The database does not answer.") from None


class GroupWriter:
    """Writes entries in groups. Its thread starts with the first entry, so after a worker was forked.

    Args:
        engine: Of the store.
        most_waiting: Entries that may wait; beyond it they are refused at once.
    """

    def __init__(self, engine: Engine, most_waiting: int = MOST_WAITING) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._most_waiting = most_waiting
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last = False
        self._observer: Observer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_loop = False
        self._more_come: Callable[[], bool] = lambda: False
        self._began = 0.0
        self._task: asyncio.Task[None] | None = None

    def tell(self, observer: Observer) -> None:
        """Let somebody know of each transaction."""
        self._observer = observer

    def work_on(self, loop: asyncio.AbstractEventLoop, more_come: Callable[[], bool] = lambda: False) -> None:
        """Write on an event loop instead of a thread of its own, which SQLite's many short statements are dear for.

        Each statement lets other threads go first, and where one of them computes the next one waits for its turn.
        Only the commit, which waits for the disk, is done in another thread. PostgreSQL answers over a network, so its
        writer stays a thread.

        Args:
            loop: Of the requests.
            more_come: Returns whether so many records are about to come that a group should wait for some.
        """
        if self._engine.dialect.name == "sqlite":
            self.close()  # a thread that waits for the same queue would take entries from under the loop
            self._last, self._loop, self._more_come = False, loop, more_come

    def submit(self, entry: Entry) -> Pending:
        """Hand an entry over; the caller may do something else before it asks for the outcome.

        Raises:
            StoreUnavailable: Too many wait.
        """
        # Threads that look at the same moment may exceed it by their own number.
        if self._queue.qsize() >= self._most_waiting:
            raise StoreUnavailable("Too many records wait for the store.")
        pending = Pending(entry)
        self._queue.put(pending)
        self._start()
        return pending

    def write(self, entry: Entry, wait_s: float = WAIT_S) -> Outcome:
        """Hand an entry over and wait until it is on disk; raises as `submit` and `Pending.outcome` do."""
        return self.submit(entry).outcome(wait_s)

    def close(self) -> None:
        """Write what waits and end the thread; what is handed over later starts another one."""
        with self._starting:
            thread, self._thread = self._thread, None
            if thread is not None and thread.is_alive():
                self._queue.put(None)
                thread.join(COMMIT_S)

    def _start(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            with self._starting:
                if not self._on_loop:
                    self._on_loop = True
                    self._loop.call_soon_threadsafe(self._begin_on_loop, self._loop)
            return
        thread = self._thread
        if thread is not None and thread.is_alive():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._last = False
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()

    def _begin_on_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(greenlet_spawn(self._run_on_loop))  # kept: a loop forgets tasks nobody holds

    def _run_on_loop(self) -> None:
        """Write all that waits; whoever comes later begins anew."""
        try:
            while first := self._next_on_loop():
                early = self._began + PACE_S - time.perf_counter()
                if early > 0 and self._more_come():
                    sleep(early)
                self._began = time.perf_counter()
                self._settle(first)
        except BaseException:
            self._on_loop = False  # or nothing would ever be written again
            raise

    def _next_on_loop(self) -> Pending | None:
        with self._starting:  # so that nobody hands over between the look and the end
            try:
                return self._queue.get_nowait()
            except queue.Empty:
                self._on_loop = False
                return None

    def _run(self) -> None:
        while not self._last:
            if (first := self._queue.get()) is None:
                return
            self._settle(first)

    def _settle(self, first: Pending) -> None:
        """Write the first and what waits behind it, and tell everybody what became of it."""
        started = time.perf_counter()
        group = [first]
        outcomes = self._outcomes(group)
        ended = time.perf_counter()
        for one, became in zip(group, outcomes, strict=True):
            if isinstance(became, BaseException):
                one.future.set_exception(became)
            else:
                one.future.set_result(became)
        self._tell(len(group), ended - started, ended - first.since)

    def _outcomes(self, group: list[Pending]) -> Sequence[Outcome | BaseException]:
        """Write a group, to which is added what came while the database let us wait."""
        try:
            with unavailable_when_failing(), writing(self._engine) as connection:
                head = lock_head(connection)
                self._add_waiting(group)
                return write_entries(connection, [one.entry for one in group], head)
        except StoreUnavailable as error:
            # Whoever waits would hear the same, one after the other and later. One instance each: an exception carries
            # the traceback of the thread that raises it.
            tried = len(group)
            self._add_waiting(group)
            # Who came since was no part of what failed, so of that nothing is in doubt.
            kinds = [type(error)] * tried + [StoreUnavailable] * (len(group) - tried)
            return [kind(error.message) for kind in kinds[: len(group)]]
        # Whatever it is, it belongs to those who wait, and the thread goes on.
        except BaseException as error:  # noqa: BLE001
            self._add_waiting(group)
            return [error] if len(group) == 1 else self._each_alone(group)

    def _each_alone(self, group: Sequence[Pending]) -> Sequence[Outcome | BaseException]:
        log.warning("one of a group cannot be written; each is tried alone", extra={"records": len(group)})
        return [self._alone(one.entry) for one in group]

    def _alone(self, entry: Entry) -> Outcome | BaseException:
        try:
            with unavailable_when_failing(), writing(self._engine) as connection:
                return write_entries(connection, [entry])[0]
        except BaseException as error:  # noqa: BLE001 - as in `_outcomes`
            return error

    def _add_waiting(self, group: list[Pending]) -> None:
        """Add what waits now, and take out whose callers have given up."""
        while len(group) < MOST_AT_ONCE and not self._last:
            try:
                one = self._queue.get_nowait()
            except queue.Empty:
                break
            if one is None:
                self._last = True
            else:
                group.append(one)
        group[:] = [one for one in group if one.future.running() or one.future.set_running_or_notify_cancel()]

    def _tell(self, records: int, seconds: float, lag: float) -> None:
        if self._observer:
            try:
                self._observer(records=records, seconds=seconds, lag=lag, backlog=self._queue.qsize())
            except Exception:
                log.exception("a commit's figures are lost")
