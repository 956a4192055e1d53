"""The list of screenings, one screening, and the form for a finding."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from features.errors import Problem
from models.results import PARTS
from service.console import session
from service.console.html import page
from service.context import service
from service.problems import Refusal
from service.routes.findings import record_finding
from service.routes.images import picture_response
from service.routes.screenings import found_page, stored
from service.schemas import FindingBody, ListParameters, checked, encode_cursor, finding_answer, single
from service.store import findings, screenings
from sop.types import LANES

PAGE_SIZE = 25
FORM_FIELDS = ("found", "reference", "notes", "override_lane", "override_reason")


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/console", "console.home", home)
    app.add_url_rule("/console/screenings/<screening_id>", "console.screening", screening)
    app.add_url_rule("/console/screenings/<screening_id>/images/<int:n>", "console.image", image)
    app.add_url_rule("/console/screenings/<screening_id>/finding", "console.record_finding", record, methods=["POST"])


def home() -> Response:
    """List screenings, newest first, by lane or item."""
    given = {name: value for name, value in single(request.args.to_dict(flat=False)).items() if name != "limit"}
    asked = checked(ListParameters, {**given, "limit": PAGE_SIZE}, "The query")
    shown, more = found_page(asked)
    with service().store.reading() as connection:
        recorded = findings.of_screenings(connection, [one.id for one in shown])
    return page(
        "home.html",
        rows=[{"answer": json.loads(one.answer), "findings": recorded.get(one.id, [])} for one in shown],
        asked=asked,
        lanes=LANES,
        next_cursor=encode_cursor(shown[-1].seq) if more else None,
    )


def screening(screening_id: str) -> Response:
    """Show one screening."""
    return _screening(screening_id, {}, ())


def image(screening_id: str, n: int) -> Response:
    """Show one picture, annotated or as sent."""
    return picture_response(screening_id, n, raw=request.args.get("raw") == "1")


def record(screening_id: str) -> BaseResponse:
    """Record a finding from the form."""
    session.check_csrf()
    filled = {name: request.form.get(name, "").strip() for name in FORM_FIELDS}
    parts = request.form.getlist("parts")
    try:
        record_finding(screening_id, checked(FindingBody, _body(filled, parts), "The finding"))
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        return _screening(screening_id, {**filled, "parts": parts}, refusal.errors)
    return redirect(url_for("console.screening", screening_id=screening_id, _anchor="findings"), 303)


def _screening(screening_id: str, filled: dict[str, Any], faults: tuple[Problem, ...]) -> Response:
    found = stored(screening_id)
    with service().store.reading() as connection:
        recorded = findings.of_screening(connection, screening_id)
        pictures = screenings.pictures_of(connection, screening_id)
    return page(
        "screening.html",
        422 if faults else 200,
        answer=json.loads(found.answer),
        station_id=found.station_id,
        scanner_id=found.scanner_id,
        findings=[finding_answer(one) for one in recorded],
        pictures=pictures,
        parts=PARTS,
        lanes=LANES,
        filled=filled,
        faults=faults,
    )


def _body(filled: dict[str, str], parts: list[str]) -> dict[str, Any]:
    lane, reason = filled["override_lane"], filled["override_reason"]
    body: dict[str, Any] = {name: filled[name] for name in ("found", "reference", "notes") if filled[name]}
    if parts:
        body["parts"] = parts
    if lane or reason:
        body["override"] = {name: value for name, value in (("lane", lane), ("reason", reason)) if value}
    return body
