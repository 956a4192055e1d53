"""`GET /metrics`: figures for Prometheus, which sends a key as its `authorization` setting."""

from __future__ import annotations

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.context import service


def add_routes(app: Flask) -> None:
    """Add the route of this module."""
    app.add_url_rule("/metrics", "metrics.get", get)


def get() -> Response:
    """Return all figures in Prometheus' text format."""
    return Response(service().metrics.exposition(service().settings.home), content_type=CONTENT_TYPE_LATEST)
