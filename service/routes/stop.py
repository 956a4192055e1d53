"""`GET` and `PUT /v1/stop-switch`: the models off, so that rules alone decide, and on again."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from features.errors import ParcelScreeningError
from service.context import caller, service
from service.guard import require_role
from service.permissions import RESUMERS
from service.routes.body import json_body
from service.sop_refusal import history_refusal
from service.sop_schemas import StopBody
from sop.registry.as_json import order_as_json
from sop.registry.change import Order, switch
from sop.registry.events import By
from sop.registry.standing import stop_state


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/v1/stop-switch", "stop.get", get)
    app.add_url_rule("/v1/stop-switch", "stop.put", put, methods=["PUT"])


def get() -> Response:
    """Say whether the models are switched off, by whom and why."""
    return _state()


def put() -> Response:
    """Record the order to switch the models off or on; one that is carried out already changes nothing."""
    body = json_body(StopBody, "The order")
    if not body.stopped:
        require_role(caller(), RESUMERS)
    by = By(caller().key_id, caller().name, caller().role)
    order = Order(at=service().clock(), by=by, reason=body.reason)
    try:
        switch(service().settings.home, "stop" if body.stopped else "resume", order)
    except ParcelScreeningError as error:
        raise history_refusal(error) from error
    if body.stopped:
        # Obeyed at once here: taking models away loads nothing. Putting them back is left to the background.
        service().tools.look()
    return _state()


def _state() -> Response:
    try:
        stop = stop_state(service().settings.home)
    except ParcelScreeningError as error:
        raise history_refusal(error) from error
    obeyed = (stop is None) == (service().tools.current().stopped is None)
    return jsonify(stopped=stop is not None, obeyed=obeyed, order=order_as_json(stop))
