"""The Flask application: its parts are built here, once, and passed in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service import console, guard, routes
from service.admission import Admission
from service.composition import live_tools
from service.console.session import SecureWhereTls, session_secret
from service.context import EXTENSION, Service
from service.draining import Draining
from service.front.waiting import aside
from service.gate import Gate
from service.intake import StationRequest
from service.leftovers import Leftovers
from service.live import LiveTools
from service.metrics import Metrics
from service.pictures.reading import Reading
from service.screening import Tools, versions
from service.settings import Settings
from service.shadow_queue import ShadowQueue
from service.store.errors import StoreUnavailable
from service.store.patience import Patience
from service.store.store import Store, open_store

MAX_FORM_PARTS = 16
SCRATCH_LASTS = timedelta(minutes=10)
"""No picture takes so long to be written."""
log = logging.getLogger("parcel_screening")


class Application(Flask):
    """A Flask application that parses forms strictly."""

    request_class = StationRequest
    session_interface = SecureWhereTls()


def create_app(
    settings: Settings,
    *,
    tools: Tools | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    draining: Draining | None = None,
    reading: Reading | None = None,
) -> Flask:
    """Build the application.

    Args:
        settings: All settings.
        tools: Models, policy and lists, used as they are; None loads those of the settings, and takes what is promoted
            later as soon as somebody calls `start` on them (`service.wsgi` does).
        store: The store; None opens that of the settings.
        clock: Tells the moment; None: this machine's time in UTC.
        draining: Says when the process stops; None: it never says so.
        reading: Reads pictures for the tools that are loaded here; None: this process does.

    Raises:
        UsageError: The database URL, or the settings about client certificates, cannot be used.
        InputError: The policy or a watch list cannot be used.
    """
    metrics = Metrics()
    store = store or open_store(settings, Patience())
    store.writer.tell(metrics.load.committed)
    live = LiveTools(lambda: tools) if tools else live_tools(settings, metrics, store, metrics.scanners, reading)
    metrics.uses(versions(live.current()))
    app = Application("service", static_folder=None)
    app.config.update(_config(settings))
    app.extensions[EXTENSION] = Service(
        settings=settings,
        store=store,
        tools=live,
        gate=Gate(settings, store, metrics, clock or utc_now),
        metrics=metrics,
        shadows=ShadowQueue(store),
        leftovers=Leftovers(store),
        admission=Admission(settings, metrics.load),
        clock=clock or utc_now,
        draining=draining or Draining(),
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order says what belongs together
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _prepare_store(app, store)
    _put_away_scratch(store)
    guard.install(app)
    routes.register(app)
    console.register(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


def utc_now() -> datetime:
    """Return the time in UTC with milliseconds, which is what answers carry: stored and sent are the same moment."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _config(settings: Settings) -> dict[str, object]:
    return {
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_manifest_bytes,
        "MAX_FORM_PARTS": MAX_FORM_PARTS,
        "SECRET_KEY": session_secret(settings.home),
        "SESSION_COOKIE_NAME": "parcel_screening",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_PATH": "/console",
    }


def _prepare_store(app: Flask, store: Store) -> None:
    """Make or upgrade the tables; while the store cannot be reached, try again with each request."""
    prepared = _try_upgrade(store)

    def prepare() -> None:
        nonlocal prepared
        prepared = prepared or aside(lambda: _try_upgrade(store))

    if not prepared:
        app.before_request(prepare)


def _put_away_scratch(store: Store) -> None:
    """Remove the half-written pictures of processes that were killed."""
    try:
        store.pictures.clear_scratch(utc_now() - SCRATCH_LASTS)
    except StoreUnavailable as error:
        log.warning("half-written pictures stay", extra={"cause": error.message})


def _try_upgrade(store: Store) -> bool:
    try:
        store.upgrade()
    except StoreUnavailable as error:
        log.error("the store cannot be prepared yet", extra={"cause": error.message})
        return False
    return True
