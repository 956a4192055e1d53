"""Renders the console's pages with the headers that keep everything foreign out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, g, render_template

from features.errors import ParcelScreeningError
from service.console import words
from service.console.session import csrf_token
from service.context import service, tools
from service.permissions import CONSOLE, OFFICERS
from service.problems import KINDS, Refusal
from sop.registry.events import Event
from sop.registry.standing import stop_state

STATIC = Path(__file__).with_name("static")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page of the console."""
    caller = g.get("caller")
    text = render_template(
        f"console/{template}",
        caller=caller,
        may_record=bool(caller and caller.role in OFFICERS),
        may_read=bool(caller and caller.role in CONSOLE),
        stopped=_stopped() if caller else None,
        csrf=csrf_token(),
        words=words,
        **values,
    )
    response = Response(text, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def refusal_page(refusal: Refusal) -> Response:
    """Return a refusal as a page for people."""
    kind = KINDS[refusal.code]
    response = page("refusal.html", kind.status, kind=kind, refusal=refusal, request_id=g.get("request_id", ""))
    response.headers.extend(refusal.headers)
    return response


def _stopped() -> Event | None:
    """Return the order that switched the models off, as it stands on record: a worker may take two seconds to obey."""
    try:
        return stop_state(service().settings.home)
    except ParcelScreeningError:
        return tools().stopped
