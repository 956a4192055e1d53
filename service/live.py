"""The tools of a running service: a snapshot that never changes, and a thread that puts the next one in its place.

A request takes one snapshot and keeps it. The next one is built beside it, never in a request, and takes its place in
one step. What cannot be built leaves the snapshot as it is, but for a notice that says so in every answer.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from features.errors import ParcelScreeningError
from service.screening import Tools

LOOK_SECONDS = 0.5
AGAIN_SECONDS = 30.0
"""A part that could not be built is tried again: what stood in its way may pass, as a full memory does."""
log = logging.getLogger("parcel_screening")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the tools that may be replaced while the service runs.

    Attributes:
        name: For the log and the figures, for example `risk_model`.
        mark: Looks whether there is something new: another value than before says so. Must be cheap.
        rebuilt: Returns the tools with the part as it is to be now; raises where that cannot be used.
        kept: Returns the tools with a notice that the part stays as it is although it should not.
        quiet: Whether it is built anew all the time, so that nobody needs to hear of it.
    """

    name: str
    mark: Callable[[], Hashable]
    rebuilt: Callable[[Tools], Tools]
    kept: Callable[[Tools], Tools]
    quiet: bool = False


class Observer(Protocol):
    """Is told of every replacement."""

    def taken(self, part: str, tools: Tools) -> None:
        """Hear that a part was replaced."""

    def refused(self, part: str) -> None:
        """Hear that a replacement cannot be used."""


class LiveTools:
    """Holds the snapshot in use.

    Args:
        load: Builds the first snapshot.
        parts: What may be replaced; none: the first snapshot stays.
        observer: Is told of every replacement.
    """

    def __init__(self, load: Callable[[], Tools], parts: Sequence[Part] = (), observer: Observer | None = None) -> None:
        self._parts, self._observer = tuple(parts), observer
        # Looked at before loading: what changes in between is then seen as new.
        self._marks = {part.name: part.mark() for part in self._parts}
        self._again: dict[str, float] = {}
        self._tools = load()
        self._ended = threading.Event()
        self._looking = threading.Lock()

    def current(self) -> Tools:
        """Return the snapshot in use; whoever needs it twice for one parcel must ask once."""
        return self._tools

    def start(self) -> None:
        """Look for something new in the background until `stop`."""
        if self._parts:
            threading.Thread(target=self._watch, name="live-tools", daemon=True).start()

    def stop(self) -> None:
        """Look no further."""
        self._ended.set()

    def look(self) -> None:
        """Replace every part for which there is something new; whoever looks at the same time waits."""
        with self._looking:
            self._look()

    def _look(self) -> None:
        for part in self._parts:
            mark = part.mark()
            if mark != self._marks[part.name] or time.monotonic() >= self._again.get(part.name, float("inf")):
                self._marks[part.name] = mark
                self._replace(part)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self.look()
            # The thread must outlive whatever happens: without it nobody would ever learn of a rollback.
            except Exception:
                log.exception("looking for something new failed")

    def _replace(self, part: Part) -> None:
        try:
            tools = part.rebuilt(self._tools)
        except ParcelScreeningError as error:
            self._keep(part, cause_of(error))
            return
        # Whatever else the new one does when it is loaded, the old one goes on.
        except Exception as error:
            log.exception("%s failed while it was loaded", part.name)
            self._keep(part, type(error).__name__)
            return
        self._tools = tools
        self._again.pop(part.name, None)
        if part.quiet:
            return
        log.warning("%s replaced", part.name, extra={"cause": _titles(tools)})
        if self._observer:
            self._observer.taken(part.name, tools)

    def _keep(self, part: Part, cause: str) -> None:
        self._tools = part.kept(self._tools)
        self._again[part.name] = time.monotonic() + AGAIN_SECONDS
        log.error("%s not replaced, the one before goes on", part.name, extra={"cause": cause})
        if self._observer:
            self._observer.refused(part.name)


def from_first_look(mark: Callable[[], Hashable]) -> Callable[[], Hashable]:
    """Return a mark that is None at the start, so that the first look afterwards builds the part if there is one.

    What no answer waits for is thus loaded beside the requests, and where it fails the start does not.
    """
    times = itertools.count()
    return lambda: mark() if next(times) else None


def cause_of(error: ParcelScreeningError) -> str:
    """Return an error with all its problems in one line, for the log."""
    return "; ".join([error.message, *(str(problem) for problem in error.problems)])


def _titles(tools: Tools) -> str:
    models = [model.title for model in (tools.risk, tools.xray) if model] or ["no model"]
    return ", ".join([tools.package.title, *models])
