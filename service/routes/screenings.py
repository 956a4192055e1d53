"""`POST /v1/screenings`, `GET /v1/screenings/{id}`, `GET /v1/screenings`."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from sqlalchemy import Connection

from features.manifest import Manifest
from features.manifest_schema import parse_manifest_json
from service import intake
from service.answer import timestamp
from service.context import Service, caller, service, tools
from service.front.waiting import aside
from service.intake import Intake
from service.problems import Refusal
from service.recording import IdempotencyConflict, Recorded, Underway, screen_to_record
from service.routes.body import memory, place
from service.schemas import ListParameters, checked, decode_cursor, encode_cursor, single
from service.screening import ScreeningRequest
from service.store import access, screenings
from service.store.idempotency import Claim
from service.store.removal import trace_of
from service.store.screenings import Query, StoredScreening

MAX_IDEMPOTENCY_KEY = 200
"""Leaves room for the line number that a batch adds."""
NO_SCREENING = "No screening has this identifier."
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_VISIBLE = re.compile(r"[\x21-\x7e]+( [\x21-\x7e]+)*")


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/v1/screenings", "screenings.create", create, methods=["POST"])
    app.add_url_rule("/v1/screenings", "screenings.find", find)
    app.add_url_rule("/v1/screenings/<screening_id>", "screenings.get", get)


def create() -> Response:
    """Screen one parcel; the answer is on disk before it is sent."""
    parts, key = service(), idempotency_key()
    with contextlib.ExitStack() as held:
        held.enter_context(memory(parts))
        with g.stages("read"), place(parts):
            received = intake.receive(request, parts.settings)
        with turn(parts, bool(received.pictures)):
            held.enter_context(parts.admission.storing.slot())
            with g.stages("read"):
                asked = received.understood()
            underway = begun(parts, asked, key)
        recorded = finished(parts, underway)  # others are worked on while this one waits for the disk
    response = Response(recorded.answer, status=201, content_type="application/json")
    response.headers["Location"] = f"/v1/screenings/{recorded.screening_id}"
    if recorded.screening is None:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@contextlib.contextmanager
def turn(parts: Service, has_pictures: bool) -> Iterator[None]:
    """Hold a slot of the pool that a screening belongs to.

    Raises:
        Refusal: 503 where there is no room, or no turn came before the deadline.
    """
    pool = parts.admission.pictures if has_pictures else parts.admission.manifests
    with contextlib.ExitStack() as held:
        with g.stages("wait"):
            held.enter_context(pool.slot(time.perf_counter() + parts.settings.deadline_seconds))
        yield


def get(screening_id: str) -> Response:
    """Return one answer, byte for byte as it was sent."""
    return Response(stored(screening_id).answer, content_type="application/json")


def find() -> Response:
    """Return a page of answers, newest first."""
    shown, more = found_page(checked(ListParameters, single(request.args.to_dict(flat=False)), "The query"))
    cursor = f'"{encode_cursor(shown[-1].seq)}"' if more else "null"
    body = ",".join(one.answer for one in shown)
    return Response(f'{{"screenings":[{body}],"next_cursor":{cursor}}}', content_type="application/json")


def found_page(asked: ListParameters) -> tuple[list[StoredScreening], bool]:
    """Return a page of screenings, and whether another one follows; note who read it."""
    before = decode_cursor(asked.cursor) if asked.cursor else None
    # One more than asked for tells whether another page follows.
    only = caller().stations
    query = Query(asked.item_id, asked.lane, asked.since, before, asked.limit + 1, only.patterns if only else None)
    with service().store.reading() as connection:
        found = screenings.find(connection, query)
    shown = found[: asked.limit]
    # A page shows whole answers: whoever asks who read a parcel must find this reader too.
    noted("screening.list", *([one.id for one in shown] or ["no screening"]))
    return shown, len(found) > len(shown)


def stored(screening_id: str) -> StoredScreening:
    """Return one screening and note who read it.

    Raises:
        Refusal: 404.
    """
    with service().store.reading() as connection:
        found = existing(connection, screening_id)
    noted("screening.read", screening_id)
    return found


def noted(action: access.Action, *subjects: str) -> None:
    """Note who read something; nobody sees it before the note is on disk.

    Raises:
        Refusal: 503 where too many wait for the store.
        StoreUnavailable: The note cannot be written.
    """
    at, key_id = service().clock(), caller().key_id
    with service().admission.storing.slot():
        service().store.writer.write(access.entry(action, subjects, at=at, key_id=key_id, request_id=g.request_id))


def existing(connection: Connection, screening_id: str) -> StoredScreening:
    """Return one screening.

    Raises:
        Refusal: 404, or 410 where it was there once. What another station did is not there for a key of others.
    """
    found = screenings.get(connection, screening_id) if _ULID.fullmatch(screening_id) else None
    if found is None:
        raise gone(connection, screening_id)
    if not caller().sees(found.station_id):
        service().gate.unseen(caller())
        raise Refusal("screening_not_found", NO_SCREENING)
    return found


def gone(connection: Connection, screening_id: str) -> Refusal:
    """Return why there is no such screening: it was erased, purged, or never there."""
    trace = trace_of(connection, screening_id) if _ULID.fullmatch(screening_id) else None
    if trace is None or not caller().sees(trace.kept.get("station_id")):
        return Refusal("screening_not_found", NO_SCREENING)
    done = {"erase": "erased", "purge": "purged"}[trace.action]
    return Refusal(done, f"This screening was {done} at {timestamp(trace.removed_at)}; removal {trace.removal_id}.")


def record(parts: Service, asked: Intake, key: str | None) -> Recorded:
    """Screen what was asked and record it: `begun`, then `finished`, which may raise what those raise."""
    return finished(parts, begun(parts, asked, key))


def begun(parts: Service, asked: Intake, key: str | None) -> Underway:
    """Screen what was asked and hand it to the store's writer.

    Raises:
        Refusal: 403 or 422 where the station is not one of the key's, 404 where the item has no manifest on file, 409
            where the idempotency key was used otherwise.
    """
    station_id = parts.gate.station(caller(), asked.parameters.station_id)
    claim = Claim(caller().key_id, key, asked.digest) if key else None
    wanted = ScreeningRequest(
        manifest=asked.manifest or _on_file(parts, asked.item_id),
        pictures=asked.pictures,
        station_id=station_id,
        scanner_id=asked.parameters.scanner_id,
        stage=asked.parameters.stage,
    )
    with _no_conflict():
        return screen_to_record(
            wanted,
            tools(),
            parts.store,
            key_id=caller().key_id,
            at=parts.clock(),
            claim=claim,
            shadows=parts.shadows,
            leftovers=parts.leftovers,
            stages=g.stages,
        )


def finished(parts: Service, underway: Underway) -> Recorded:
    """Wait until the answer is on disk, and count it.

    Raises:
        Refusal: 409 where the idempotency key was used otherwise.
        StoreUnavailable: Nothing was recorded.
    """
    with _no_conflict():
        done = underway.recorded()
    if done.screening is not None:
        parts.metrics.screened(done.screening)
        decision = done.screening.decision
        g.logged = {"lane": decision.lane, "degraded": list(decision.degraded) or None}
    g.logged["screening_id"] = done.screening_id
    return done


@contextlib.contextmanager
def _no_conflict() -> Iterator[None]:
    try:
        yield
    except IdempotencyConflict as error:
        text = "This Idempotency-Key was used for another request; its answer stands."
        raise Refusal("idempotency_conflict", text) from error


def idempotency_key() -> str | None:
    """Return the request's Idempotency-Key.

    Raises:
        Refusal: 400 where it cannot be one.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if len(key) > MAX_IDEMPOTENCY_KEY or not _VISIBLE.fullmatch(key):
        raise Refusal("bad_request", f"Idempotency-Key takes 1 to {MAX_IDEMPOTENCY_KEY} visible ASCII characters.")
    return key


def _on_file(parts: Service, item_id: str) -> Manifest:
    def looked_up() -> str | None:
        with parts.store.reading() as connection:
            return screenings.manifest_on_file(connection, item_id)

    found = aside(looked_up)
    if found is None:
        raise Refusal("item_not_on_file", "No manifest of this item is on file; send the whole manifest.")
    return parse_manifest_json(found)
