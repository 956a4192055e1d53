"""`GET /v1/sop` and `GET /v1/models`: what the answers rest on."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask, Response, jsonify

from service.context import tools
from service.scanners import scanner_rows
from sop.export import policy_as_json


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/v1/sop", "about.sop", sop)
    app.add_url_rule("/v1/models", "about.models", models)


def sop() -> Response:
    """Return the policy in force."""
    return jsonify(policy_as_json(tools().policy))


def models() -> Response:
    """Return the cards of the loaded models, the scanners' profiles, and why a model is missing where it is."""
    return jsonify(
        models=[{"title": card.title, **asdict(card)} for card in tools().cards],
        scanners=scanner_rows(tools().profiles, *tools().detector),
        warnings=[asdict(notice) for notice in tools().warnings],
    )
