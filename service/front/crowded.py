"""The answer to those for whom there is no room, before anything else is done for them.

Where twice as many come as can be served, whatever is done for each of those who are sent away is taken from the
others: so their key is not looked up and their body is not looked into.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping

from service.admission import Pool
from service.context import Service
from service.front.environ import Scope
from service.front.rsgi import Answer
from service.heads import HEADERS, request_id_of
from service.problems import KINDS, MEDIA_TYPE, Refusal, document

log = logging.getLogger("parcel_screening.http")
_FIXED = [("content-type", MEDIA_TYPE), *((name.lower(), value) for name, value in HEADERS.items())]


class Crowded:
    """Sends away who comes for a pool that is full."""

    def __init__(self, parts: Service) -> None:
        self._parts = parts
        self._pools: Mapping[str, Pool] = {
            "/v1/screenings": parts.admission.manifests,
            "/v1/scores": parts.admission.scores,
        }

    def __call__(self, scope: Scope) -> Answer | None:
        """Return the refusal of a quick request; None where there is room."""
        started = time.perf_counter()
        refusal = self._pools[scope.path].no_room(started + self._parts.settings.deadline_seconds)
        return self._told(scope, refusal, started) if refusal else None

    def _told(self, scope: Scope, refusal: Refusal, started: float) -> Answer:
        given = next((value for name, value in scope.headers.items() if name == "x-request-id"), "")
        request_id, status = request_id_of(given), KINDS[refusal.code].status
        headers = [*_FIXED, ("x-request-id", request_id)]
        headers += [(name.lower(), value) for name, value in refusal.headers.items()]
        if self._parts.draining.ends_connections:
            headers.append(("connection", "close"))
        seconds = time.perf_counter() - started
        self._parts.metrics.answered(scope.path, scope.method, status, seconds)
        line = {"request_id": request_id, "method": scope.method, "route": scope.path, "status": status}
        log.info("answered", extra={**line, "ms": round(seconds * 1000, 1), "key_id": None, "stages_ms": None})
        return status, headers, json.dumps(document(refusal, request_id), ensure_ascii=False).encode()
