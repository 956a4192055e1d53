"""The OpenAPI description of the routes about the procedure, its history and the stop switch."""

from __future__ import annotations

from service import sop_schemas
from service.openapi_parts import REF, Json, json_of, operation, query_of

TYPES = (sop_schemas.StopState, sop_schemas.HistoryPage)
BODIES = (sop_schemas.StopBody,)


def paths() -> Json:
    """Return the paths of these routes."""
    return {
        "/v1/sop": {"get": _sop()},
        "/v1/sop/history": {"get": _history()},
        "/v1/stop-switch": {"get": _stop_state(), "put": _stop()},
    }


def _sop() -> Json:
    order: Json = {"anyOf": [{"$ref": REF.format(model="OrderAnswer")}, {"type": "null"}]}
    orders: Json = {"type": "array", "items": {"$ref": REF.format(model="OrderAnswer")}}
    texts: Json = {name: {"type": "string"} for name in ("sop", "version", "digest", "title")}
    schema = {
        "type": "object",
        "required": [*texts, "rules", "source", "approved", "activated", "pending", "stop", "warnings"],
        "properties": {
            **texts,
            "source": {"enum": ["setting", "registry", "home", "shipped", None], "description": "What put it there."},
            "approved": {**orders, "description": "Approvals of this content, oldest first."},
            "activated": {**order, "description": "What put it in force; null where a file did."},
            "pending": {**orders, "description": "Activations to come, the next first."},
            "stop": {**order, "description": "The order that switched the models off; null while they are on."},
            "warnings": {"type": "array", "items": {"$ref": REF.format(model="Notice")}},
        },
    }
    done = {"200": {"description": "The procedure in force.", "content": {"application/json": {"schema": schema}}}}
    return operation("about.sop", "The procedure in force, and who put it there", "about", done, ())


def _history() -> Json:
    done = {"200": json_of("One page.", "HistoryPage")}
    return operation(
        "about.history",
        "Who approved, activated, rolled back or stopped what, newest first",
        "about",
        done,
        ("invalid", "history_unusable"),
        parameters=query_of(sop_schemas.HistoryParameters),
    )


def _stop_state() -> Json:
    done = {"200": json_of("The stop switch.", "StopState")}
    return operation("stop.get", "Whether the models are switched off", "operation", done, ("history_unusable",))


def _stop() -> Json:
    body = {"application/json": {"schema": {"$ref": REF.format(model="StopBody")}}}
    return operation(
        "stop.put",
        "Switch the models off, or on again (roles sop_author and admin only)",
        "operation",
        {"200": json_of("The stop switch; the order is on record.", "StopState")},
        ("not_json", "too_large", "unsupported_media_type", "invalid", "history_unusable", "overloaded"),
        requestBody={"required": True, "content": body},
    )
