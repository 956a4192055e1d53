"""What the routes of one application share: built once by `create_app`, found by every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g

from service.admission import Admission
from service.auth import Caller
from service.draining import Draining
from service.gate import Gate
from service.leftovers import Leftovers
from service.live import LiveTools
from service.metrics import Metrics
from service.screening import Tools
from service.settings import Settings
from service.shadow_queue import ShadowQueue
from service.store.store import Store

EXTENSION = "parcel_screening"


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of the running service."""

    settings: Settings
    store: Store
    tools: LiveTools
    gate: Gate
    metrics: Metrics
    shadows: ShadowQueue
    leftovers: Leftovers
    admission: Admission
    clock: Callable[[], datetime]
    draining: Draining


def service() -> Service:
    """Return the parts of the application that handles this request."""
    found: Service = current_app.extensions[EXTENSION]
    return found


def tools() -> Tools:
    """Return what this request screens with: the same to its end, whatever is promoted meanwhile."""
    if "tools" not in g:
        g.tools = service().tools.current()
    found: Tools = g.tools
    return found


def caller() -> Caller:
    """Return whose key this request carries; the guard of `service.guard` has put it there."""
    found: Caller = g.caller
    return found
