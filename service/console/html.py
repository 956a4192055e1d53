"""Renders the console's pages with the headers that keep everything foreign out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, g, render_template

from service.console import words
from service.console.session import csrf_token
from service.permissions import OFFICERS
from service.problems import KINDS, Refusal

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
