"""What each worker of `serve` imports: `service.wsgi:create` builds its application from the environment."""

from __future__ import annotations

import gc
import logging
import os
import time

import cv2
from flask import Flask

from features.errors import ParcelScreeningError
from service.app import create_app
from service.context import EXTENSION, Service
from service.draining import Draining, stop_gently
from service.pictures.reader import Reader
from service.pictures.readers import Readers
from service.settings import Settings
from service.silent_connections import cut_silent_connections

RETRY_SECONDS = 6.0
"""How long a worker that cannot start waits before it ends. The server takes workers that end sooner (within 5.5 s of
their start) for a crash loop and stops all others with them; so these go on, and this one is tried again."""

OPENCV_LOG_LEVEL = "OPENCV_LOG_LEVEL"
log = logging.getLogger("parcel_screening")


def create(draining: Draining | None = None) -> Flask:
    """Build the application of one worker process.

    Args:
        draining: Says when this worker stops; None: nobody will be told before it does.

    Raises:
        SystemExit: It cannot be built, after RETRY_SECONDS; the log says why, without a traceback.
    """
    try:
        settings = Settings.from_environment(os.environ)
        readers = _readers(settings)
        app = create_app(settings, draining=draining, reading=readers)
    except ParcelScreeningError as error:
        log.error("the worker cannot start", extra={"cause": "; ".join([error.message, *map(str, error.problems)])})
        time.sleep(RETRY_SECONDS)
        raise SystemExit(error.exit_code) from None
    parts: Service = app.extensions[EXTENSION]
    readers.tell(parts.metrics.load.not_read)
    _hush_opencv()
    if draining:
        stop_gently(draining, settings.drain_seconds, lambda: _retire(parts, readers))
    cut_silent_connections(settings.silence_seconds)
    # Models, lists and libraries stay; a collection that walks them all keeps everybody waiting a tenth of a second.
    gc.freeze()
    gc.enable()  # `cli.serve` keeps it off while the worker starts
    parts.tools.start()  # here and not in create_app: a thread does not survive into a forked worker
    readers.warm()
    return app


def _readers(settings: Settings) -> Readers:
    """Return the picture processes: one for each parcel with pictures, and one for whoever looks at some."""

    def start() -> Reader:
        return Reader(settings.picture_seconds, settings.log_format, os.environ)

    return Readers(start, settings.picture_threads + 1)


def _retire(parts: Service, readers: Readers) -> None:
    readers.retire()
    parts.gate.close()


def _hush_opencv() -> None:
    """Keep OpenCV from writing about broken pictures beside the log; what is wrong with one, its answer says.

    The variable is read when the library is loaded, and the main process has done that before this worker was forked.
    """
    if OPENCV_LOG_LEVEL not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
