"""Every error the service answers, in one table; RFC 9457 `application/problem+json`.

`docs/errors.md` explains each code to people, and a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, g

from features.errors import Problem

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of error: HTTP status, a title that never changes, and what the caller does about it."""

    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "bad_request": Kind(400, "The request cannot be read", "Send a well-formed request; `detail` names the fault."),
    "not_json": Kind(400, "Not JSON", "Send strict JSON in UTF-8: no duplicate names, no NaN, no comments."),
    "unauthenticated": Kind(
        401, "A valid key is needed", "Send `Authorization: Bearer <key>`; ask an administrator for a key."
    ),
    "forbidden": Kind(403, "The key's role may not do this", "Use a key of a role that `detail` names."),
    "other_station": Kind(403, "The key is for other stations", "Use the station's own key, or name its own station."),
    "not_found": Kind(404, "No such address", "See /openapi.json for every route."),
    "screening_not_found": Kind(404, "No such screening", "Check the screening's identifier."),
    "image_not_found": Kind(404, "The screening has no such image", "Images count from 0 in the order sent."),
    "item_not_on_file": Kind(
        404, "No manifest of this item is on file", "Send the whole manifest instead of `item_id` alone."
    ),
    "erased": Kind(
        410, "The screening was erased", "Nothing; what named people was erased on request, and only hashes are left."
    ),
    "purged": Kind(410, "The screening was purged", "Nothing; its time of keeping is over, and only hashes are left."),
    "method_not_allowed": Kind(405, "The address does not take this method", "Use a method that `Allow` names."),
    "idempotency_conflict": Kind(
        409, "The idempotency key was used for another request", "Use a new key for every new request."
    ),
    "too_large": Kind(413, "The request is too large", "Send less; `detail` names the limit."),
    "unsupported_media_type": Kind(
        415, "The media type is not taken here", "Send one of the media types that `detail` names."
    ),
    "invalid": Kind(422, "The request is not valid", "Mend every entry of `errors` and send it again."),
    "rate_limited": Kind(
        429, "Too many requests", "Wait `Retry-After` seconds; ask an administrator where the key needs more."
    ),
    "history_unusable": Kind(
        503,
        "The history of the procedure cannot be used",
        "Ask the operator, whose log says why; nothing was changed.",
    ),
    "internal": Kind(
        500, "The service failed", "Report the request id; send it again with the same `Idempotency-Key`."
    ),
    "no_risk_model": Kind(
        503, "No risk model is in use", "Ask the operator: the models are stopped, or none could be loaded."
    ),
    "overloaded": Kind(
        503, "Too many requests at once", "Send the request again after `Retry-After` seconds; nothing was recorded."
    ),
    "deadline": Kind(
        503, "The request waited too long", "Send the request again after `Retry-After` seconds; nothing was recorded."
    ),
    "store_unavailable": Kind(
        503, "The store cannot be used now", "Send the request again after `Retry-After` seconds; nothing was recorded."
    ),
    "in_doubt": Kind(
        503,
        "It is not known whether this was recorded",
        "Send the request again with the same `Idempotency-Key`: it gives the answer, where there is one.",
    ),
}


class Refusal(Exception):
    """A request that is answered with a problem instead of a result.

    Args:
        code: A key of KINDS.
        detail: What is wrong this time, one sentence.
        errors: Each single fault with its place.
        headers: More headers, for example Retry-After.
    """

    def __init__(
        self, code: str, detail: str, errors: Sequence[Problem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def document(refusal: Refusal, request_id: str) -> dict[str, object]:
    """Return the problem as a JSON object."""
    kind = KINDS[refusal.code]
    return {
        "type": f"/errors#{refusal.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": request_id,
        "errors": [{"path": one.path, "code": one.code, "message": one.message} for one in refusal.errors],
    }


def to_response(refusal: Refusal) -> Response:
    """Return the problem as an HTTP response."""
    body = json.dumps(document(refusal, g.get("request_id", "")), ensure_ascii=False)
    response = Response(body, status=KINDS[refusal.code].status, content_type=MEDIA_TYPE)
    response.headers.extend(refusal.headers)
    return response
