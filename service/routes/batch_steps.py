"""The lines of a batch, each screened while the records of those before it are on their way to the disk.

The answers are those of a batch whose lines wait for each other: a line that shares a person, an address, an account or
the item itself with a line that is not on disk yet waits for that one, because it is part of its history.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from flask import g

from features.history import entity_keys
from service import intake
from service.context import Service
from service.guard import store_refusal
from service.intake import Intake
from service.problems import Refusal
from service.recording import Underway
from service.routes.screenings import begun, finished
from service.schemas import ScreeningParameters
from service.stages import Stages
from service.store.errors import StoreUnavailable

MOST_UNDERWAY = 32
"""Lines of one batch that may be on their way to the disk: a transaction full, and little to lose with the caller."""
BEFORE_LINE = "\t"
"""Between a batch's key and the line number: no Idempotency-Key holds it, so none can be that of another's line."""
Done = TypeVar("Done")
log = logging.getLogger("parcel_screening.batch")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the request. `data` is None where it was longer than a manifest may be."""

    number: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a line: its answer's JSON, or why there is none."""

    number: int
    answer: str | Refusal


@dataclass(frozen=True, slots=True)
class _Step:
    """A line that was screened, and whom it is about."""

    number: int
    underway: Underway
    stages: Stages
    about: frozenset[str]


class Steps:
    """The lines of one batch.

    Args:
        parts: Of the service.
        parameters: Of every line.
        key: The batch's Idempotency-Key, if any.
    """

    def __init__(self, parts: Service, parameters: ScreeningParameters, key: str | None) -> None:
        self._parts, self._parameters, self._key = parts, parameters, key
        self._underway: deque[_Step] = deque()
        self.taken = 0
        """Lines that were begun with, or refused."""
        self.failed = False
        """Whether the store failed: no further line is worth the wait."""

    def take(self, line: Line) -> Iterator[Told]:
        """Screen a line; yields what is known by now, in the order of the lines."""
        self.taken += 1
        g.stages = Stages()  # of this line: a batch's sum over all its lines would say nothing
        asked = self._tried(line.number, lambda: self._asked(line))
        if isinstance(asked, Told):
            yield from self.settle()
            yield asked
            return
        about = _about(asked)
        if asked.manifest is None or any(not about.isdisjoint(one.about) for one in self._underway):
            yield from self.settle()
        while len(self._underway) >= MOST_UNDERWAY and not self.failed:
            yield from self._settle_one()
        if self.failed:
            return
        key = f"{self._key}{BEFORE_LINE}{line.number}" if self._key else None
        step = self._tried(line.number, lambda: self._begun(line.number, asked, key, about))
        if isinstance(step, Told):
            yield from self.settle()
            yield step
        else:
            self._underway.append(step)

    def settle(self) -> Iterator[Told]:
        """Wait for every line that is on its way to the disk."""
        while self._underway:
            yield from self._settle_one()

    def _settle_one(self) -> Iterator[Told]:
        step = self._underway.popleft()
        if self.failed and step.underway.withdraw():  # what the writer has not begun with would only fail as well
            yield Told(step.number, store_refusal())
            return
        told = self._tried(step.number, lambda: Told(step.number, finished(self._parts, step.underway).answer))
        self._parts.metrics.load.stages(step.stages.seconds)
        yield told

    def _asked(self, line: Line) -> Intake:
        if line.data is None:
            limit = self._parts.settings.max_manifest_bytes
            raise Refusal("too_large", f"The line is over the limit of {limit:,} bytes.")
        with g.stages("read"):
            return intake.intake_of(line.data, (), self._parameters)

    def _begun(self, number: int, asked: Intake, key: str | None, about: frozenset[str]) -> _Step:
        with self._parts.admission.manifests.spare_slot():  # a belt's parcels come before a batch's
            return _Step(number, begun(self._parts, asked, key), g.stages, about)

    def _tried(self, number: int, do: Callable[[], Done]) -> Done | Told:
        """Do something for a line; what fails is the line's own, but for the store, which ends the batch."""
        try:
            return do()
        except Refusal as refusal:
            return Told(number, refusal)
        except StoreUnavailable as error:
            self.failed = True
            log.error("store unavailable", extra={"request_id": g.request_id, "cause": error.message})
            return Told(number, store_refusal(error))
        except Exception:
            log.exception("unexpected failure", extra={"request_id": g.request_id, "lines": number})
            return Told(number, Refusal("internal", "The service failed on this line; the operator's log says why."))


def _about(asked: Intake) -> frozenset[str]:
    keys = entity_keys(asked.manifest) if asked.manifest else ()
    item_id = asked.manifest.item_id if asked.manifest else asked.item_id
    return frozenset((f"item {item_id}", *keys))
