"""How often somebody may ask: one table of token buckets, the same for all worker processes of a machine.

A bucket is kept as the one moment at which it will be full again (the generic cell rate algorithm of ITU-T I.371,
annex A: equal to a token bucket, and half the state). A bucket that is full already says no more than one that was
never made, so the table can have a fixed size: a new name takes the place of a full bucket, and only where all eight
places of its row are busy does the one that is nearest to full give way.

The workers share the table as a mapped file: how the kernel spreads connections over them then changes no one's limit.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = "rate_limits"
ROWS = 2048
PLACES = 8
_SALT = 16
_PLACE = struct.Struct("=Qd")
_ROW_BYTES = PLACES * _PLACE.size
SIZE = _SALT + ROWS * _ROW_BYTES
"""Bytes of the table: 256 KiB for 16,384 buckets."""
BURST_S = 10.0
"""A bucket holds what its rate gives in so many seconds, one request at least: stations work in bursts."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute.

    Attributes:
        per_minute: How many, above 0.
        burst: How many at once after a pause; None: what the rate gives in ten seconds, and one at least.
    """

    per_minute: int
    burst: int | None = None

    @property
    def interval(self) -> float:
        """Seconds that one request costs."""
        return 60.0 / self.per_minute

    @property
    def slack(self) -> float:
        """Seconds that a bucket may lie from full and still give one."""
        held = self.burst if self.burst is not None else max(1.0, self.per_minute * BURST_S / 60.0)
        return (held - 1) * self.interval


class Buckets:
    """Token buckets by name.

    Args:
        folder: Where the workers of one service share the table; None: this process has one of its own.
        clock: Seconds that never run backwards, the same in every process of a machine.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._handle = _opened(folder)
        self._table = mmap.mmap(self._handle, SIZE)
        self._salt = self._salted()

    def take(self, name: bytes, rate: Rate) -> float:
        """Take one; returns 0.0, or after how many seconds to ask again where the bucket is empty."""
        return self._ask(name, rate, take=True)

    def wait(self, name: bytes, rate: Rate) -> float:
        """Return what `take` would, and take nothing."""
        return self._ask(name, rate, take=False)

    def close(self) -> None:
        """Give the table back."""
        self._table.close()
        os.close(self._handle)

    def _ask(self, name: bytes, rate: Rate, *, take: bool) -> float:
        hashed = int.from_bytes(hashlib.blake2b(name, digest_size=16, key=self._salt).digest(), "little")
        row, mark = _SALT + (hashed % ROWS) * _ROW_BYTES, hashed >> 64 or 1
        with self._held(row):
            now = self._clock()
            place, full_at = self._place(row, mark)
            full_at = max(full_at, now)
            if (wait := full_at - now - rate.slack) > 0:
                return wait
            if take:
                _PLACE.pack_into(self._table, place, mark, full_at + rate.interval)
        return 0.0

    def _place(self, row: int, mark: int) -> tuple[int, float]:
        """Return where a bucket stands and when it is full; a new one's place is the one nearest to full."""
        places = [
            (row + n * _PLACE.size, *_PLACE.unpack_from(self._table, row + n * _PLACE.size)) for n in range(PLACES)
        ]
        for place, held, full_at in places:
            if held == mark:
                return place, full_at
        place, _, _ = min(places, key=lambda one: one[2])
        return place, 0.0

    @contextmanager
    def _held(self, row: int) -> Iterator[None]:
        # The record lock keeps other processes out, the thread lock this process's other threads: record locks don't.
        with self._lock:
            fcntl.lockf(self._handle, fcntl.LOCK_EX, _ROW_BYTES, row)
            try:
                yield
            finally:
                fcntl.lockf(self._handle, fcntl.LOCK_UN, _ROW_BYTES, row)

    def _salted(self) -> bytes:
        """Return the table's own secret, so that nobody can choose names that share a row."""
        with self._held(0):
            if self._table[:_SALT] == bytes(_SALT):
                self._table[:_SALT] = secrets.token_bytes(_SALT)
            return bytes(self._table[:_SALT])


def _opened(folder: Path | None) -> int:
    if folder is None:
        with tempfile.TemporaryFile() as file:  # no name, so it is gone with the process
            file.truncate(SIZE)
            return os.dup(file.fileno())
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.ftruncate(handle, SIZE)  # changes nothing where another worker made the file already
    return handle
