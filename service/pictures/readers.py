"""The picture processes of one worker: as many as pictures are read at once, each started when it is needed."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pydantic import ValidationError

from models.drawing import draw
from models.results import ImageResult, XrayResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel, not_read
from models.xray_views import together
from service.pictures.jobs import Draw, Judge, key_of
from service.pictures.reader import Cause, NotRead, Reader
from service.pictures.result import RESULT

TRIES = 2
"""A process may end for a reason that is not the picture's, so another one tries again; a picture that ends both is
left alone."""
_WHY: Final[dict[Cause, str]] = {
    "died": "Reading this picture ended the process that reads pictures, twice; open the parcel or scan it again.",
    "slow": "Reading this picture took too long and was given up; scan the parcel again or look at the picture by eye.",
    "not_started": "No process to read this picture could be started; scan the parcel again or look at it by eye.",
    "broke": "Reading the picture failed unexpectedly; send the scan again or look at it by eye.",
}
log = logging.getLogger("parcel_screening")


class Readers:
    """Reads pictures in processes of their own (`service.pictures.reading.Reading`).

    Args:
        start: Starts a process; may raise NotRead.
        keep: How many stay when they have nothing to do.
    """

    def __init__(self, start: Callable[[], Reader], keep: int) -> None:
        self._start, self._keep = start, keep
        self._idle: list[Reader] = []
        self._lock = threading.Lock()
        self._tell: Callable[[Cause], None] = lambda cause: None

    def tell(self, tell: Callable[[Cause], None]) -> None:
        """Say from now on why a process gave no result, each time."""
        self._tell = tell

    def warm(self) -> None:
        """Start the first process, so that the first picture need not wait for it."""
        with contextlib.suppress(NotRead), self._reader():
            pass

    def retire(self) -> None:
        """Keep none from now on; those at work end when they have done it."""
        with self._lock:
            self._keep, idle, self._idle = 0, self._idle, []
        for one in idle:
            one.close()

    def judged(
        self,
        model: XrayModel | None,
        pictures: Sequence[Picture],
        limits: PictureLimits,
        profile: ScannerProfile | None,
    ) -> XrayResult:
        """See Reading.judged; a picture that gets no result counts as unreadable, and the others still count."""
        if model is None:
            profile = None
        else:
            model.check(profile)
        key = key_of(model) if model else None
        jobs = [Judge(key, picture, limits, profile) for picture in pictures]
        return together([self._judged(job, model) for job in jobs], profile)

    def drawn(self, data: bytes, result: ImageResult, limits: PictureLimits) -> bytes:
        """See Reading.drawn; a picture that cannot be drawn is a placard with what was found."""
        try:
            return self._answer(Draw(data, result, limits))
        except NotRead:
            return draw(b"", result, limits)

    def _judged(self, job: Judge, model: XrayModel | None) -> ImageResult:
        try:
            return RESULT.validate_json(self._answer(job, model))
        except NotRead as error:
            return not_read(job.picture, _WHY[error.cause])
        except ValidationError:
            log.exception("a picture process answered what is no result")
            return not_read(job.picture, _WHY["broke"])

    def _answer(self, job: Judge | Draw, model: XrayModel | None = None) -> bytes:
        for left in reversed(range(TRIES)):
            try:
                with self._reader() as reader:
                    return reader.ask(job, model)
            except NotRead as error:
                self._tell(error.cause)
                log.error("a picture was not read", extra={"cause": f"{error.cause}: {error}"})
                if error.cause != "died" or not left:
                    raise
        raise AssertionError("not reached")

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Reader]:
        reader = self._waiting() or self._start()
        try:
            yield reader
        finally:
            self._back(reader)

    def _waiting(self) -> Reader | None:
        """Return a process that has nothing to do; one that ended meanwhile is of no use."""
        with self._lock:
            while self._idle:
                if (one := self._idle.pop()).alive:
                    return one
                one.close()
        return None

    def _back(self, reader: Reader) -> None:
        with self._lock:
            if reader.alive and len(self._idle) < self._keep:
                self._idle.append(reader)
                return
        reader.close()
