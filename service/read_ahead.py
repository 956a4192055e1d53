"""Reads a long request body in the background, so that a caller who sends all before reading is never stuck.

Most HTTP clients send the whole body before they read the first answer. Without reading ahead, the service would wait
for the caller to take its answers while the caller waits for the service to take its lines. What has been read waits
in an unnamed file of the home folder, which is gone with the request.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

BLOCK = 64 * 1024
"""Bytes that are asked for at once; less is given where less has come (`service.front.bodies`)."""
PIECE = 64 * 1024


class ReadAhead:
    """The lines of a stream, while the stream is still being read.

    `truncated` says whether the stream went on beyond the limit, `failed` whether it broke off; both are known once
    `readline` has returned nothing.
    """

    def __init__(self, stream: IO[bytes], file: IO[bytes], limit: int, announced: int = 0) -> None:
        self._stream, self._file, self._limit, self._announced = stream, file, limit, announced
        self._written = self._taken = 0
        self._lines = 0
        self._done = False
        self._changed = threading.Condition()
        self.truncated = False
        self.failed = False

    def has_line(self) -> bool:
        """Whether `readline` would return at once, with a whole line or with what the stream ended with."""
        with self._changed:
            return self._done or self._lines > 0

    def readline(self, limit: int) -> bytes:
        """Return the next line with its end, at most `limit` bytes of it; nothing at the end of the stream."""
        found = b""
        while len(found) < limit:
            piece = self._piece(limit - len(found))
            if not piece:
                break
            line_end = piece.find(b"\n") + 1
            used = piece[:line_end] if line_end else piece
            self._taken += len(used)
            found += used
            if line_end:
                with self._changed:
                    self._lines -= 1
                break
        return found

    def stop(self) -> None:
        """Read no further."""
        with self._changed:
            self._done = True
            self._changed.notify_all()

    def fill(self) -> None:
        """Read the stream to its end; runs in a thread of its own."""
        try:
            while not self._done and (data := self._stream.read(BLOCK)):
                self.truncated = self._written + len(data) > self._limit
                self._append(data[: self._limit - self._written])
                if self.truncated:
                    break
            # The server ends the stream of a caller who has gone like that of one who has sent all.
            self.failed = not self._done and not self.truncated and self._written < self._announced
        except RequestEntityTooLarge:
            self.truncated = True
        except (OSError, ValueError, HTTPException):
            self.failed = True
        finally:
            self.stop()

    def _append(self, data: bytes) -> None:
        os.pwrite(self._file.fileno(), data, self._written)
        with self._changed:
            self._written += len(data)
            self._lines += data.count(b"\n")
            self._changed.notify_all()

    def _piece(self, limit: int) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._done or self._written > self._taken)
            available = self._written - self._taken
        return os.pread(self._file.fileno(), min(limit, available, PIECE), self._taken)


@contextlib.contextmanager
def read_ahead(stream: IO[bytes], folder: Path, limit: int, announced: int = 0) -> Iterator[ReadAhead]:
    """Read a stream in the background for as long as the context lasts.

    Args:
        stream: The request's body.
        folder: Where what waits is kept.
        limit: Bytes after which reading stops.
        announced: Bytes that the caller said would come; 0 where nothing was said.
    """
    with tempfile.TemporaryFile(dir=folder, prefix=".batch-") as file:
        ahead = ReadAhead(stream, file, limit, announced)
        thread = threading.Thread(target=ahead.fill, name="batch-reader", daemon=True)
        thread.start()
        try:
            yield ahead
        finally:
            ahead.stop()
            thread.join(timeout=60)
