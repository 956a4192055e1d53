"""`POST /v1/screenings/{id}/finding`, `GET /v1/screenings/{id}/findings`."""

from __future__ import annotations

import json

from flask import Flask, Response
from sqlalchemy.exc import IntegrityError
from ulid import ULID

from service.context import caller, service
from service.routes.body import json_body
from service.routes.screenings import gone, stored
from service.schemas import FindingBody, finding_answer
from service.store import findings
from service.store.findings import Finding


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/v1/screenings/<screening_id>/finding", "findings.create", create, methods=["POST"])
    app.add_url_rule("/v1/screenings/<screening_id>/findings", "findings.find", find)


def create(screening_id: str) -> Response:
    """Record what the officer found, or an override with its reason; nothing recorded is ever changed."""
    body = json_body(FindingBody, "The finding")
    return _json(finding_answer(record_finding(screening_id, body)), 201)


def find(screening_id: str) -> Response:
    """Return all findings of a screening, oldest first."""
    stored(screening_id)
    with service().store.reading() as connection:
        found = findings.of_screening(connection, screening_id)
    return _json({"findings": [finding_answer(one) for one in found]}, 200)


def record_finding(screening_id: str, body: FindingBody) -> Finding:
    """Append a finding to the record.

    Raises:
        Refusal: 404 where there is no such screening, 410 where there was, 503 where too many wait for the store.
    """
    about = stored(screening_id)
    at = service().clock()
    finding = Finding(
        id=str(ULID.from_datetime(at)),
        screening_id=about.id,
        item_id=about.item_id,
        created_at=at,
        key_id=caller().key_id,
        found=body.found,
        parts=body.parts,
        reference=body.reference,
        notes=body.notes,
        override_lane=body.override.lane if body.override else None,
        override_reason=body.override.reason if body.override else None,
    )
    try:
        with service().admission.storing.slot():
            service().store.writer.write(findings.entry(finding))
    except IntegrityError:
        # It was purged or erased since it was looked up.
        with service().store.reading() as connection:
            raise gone(connection, screening_id) from None
    service().metrics.finding(finding.found, about.lane)
    return finding


def _json(value: object, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status=status, content_type="application/json")
