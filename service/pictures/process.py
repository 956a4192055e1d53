"""The picture process: `python -m service.pictures.process`, started by a worker, ends with it.

It opens what strangers sent, with decoders written in C. So it knows no key, no database and no parcel but the picture;
where one ends it, or keeps it busy for ever, the worker goes on.
"""

from __future__ import annotations

import contextlib
import logging
import logging.config
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import cv2

from service.logs import logging_config
from service.pictures.jobs import Draw, Judge, Learn, Models, key_of

NICENESS = 5
"""How far it stands back behind manifests, of which there are a hundred for each picture; 0 to 19, as `nice` counts."""
KILLED_FIRST = 500
"""Where memory runs out, the system ends this process and not the worker; -1000 to 1000, see proc(5)."""
DONE, BROKE = b"+", b"-"
"""How an answer begins: the result follows, or the class of what went wrong."""
log = logging.getLogger("parcel_screening")


def serve(line: Connection, seconds: int) -> None:
    """Answer jobs until the worker closes the line or is gone.

    Args:
        line: To the worker.
        seconds: Most that one job may take; the system then ends this process, whatever it is doing.
    """
    models: Models = {}
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            job: Learn | Judge | Draw = line.recv()
            if isinstance(job, Learn):
                models.pop(job.forget, None) if job.forget else None
                models[key_of(job.model)] = job.model
                continue
            signal.alarm(seconds)
            answer = _answer(job, models)
            signal.alarm(0)
            line.send_bytes(answer)


def _answer(job: Judge | Draw, models: Models) -> bytes:
    try:
        return DONE + job.answer(models)
    # The next picture must find the process as the one before did.
    except Exception as error:
        log.exception("a picture broke the one who reads it")
        return BROKE + type(error).__name__.encode()


def stand_back() -> None:
    """Leave processor time and memory to the workers, as far as the system lets a process say so."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(KILLED_FIRST), encoding="ascii")


def main(arguments: list[str]) -> None:
    """Run: the line's file descriptor, the seconds a job may take, and the format of the log."""
    line, seconds, log_format = int(arguments[0]), int(arguments[1]), arguments[2]
    logging.config.dictConfig(logging_config(log_format))
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what is wrong with a picture, its answer says
    stand_back()
    serve(Connection(line), seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
