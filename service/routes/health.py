"""`GET /healthz` (the process answers) and `GET /readyz` (it can do its work)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, jsonify

from models.card import Kind
from service.context import Service, service, tools
from service.model_watch import not_replaced
from service.policy_watch import NOT_REPLACED
from service.screening import Tools, versions
from service.store.errors import StoreUnavailable

MODELS: dict[Kind, str] = {"risk": "risk_model", "xray": "xray_model"}


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/healthz", "health.live", live)
    app.add_url_rule("/readyz", "health.ready", ready)


def live() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


def ready() -> tuple[Response, int]:
    """Say whether to send screenings here: 200 when the store and the policy work, 503 when not, or soon no more.

    A model that is missing makes the service `degraded`, not unready: the policy says what follows, and every answer
    names what it lacked. So do models that somebody has stopped, and a model or a procedure that cannot be used while
    the one before goes on.
    """
    state = readiness(service())
    return jsonify(state), 503 if state["status"] in {"unready", "draining"} else 200


def readiness(parts: Service) -> dict[str, Any]:
    """Return the state of every part."""
    using = tools()
    checks = {
        "store": _store(parts),
        "policy": "not_replaced" if any(one.code == NOT_REPLACED for one in using.warnings) else "ok",
        **{name: _model(kind, using) for kind, name in MODELS.items()},
    }
    whole = "ok" if set(checks.values()) == {"ok"} else "degraded"
    status = whole if checks["store"] == "ok" else "unready"
    if parts.draining.ends_service:
        status = "draining"
    return {"status": status, "checks": checks, "versions": asdict(versions(using))}


def _model(kind: Kind, using: Tools) -> str:
    """Return ok, stopped, missing, or not_replaced: it works, but the one promoted since does not load."""
    if using.stopped:
        return "stopped"
    if getattr(using, kind) is None:
        return "missing"
    return "not_replaced" if any(one.code == not_replaced(kind) for one in using.warnings) else "ok"


def _store(parts: Service) -> str:
    try:
        return "ok" if parts.store.up_to_date() else "not upgraded"
    except StoreUnavailable:
        return "unavailable"
