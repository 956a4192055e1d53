"""`GET /v1/sop`, `GET /v1/sop/history` and `GET /v1/models`: what the answers rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, jsonify, request

from features.errors import ParcelScreeningError
from service.context import caller, service, tools
from service.in_force import kept_package
from service.permissions import SHADOW_READERS
from service.scanners import scanner_rows
from service.schemas import checked, single
from service.sop_refusal import history_refusal
from service.sop_schemas import HistoryParameters
from sop.active import place_in_force
from sop.diff.packages import compare_packages
from sop.engine import day_of
from sop.export import package_as_json
from sop.registry.as_json import order_as_json, standing_as_json, version_as_json
from sop.registry.events import SHADOW_ACTIONS, Event
from sop.registry.standing import registry_state
from sop.registry.state import withdrawn


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/v1/sop", "about.sop", sop)
    app.add_url_rule("/v1/sop/history", "about.history", history)
    app.add_url_rule("/v1/models", "about.models", models)


def sop() -> Response:
    """Return the procedure in force, who approved and activated it, what is to come, and whether models are off."""
    using = tools()
    shown = package_as_json(using.package, day_of(using.policy, service().clock()))
    warnings = [asdict(notice) for notice in using.warnings]
    return jsonify(**shown, title=using.package.title, **_standing(using.package.digest), warnings=warnings)


def history() -> Response:
    """Return one page of the history, newest first."""
    wanted = checked(HistoryParameters, single(request.args.to_dict(flat=False)), "The query")
    try:
        events = registry_state(service().settings.home, service().clock()).events
    except ParcelScreeningError as error:
        raise history_refusal(error) from error
    gone = withdrawn(events)
    if caller().role not in SHADOW_READERS:
        events = tuple(one for one in events if one.action not in SHADOW_ACTIONS)
    older = [one for one in reversed(events) if wanted.before is None or one.seq < wanted.before]
    page = older[: wanted.limit]
    orders = [_entry(one, one.seq in gone, wanted.diff == "1") for one in page]
    return jsonify(orders=orders, next_before=page[-1].seq if len(older) > len(page) else None)


def models() -> Response:
    """Return the cards of the loaded models, the scanners' profiles, and why a model is missing where it is."""
    return jsonify(
        models=[{"title": card.title, **asdict(card)} for card in tools().cards],
        scanners=scanner_rows(tools().profiles, *tools().detector),
        warnings=[asdict(notice) for notice in tools().warnings],
    )


def _standing(digest: str) -> dict[str, Any]:
    """Return what the registry says of the procedure that decides; nothing where its history cannot be read."""
    settings, at = service().settings, service().clock()
    try:
        source = place_in_force(settings.sop, settings.home, at).source
        found = {"source": source, **standing_as_json(registry_state(settings.home, at), digest)}
    except ParcelScreeningError:
        # What decides goes on and can be shown; that the history was changed is among the warnings.
        stop = order_as_json(tools().stopped)
        return {"source": None, "activated": None, "approved": [], "pending": [], "stop": stop}
    if caller().role not in SHADOW_READERS:
        del found["shadow"]
    return found


def _entry(event: Event, gone: bool, with_changes: bool) -> dict[str, Any]:
    return {
        **(order_as_json(event) or {}),
        "before": version_as_json(event.before),
        "withdraws": event.withdraws,
        "withdrawn": gone,
        "examined": event.examined,
        "previous": event.previous,
        "changes": _changes(event) if with_changes else None,
    }


def _changes(event: Event) -> list[dict[str, Any]] | None:
    """Return what an activation or a rollback changed; None where a version cannot be read any more."""
    if event.before is None or event.version is None:
        return None
    home = service().settings.home
    try:
        old, new = (kept_package(home, one.digest) for one in (event.before, event.version))
    except ParcelScreeningError:
        return None
    return [one.as_json() for one in compare_packages(old, new)]
