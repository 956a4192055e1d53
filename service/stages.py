"""Where one request's time goes: seconds by stage, for the figures and for the log line of a slow request."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Literal, get_args

Stage = Literal["read", "wait", "look_up", "indicators", "risk", "xray", "decide", "answer", "pictures", "store"]
"""read: the body to manifest and pictures; wait: for a free slot; look_up: history and idempotency key; decide: fusion
and procedure; answer: the answer's text; pictures: their bytes to the disk; store: from handing over the record until
its commit."""
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


class Stages:
    """The stages of one request; used by the one thread that handles it.

    Args:
        between: Called before each stage; what it takes counts for none.
    """

    __slots__ = ("_between", "seconds")

    def __init__(self, between: Callable[[], None] = lambda: None) -> None:
        self.seconds: dict[Stage, float] = {}
        self._between = between

    def __call__(self, name: Stage) -> Timing:
        """Return a context that adds the time spent in it to a stage; stages must not be nested."""
        self._between()
        return Timing(self.seconds, name)


class Timing:
    """Adds the time spent in it to a stage, also when it ends with an error."""

    __slots__ = ("_name", "_seconds", "_started")

    def __init__(self, seconds: dict[Stage, float], name: Stage) -> None:
        self._seconds, self._name, self._started = seconds, name, 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        spent = time.perf_counter() - self._started
        self._seconds[self._name] = self._seconds.get(self._name, 0.0) + spent
