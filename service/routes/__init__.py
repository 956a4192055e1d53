"""The routes, one module per resource; each reads the request, calls one function, and writes the answer."""

from __future__ import annotations

from flask import Flask

from service.routes import about, access, batch, docs, findings, health, images, metrics, scores, screenings, stop


def register(app: Flask) -> None:
    """Add every route of the interface."""
    for module in (screenings, batch, scores, images, findings, access, about, stop, health, metrics, docs):
        module.add_routes(app)
