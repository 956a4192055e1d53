"""Who is worked on now, who waits, and who is told at once that there is no room.

Two pools, so that pictures, which take a hundred times as long, cannot take the places of manifests. Each has a few
slots and a short queue: where more callers come than can be served, a long queue only makes all of them wait until they
give up (the service then works for nobody), while a short one keeps the answers of those admitted quick and tells the
others at once. A burst may fill the queue; where it overflows more come than can be served, and until that is over
nobody may wait longer than a moment: newcomers at once, and those in the queue as soon as it is no mere burst any more.
Lines of a batch take a slot only while nobody else waits for one.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

from service.body_memory import BodyMemory
from service.capacity import DRAWING, FORM_READERS, SCORING, Size, manifests_at_once, most_storing
from service.front.waiting import let_others_in, outcome
from service.load_figures import LoadFigures
from service.problems import Refusal
from service.settings import Settings

PoolName = Literal["manifest", "picture", "score", "body", "form", "batch", "drawing", "store"]
Reason = Literal["queue_full", "deadline"]
SMOOTHING = 0.1
"""How much the newest request counts for the mean time that a slot is held."""
CALM = 4
"""Requests one after the other that find a free slot, after which a pool that had to refuse somebody is no longer
crowded: one that finds it is chance where more come than can be served, and so many in a row hardly ever are."""
BURST_S = 0.05
"""Seconds after the queue has overflowed in which it may work itself off. Who is refused later than that shows that it
is no burst; whoever still waits would get one of the slowest answers and is told to come again instead."""
PATIENCE_S = 5.0
"""Seconds that a line of a batch gives way; then it is next, so that a batch goes on however busy the belts are."""


@dataclass(slots=True)
class _Waiter:
    """One request in the queue; `turn` is opened by whoever hands a slot over."""

    since: float
    turn: Future[None] = field(default_factory=Future)
    has_slot: bool = False
    given: float = 0.0


class Pool:
    """A number of slots, and a queue in the order of arrival.

    Args:
        name: For the figures.
        size: How many at once.
        figures: Where it shows who waits.
        clock: Seconds that only go forward; deadlines are told on it.
    """

    def __init__(
        self, name: PoolName, size: Size, figures: LoadFigures, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._name, self._size, self._figures, self._clock = name, size, figures, clock
        self._lock = threading.Lock()
        self._working = 0
        self._held, self._crowded, self._calm, self._overflowed = 0.0, False, 0, 0.0
        self._first: deque[_Waiter] = deque()
        self._after: deque[_Waiter] = deque()

    @contextlib.contextmanager
    def slot(self, deadline: float = math.inf) -> Iterator[None]:
        """Hold a slot, waiting for one until the deadline (on the pool's clock).

        Raises:
            Refusal: `overloaded` where the queue is full or could not be served before the deadline, `deadline` where
                it was not.
        """
        with self._holding(self._enter(self._first, deadline)):
            yield

    @contextlib.contextmanager
    def spare_slot(self) -> Iterator[None]:
        """Hold a slot that nobody else waits for, or the next one after PATIENCE_S; outside of the queue's bound."""
        with self._holding(self._enter(self._after, math.inf)):
            yield

    def no_room(self, deadline: float = math.inf) -> Refusal | None:
        """Return what a request would hear that came for a slot now; None where it would get one or could wait."""
        with self._lock:
            if self._working < self._size.slots or self._room(deadline):
                return None
            return self._full()

    def fills(self) -> bool:
        """Whether requests wait for a slot."""
        return bool(self._first)

    def expected_wait(self) -> float:
        """Return the seconds after which a request that comes now can expect its turn."""
        with self._lock:
            return self._expected_wait()

    def _expected_wait(self) -> float:
        return (len(self._first) + 1) * self._held / self._size.slots

    def _enter(self, queue: deque[_Waiter], deadline: float) -> float:
        """Return since when the slot is held."""
        came, waiter = self._clock(), self._admit(queue, deadline)
        if waiter is None:
            if self._size.queue:  # else who has come meanwhile would not be seen before this one is done
                let_others_in()
            return came
        try:
            outcome(waiter.turn, None if deadline == math.inf else max(0.0, deadline - self._clock()))
        except TimeoutError:
            if not self._late(waiter, queue):
                raise self._refusal("deadline", "No turn came before the deadline; nothing was recorded.") from None
        let_others_in()  # who had the slot has just ended, and whoever it kept waiting is quicker
        return waiter.given

    def _admit(self, queue: deque[_Waiter], deadline: float) -> _Waiter | None:
        """Take a slot (None) or a place in the queue."""
        with self._lock:
            if self._working < self._size.slots:
                self._calm += 1
                self._crowded = self._crowded and self._calm < CALM
                self._working += 1
                self._show()
                return None
            if queue is self._first and not self._room(deadline):
                raise self._full()
            waiter, self._calm = _Waiter(self._clock()), 0
            queue.append(waiter)
            self._show()
            return waiter

    def _room(self, deadline: float) -> bool:
        now, expected = self._clock(), self._expected_wait()
        if len(self._first) >= self._size.queue or now + expected > deadline:
            return False
        return not self._crowded or expected <= self._size.most_wait

    def _full(self) -> Refusal:
        if not self._crowded:
            self._overflowed = self._clock()
        elif self._clock() - self._overflowed > BURST_S:
            self._send_away()
        self._crowded, self._calm = True, 0
        return self._overloaded()

    def _send_away(self) -> None:
        """Refuse those in the queue who wait for longer than a newcomer may."""
        while self._first and len(self._first) * self._held / self._size.slots > self._size.most_wait:
            self._first.pop().turn.set_exception(self._overloaded())
        self._show()

    def _overloaded(self) -> Refusal:
        return self._refusal("queue_full", "Too many requests wait already; nothing was recorded.")

    def _late(self, waiter: _Waiter, queue: deque[_Waiter]) -> bool:
        """Leave the queue; True where a slot was handed over at the last moment."""
        with self._lock:
            if not waiter.has_slot:
                with contextlib.suppress(ValueError):  # it was sent away at the same moment
                    queue.remove(waiter)
                self._show()
            return waiter.has_slot

    @contextlib.contextmanager
    def _holding(self, since: float) -> Iterator[None]:
        try:
            yield
        finally:
            self._leave(self._clock() - since)

    def _leave(self, held: float) -> None:
        with self._lock:
            self._held += SMOOTHING * (held - self._held) if self._held else held
            queue = self._first
            if self._after and (not queue or self._clock() - self._after[0].since > PATIENCE_S):
                queue = self._after
            if queue:
                # Held from now on: until the other has noticed nobody else can use it.
                queue[0].has_slot, queue[0].given = True, self._clock()
                queue.popleft().turn.set_result(None)
            else:
                self._working -= 1
            self._show()

    def _show(self) -> None:
        waiting = len(self._first) + len(self._after)
        self._figures.pool(self._name, waiting=waiting, working=self._working)

    def _refusal(self, reason: Reason, detail: str) -> Refusal:
        self._figures.refused(self._name, reason)
        after = max(1, math.ceil(self._expected_wait()))
        code = "deadline" if reason == "deadline" else "overloaded"
        return Refusal(code, detail, headers={"Retry-After": str(after)})


class Admission:
    """The pools of one process.

    Attributes:
        manifests: Requests with a manifest alone.
        pictures: Requests with pictures.
        scores: Requests for a score alone, which need nothing but computing.
        bodies: Requests with a key or a session whose body is still on its way; none waits, as it would hold a thread.
        body_memory: Bytes of bodies that screenings hold until they are answered.
        forms: The same for the console's form for signing in, which takes a body from anybody.
        batches: NDJSON batches; each holds a thread until its last line.
        drawings: Pictures that are drawn for somebody to look at.
        storing: Requests whose record, or whose note of who read, is on its way to the disk; none waits for a place.
    """

    def __init__(self, settings: Settings, figures: LoadFigures) -> None:
        queue, wait = settings.manifest_queue, settings.manifest_wait_ms / 1000
        self.manifests = Pool("manifest", Size(manifests_at_once(settings), queue, wait), figures)
        self.pictures = Pool("picture", Size(settings.picture_threads, settings.picture_queue), figures)
        self.scores = Pool("score", Size(SCORING, queue, wait), figures)
        self.bodies = Pool("body", Size(settings.body_readers, 0), figures)
        self.body_memory = BodyMemory(settings.body_memory_mb * 1024 * 1024, figures)
        self.forms = Pool("form", Size(FORM_READERS, 0), figures)
        self.batches = Pool("batch", Size(settings.batches, 0), figures)
        self.drawings = Pool("drawing", DRAWING, figures)
        self.storing = Pool("store", Size(most_storing(settings), 0), figures)
