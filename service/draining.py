"""How a worker stops: it says so first, goes on for a while, and then lets the server finish what is being answered.

A load balancer asks `/readyz` every few seconds, and a caller keeps its connection for the next parcel. So a worker
that is told to stop (SIGTERM) first answers as before, but asks each caller to come back on a new connection, and,
where the whole service stops, says `draining` at `/readyz`. Only then it stops to listen. Nobody is cut off.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event as SharedEvent

UNHEARD_S = 0.3
"""How long a caller who has just connected may take to send the head of a request before the worker stops."""
log = logging.getLogger("parcel_screening")


class Draining:
    """Whether this worker stops.

    Args:
        whole_service: Set by the main process when all workers stop; not when one is replaced.
        stop_accepting: Lets the server take no more connections.
    """

    def __init__(
        self, whole_service: SharedEvent | None = None, stop_accepting: Callable[[], None] = lambda: None
    ) -> None:
        self._whole_service = whole_service
        self.stop_accepting = stop_accepting
        self._worker = threading.Event()
        self.serves = False

    @property
    def ends_connections(self) -> bool:
        """Whether callers should come back on another connection."""
        return self._worker.is_set()

    @property
    def ends_service(self) -> bool:
        """Whether a load balancer should send nobody here any more."""
        return self._worker.is_set() and self._whole_service is not None and self._whole_service.is_set()

    def served(self) -> None:
        """Say that the server has begun to listen, so that it is the one to be told to stop."""
        self.serves = True

    def begin(self) -> None:
        """Say from now on that this worker stops."""
        self._worker.set()


def hold_stop_signal() -> None:
    """Let SIGTERM wait, in this thread and in all that start from it, until somebody asks for it.

    Called in a worker before anything else, so that no thread of a library is interrupted by it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def stop_gently(draining: Draining, seconds: float, drained: Callable[[], None] = lambda: None) -> None:
    """Start the thread that waits for SIGTERM and passes it on after draining.

    Args:
        draining: Is told when it begins.
        seconds: How long callers are asked to come back elsewhere before the server stops.
        drained: Called at the end of that, while what is in flight is still being answered.
    """
    arguments = (draining, seconds, drained)
    threading.Thread(target=_drain_when_told, args=arguments, name="draining", daemon=True).start()


def _drain_when_told(
    draining: Draining, seconds: float, drained: Callable[[], None], ended: Callable[[int], None] = os._exit
) -> None:
    signal.sigwait({signal.SIGTERM})
    draining.begin()
    log.info("draining")
    time.sleep(seconds)
    if seconds:
        draining.stop_accepting()
        time.sleep(UNHEARD_S)
    try:
        drained()
    except Exception:  # whatever it was, the worker must stop
        log.exception("the end of draining failed")
    if not draining.serves:
        ended(0)
        return
    # The server's loop hears of a signal that any thread of the process takes; until now none did.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    signal.raise_signal(signal.SIGTERM)
