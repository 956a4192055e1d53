"""What each worker of `serve` imports: `service.wsgi:create` builds its application from the environment."""

from __future__ import annotations

import logging
import os

from flask import Flask

from features.errors import ParcelScreeningError
from service.app import create_app
from service.settings import Settings

log = logging.getLogger("parcel_screening")


def create() -> Flask:
    """Build the application of one worker process.

    Raises:
        SystemExit: It cannot be built; the log says why, without a traceback.
    """
    try:
        return create_app(Settings.from_environment(os.environ))
    except ParcelScreeningError as error:
        log.error("the worker cannot start", extra={"cause": "; ".join([error.message, *map(str, error.problems)])})
        raise SystemExit(error.exit_code) from None
