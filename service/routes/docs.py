"""`GET /openapi.json`, `/docs` and `/errors`: the interface for machines and people, nothing from outside."""

from __future__ import annotations

import json
from pathlib import Path

import swagger_ui_bundle
from flask import Flask, Response, render_template

from service.openapi import document
from service.openapi30 import downgraded
from service.problems import KINDS, Refusal

ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
OWN_ASSETS = {"start.js": "text/javascript"}
# Swagger UI draws its icons from data: URLs and sets style attributes; nothing else is allowed, and nothing from afar.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
ERRORS_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/openapi.json", "docs.openapi", openapi)
    app.add_url_rule("/docs/openapi-3.0.json", "docs.openapi_30", openapi_30)
    app.add_url_rule("/docs", "docs.page", page)
    app.add_url_rule("/docs/assets/<name>", "docs.asset", asset)
    app.add_url_rule("/errors", "docs.errors", errors)


def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    return Response(json.dumps(document(), ensure_ascii=False), content_type="application/json")


def openapi_30() -> Response:
    """Return the same as OpenAPI 3.0.3, for the page."""
    return Response(json.dumps(downgraded(document()), ensure_ascii=False), content_type="application/json")


def page() -> Response:
    """Return Swagger UI, served from the installed package."""
    response = Response(render_template("docs.html"), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def asset(name: str) -> Response:
    """Return one file of the page."""
    if name in ASSETS:
        return Response((Path(swagger_ui_bundle.swagger_ui_path) / name).read_bytes(), content_type=ASSETS[name])
    if name in OWN_ASSETS:
        return Response((Path(__file__).parents[1] / "static" / name).read_bytes(), content_type=OWN_ASSETS[name])
    raise Refusal("not_found", "The page has no such file.")


def errors() -> Response:
    """Return the table of error codes; the `type` of every problem points here."""
    response = Response(render_template("errors.html", kinds=KINDS), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = ERRORS_POLICY
    return response
