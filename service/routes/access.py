"""`GET /v1/access`: who read or changed what, and when."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask, Response, jsonify, request

from service.answer import timestamp
from service.context import caller, service
from service.problems import Refusal
from service.routes.screenings import noted
from service.schemas import AccessParameters, checked, single
from service.store import access
from service.store.access import Query


def add_routes(app: Flask) -> None:
    """Add the route of this module."""
    app.add_url_rule("/v1/access", "access.find", find)


def find() -> Response:
    """Return one page of the access log, newest first; looking here is noted too."""
    asked = checked(AccessParameters, single(request.args.to_dict(flat=False)), "The query")
    if caller().stations is not None:
        raise Refusal("forbidden", "A key of some stations may not see who read what at all of them.")
    # One more than asked for tells whether another page follows.
    query = Query(
        subject=asked.screening, key_id=asked.key, since=asked.since, until=asked.until, before=asked.before,
        limit=asked.limit + 1,
    )  # fmt: skip
    with service().store.reading() as connection:
        found = access.find(connection, query)
    noted("access.read", asked.screening or asked.key or "all")
    shown = [{**asdict(one), "at": timestamp(one.at)} for one in found[: asked.limit]]
    return jsonify(accesses=shown, next_before=shown[-1]["id"] if len(found) > len(shown) else None)
