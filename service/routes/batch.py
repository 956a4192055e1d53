"""`POST /v1/screenings:batch`: NDJSON in, NDJSON out, streamed; one line's error does not stop the rest."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from flask import Flask, Response, g, request, stream_with_context

from service import intake
from service.context import Service, caller, service
from service.guard import store_refusal
from service.problems import KINDS, Refusal, document
from service.read_ahead import ReadAhead, read_ahead
from service.routes.screenings import idempotency_key, record
from service.schemas import ScreeningParameters, checked, single
from service.stages import Stages
from service.store.errors import StoreUnavailable

MEDIA_TYPE = "application/x-ndjson"
TAKEN = frozenset({MEDIA_TYPE, "application/ndjson", "application/jsonl", "application/json-lines"})
BEFORE_LINE = "\t"
"""Between a batch's key and the line number: no Idempotency-Key holds it, so none can be that of another's line."""
log = logging.getLogger("parcel_screening.batch")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the request. `data` is None where it was longer than a manifest may be."""

    number: int
    data: bytes | None


def add_routes(app: Flask) -> None:
    """Add the route of this module."""
    app.add_url_rule("/v1/screenings:batch", "screenings.batch", batch, methods=["POST"])


def batch() -> Response:
    """Screen one manifest a line; every line is recorded before its answer is sent."""
    if request.mimetype not in TAKEN:
        raise Refusal("unsupported_media_type", f"Send {MEDIA_TYPE}: one manifest a line.")
    request.max_content_length = service().settings.max_batch_bytes
    parameters = checked(ScreeningParameters, single(request.args.to_dict(flat=False)), "The query")
    service().gate.station(caller(), parameters.station_id)  # refused as a whole: it is the same for every line
    parts, key, held = service(), idempotency_key(), contextlib.ExitStack()
    held.enter_context(parts.admission.batches.slot())
    answers = _answers(parts, request.stream, parameters, key)
    response = Response(stream_with_context(answers), content_type=MEDIA_TYPE)
    response.call_on_close(held.close)  # and not in the generator, which never starts where the caller has gone
    return response


def _answers(parts: Service, stream: IO[bytes], parameters: ScreeningParameters, key: str | None) -> Iterator[str]:
    settings, number = parts.settings, 0
    with read_ahead(stream, settings.home, settings.max_batch_bytes) as ahead:
        for line in lines(ahead, settings.max_manifest_bytes):
            number = line.number
            if number > settings.max_batch_lines:
                limit = f"A batch has at most {settings.max_batch_lines:,} lines; the rest was not read."
                yield _problem(number, Refusal("too_large", limit))
                return
            try:
                yield _line(parts, line, parameters, key)
            except StoreUnavailable as error:
                log.error("store unavailable", extra={"request_id": g.request_id, "cause": error.message})
                # Every further line would wait for the same store; the caller knows from which line to send again.
                yield _problem(number, store_refusal())
                return
        if ahead.truncated:
            limit = f"A batch has at most {settings.max_batch_bytes:,} bytes; the rest was not read."
            yield _problem(number + 1, Refusal("too_large", limit))
        if ahead.failed:
            yield _problem(number + 1, Refusal("bad_request", "The batch broke off; the rest was not received."))
    log.info("batch done", extra={"request_id": g.request_id, "lines": number})


def _line(parts: Service, line: Line, parameters: ScreeningParameters, key: str | None) -> str:
    try:
        return _answer(parts, line, parameters, f"{key}{BEFORE_LINE}{line.number}" if key else None)
    except Refusal as refusal:
        return _problem(line.number, refusal)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("unexpected failure", extra={"request_id": g.request_id, "lines": line.number})
        return _problem(line.number, Refusal("internal", "The service failed on this line; it was not recorded."))


def _answer(parts: Service, line: Line, parameters: ScreeningParameters, key: str | None) -> str:
    if line.data is None:
        limit = parts.settings.max_manifest_bytes
        raise Refusal("too_large", f"The line is over the limit of {limit:,} bytes.")
    g.stages = Stages()  # of this line: a batch's sum over all its lines would say nothing
    with g.stages("read"):
        asked = intake.intake_of(line.data, (), parameters)
    done = record(parts, asked, key)
    parts.metrics.load.stages(g.stages.seconds)
    return f'{{"line":{line.number},"status":201,{done.answer[1:]}\n'


def _problem(number: int, refusal: Refusal) -> str:
    body = {"line": number, **document(refusal, g.request_id), "status": KINDS[refusal.code].status}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


def lines(stream: ReadAhead, limit: int) -> Iterator[Line]:
    """Yield the lines of a stream that are not blank, never holding more than one in memory."""
    number = 0
    while data := stream.readline(limit + 1):
        number += 1
        if len(data) > limit and not data.endswith(b"\n"):
            _skip_to_end(stream, limit)
            yield Line(number, None)
        elif data.strip():
            yield Line(number, data)


def _skip_to_end(stream: ReadAhead, limit: int) -> None:
    while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
        continue
