"""How many bytes of bodies one worker holds at once: pictures stay in memory from their first byte to the answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from service.load_figures import LoadFigures
from service.problems import Refusal

RETRY_AFTER_S = 1


class BodyMemory:
    """A number of bytes that requests share.

    Args:
        most: Bytes; a single body is taken all the same.
        figures: Counts who finds no room (`body`, `memory`).
    """

    def __init__(self, most: int, figures: LoadFigures) -> None:
        self._most, self._figures = most, figures
        self._lock = threading.Lock()
        self._held = 0

    @contextlib.contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Hold so many bytes.

        Raises:
            Refusal: `overloaded` where others hold too many.
        """
        with self._lock:
            full = self._held > 0 and self._held + size > self._most
            self._held += 0 if full else size
        if full:
            self._figures.refused("body", "memory")
            detail = "Requests with pictures fill the memory that there is for them; nothing was read."
            raise Refusal("overloaded", detail, headers={"Retry-After": str(RETRY_AFTER_S)})
        try:
            yield
        finally:
            with self._lock:
                self._held -= size
