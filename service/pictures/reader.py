"""One picture process, seen from the worker that started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Final, Literal

from models.xray import XrayModel
from service.front.turns import away
from service.pictures.jobs import Draw, Judge, Learn, ModelKey, key_of
from service.pictures.process import DONE

Cause = Literal["died", "slow", "not_started", "broke"]
MODELS = 3
"""Detectors that one process holds: the one in use, its candidate, and the one before for who still reads with it."""
MOST_ANSWER = 64 * 1024 * 1024
GRACE_S = 5.0
"""Seconds beyond what a job may take after which a process that did not end by itself is ended."""
CLOSING_S = 5.0
OWN_SETTINGS = "PARCEL_SCREENING_"
MEMORY: Final[Mapping[str, str]] = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024),
}
"""What GNU libc reads at a start: bytes from which a block is asked of the system, and that are held for the next ones.
A picture takes and gives back the same few megabytes again and again; the system clears each page anew, which took a
fifth of the time (18.5 ms, 14.5 without, 0.14 megapixels on one core)."""


def _told(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a picture process is told: nothing of the service, and to take its code from where this one does."""
    general = {name: value for name, value in environment.items() if not name.startswith(OWN_SETTINGS)}
    return {**MEMORY, **general, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class NotRead(Exception):
    """A picture process gave no result."""

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause = cause


class Reader:
    """A picture process; for one thread at a time.

    Args:
        seconds: Most that one job may take.
        log_format: As the setting says.
        environment: Of this process; what is in it about the service, the picture process is not told.

    Raises:
        NotRead: The system starts no process.
    """

    def __init__(self, seconds: int, log_format: str, environment: Mapping[str, str]) -> None:
        self._seconds, self._owes_answer = seconds, False
        self._known: list[ModelKey] = []
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(seconds), log_format]
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "service.pictures.process", *arguments],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    # Ctrl-C at a terminal is for the server alone, which lets its workers finish first.
                    start_new_session=True,
                    env=_told(environment),
                )
            except OSError as error:
                ours.close()
                raise NotRead("not_started", f"no process can be started: {error.strerror}") from error
        self._line = Connection(ours.detach())

    @property
    def alive(self) -> bool:
        """Whether the process can be asked: it runs, and owes no answer (the next job would be taken to have it)."""
        return not self._owes_answer and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ask(self, job: Judge | Draw, model: XrayModel | None = None) -> bytes:
        """Return the result of a job; `model` is the detector that it names.

        Raises:
            NotRead: There is none; unless it only broke, the process has ended.
        """
        try:
            with away():
                if model is not None:
                    self._teach(model)
                self._owes_answer = True
                self._line.send(job)
                if not self._line.poll(self._seconds + GRACE_S):
                    raise self._ended()
                answer = self._line.recv_bytes(MOST_ANSWER)
                self._owes_answer = False
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if answer[:1] != DONE:
            raise NotRead("broke", answer[1:].decode(errors="replace"))
        return answer[1:]

    def close(self) -> None:
        """Let the process end."""
        self._line.close()
        try:
            self._process.wait(CLOSING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _teach(self, model: XrayModel) -> None:
        key = key_of(model)
        if key in self._known:
            return
        forget = self._known.pop(0) if len(self._known) == MODELS else None
        self._line.send(Learn(model, forget))
        self._known.append(key)

    def _ended(self) -> NotRead:
        """Make sure that it ended, and return how."""
        try:
            status = self._process.wait(CLOSING_S / 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return NotRead("slow", f"no answer within {self._seconds} seconds")
        if status == -signal.SIGALRM:
            return NotRead("slow", f"no answer within {self._seconds} seconds")
        return NotRead("died", f"exit status {status}")
