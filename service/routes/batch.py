"""`POST /v1/screenings:batch`: NDJSON in, NDJSON out, streamed; one line's error does not stop the rest."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from typing import IO

from flask import Flask, Response, g, request, stream_with_context

from service.context import Service, caller, service
from service.problems import KINDS, Refusal, document
from service.read_ahead import ReadAhead, read_ahead
from service.routes.batch_steps import Line, Steps, Told
from service.routes.screenings import idempotency_key
from service.schemas import ScreeningParameters, checked, single

MEDIA_TYPE = "application/x-ndjson"
PIECE = 16 * 1024
"""Characters of answers that are sent together while further lines are there. Short answers that are sent one by one
fill the buffer of a caller who does not read yet with what the system keeps of each packet. Where that buffer has a
fixed size, Linux (seen with 6.18) then takes nothing from this side any more, not even word that there is room for the
rest of the body: the caller waits for that, and never comes to read."""
NOW = ""
"""Among the answers: those before it must not wait for others."""
TAKEN = frozenset({MEDIA_TYPE, "application/ndjson", "application/jsonl", "application/json-lines"})
log = logging.getLogger("parcel_screening.batch")


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
    response = Response(stream_with_context(gathered(answers)), content_type=MEDIA_TYPE)
    response.call_on_close(held.close)  # and not in the generator, which never starts where the caller has gone
    return response


def _answers(parts: Service, stream: IO[bytes], parameters: ScreeningParameters, key: str | None) -> Iterator[str]:
    steps = Steps(parts, parameters, key)
    try:
        yield from _answers_of(parts, stream, steps)
    finally:  # also where the caller has gone: what was screened until then is on record
        log.info("batch ended", extra={"request_id": g.request_id, "lines": steps.taken})


def _answers_of(parts: Service, stream: IO[bytes], steps: Steps) -> Iterator[str]:
    settings, number = parts.settings, 0
    with read_ahead(stream, settings.home, settings.max_batch_bytes, request.content_length or 0) as ahead:
        for line in lines(ahead, settings.max_manifest_bytes):
            if line is None:  # the caller may wait for these answers before it sends more
                yield from map(_line, steps.settle())
                yield NOW
                continue
            number = line.number
            if number > settings.max_batch_lines:
                yield from map(_line, steps.settle())
                limit = f"A batch has at most {settings.max_batch_lines:,} lines; the rest was not read."
                yield _problem(number, Refusal("too_large", limit))
                return
            yield from map(_line, steps.take(line))
            if steps.failed:
                yield from map(_line, steps.settle())
                return  # every further line would wait for the same store
        yield from map(_line, steps.settle())
        if ahead.truncated:
            limit = f"A batch has at most {settings.max_batch_bytes:,} bytes; the rest was not read."
            yield _problem(number + 1, Refusal("too_large", limit))
        if ahead.failed:
            yield _problem(number + 1, Refusal("bad_request", "The batch broke off; the rest was not received."))


def gathered(answers: Iterator[str]) -> Iterator[str]:
    """Yield answers in pieces, none of which is empty."""
    held, size = list[str](), 0
    for answer in answers:
        held.append(answer)
        size += len(answer)
        if size and (answer == NOW or size >= PIECE):
            yield "".join(held)
            held, size = [], 0
    if size:
        yield "".join(held)


def _line(told: Told) -> str:
    if isinstance(told.answer, Refusal):
        return _problem(told.number, told.answer)
    return f'{{"line":{told.number},"status":201,{told.answer[1:]}\n'


def _problem(number: int, refusal: Refusal) -> str:
    body = {"line": number, **document(refusal, g.request_id), "status": KINDS[refusal.code].status}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


def lines(stream: ReadAhead, limit: int) -> Iterator[Line | None]:
    """Yield the lines of a stream that are not blank, never holding more than one in memory.

    None comes wherever the next line is not there yet, be it after a blank one, and is waited for.
    """
    number = 0
    while True:
        if not stream.has_line():
            yield None
        if not (data := stream.readline(limit + 1)):
            return
        number += 1
        if len(data) > limit and not data.endswith(b"\n"):
            _skip_to_end(stream, limit)
            yield Line(number, None)
        elif data.strip():
            yield Line(number, data)


def _skip_to_end(stream: ReadAhead, limit: int) -> None:
    while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
        continue
