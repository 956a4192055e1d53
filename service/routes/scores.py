"""`POST /v1/scores`: the risk score of a manifest, without a screening; `service.scoring` says what that is for."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from flask import Flask, Response, g, request

from features.errors import InputError
from features.history import PastParcel, entity_keys
from features.manifest import Manifest
from features.manifest_schema import NotJson, parse_manifest_json
from service.context import Service, service, tools
from service.intake import JSON_TYPES, read_body
from service.problems import Refusal
from service.routes.body import place
from service.schemas import ScoreParameters, checked, single
from service.scoring import score
from service.store.history import past_parcels_of_store


def add_routes(app: Flask) -> None:
    """Add the route of this module."""
    app.add_url_rule("/v1/scores", "scores.create", create, methods=["POST"])


def create() -> Response:
    """Score one manifest; nothing is recorded."""
    parts = service()
    if request.mimetype not in JSON_TYPES:
        raise Refusal("unsupported_media_type", "Send application/json.")
    asked = checked(ScoreParameters, single(request.args.to_dict(flat=False)), "The query")
    with place(parts):
        body = read_body(request, parts.settings.max_manifest_bytes)
    with parts.admission.scores.slot(time.perf_counter() + parts.settings.deadline_seconds):
        manifest = _manifest(body)
        past = _past(parts, manifest) if asked.history == "1" else None
        with g.stages("risk"):
            found = score(manifest, tools(), past, parts.clock())
    if found is None:
        raise Refusal("no_risk_model", "No risk model is in use; a screening tells what follows from that.")
    return Response(json.dumps(asdict(found), ensure_ascii=False), content_type="application/json")


def _manifest(body: bytes) -> Manifest:
    try:
        return parse_manifest_json(body)
    except NotJson as error:
        raise Refusal("not_json", error.message, error.problems) from error
    except InputError as error:
        raise Refusal("invalid", error.message, error.problems) from error


def _past(parts: Service, manifest: Manifest) -> list[PastParcel]:
    with g.stages("look_up"):
        return past_parcels_of_store(parts.store, entity_keys(manifest), manifest.item_id)
