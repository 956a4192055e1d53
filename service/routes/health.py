"""`GET /healthz` (the process answers) and `GET /readyz` (it can do its work)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, jsonify

from service.context import Service, service
from service.screening import versions
from service.store.errors import StoreUnavailable


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/healthz", "health.live", live)
    app.add_url_rule("/readyz", "health.ready", ready)


def live() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


def ready() -> tuple[Response, int]:
    """Say whether screenings can be made: 200 when the store and the policy work, else 503.

    A model that is missing makes the service `degraded`, not unready: the policy says what follows, and every answer
    names what it lacked.
    """
    state = readiness(service())
    return jsonify(state), 503 if state["status"] == "unready" else 200


def readiness(parts: Service) -> dict[str, Any]:
    """Return the state of every part."""
    tools = parts.tools
    checks = {
        "store": _store(parts),
        "policy": "ok",
        "risk_model": "ok" if tools.risk else "missing",
        "xray_model": "ok" if tools.xray else "missing",
    }
    whole = "ok" if set(checks.values()) == {"ok"} else "degraded"
    status = whole if checks["store"] == "ok" else "unready"
    return {"status": status, "checks": checks, "versions": asdict(versions(tools))}


def _store(parts: Service) -> str:
    try:
        return "ok" if parts.store.up_to_date() else "not upgraded"
    except StoreUnavailable:
        return "unavailable"
