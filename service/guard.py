"""What happens around every request: its id, the decision who may call, headers, the log line and the figures."""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from service.auth import Caller
from service.console import session as console_session
from service.console.html import refusal_page
from service.context import service
from service.front.waiting import let_others_in
from service.heads import HEADERS, request_id_of
from service.permissions import DECISIONS, Keys, Session
from service.problems import Refusal, to_response
from service.stages import Stages
from service.store.errors import StoreInDoubt, StoreUnavailable

log = logging.getLogger("parcel_screening.http")
RETRY_AFTER_S = 5
SLOW_S = 1.0
"""From this many seconds on, the log line of a request says where its time went."""
_HTTP_DETAILS = {
    400: "The request is not well-formed HTTP.",
    404: "This service has nothing at this address.",
    405: "The address does not take this method.",
}
_HTTP_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def install(app: Flask) -> None:
    """Put the guard around every route of the application."""
    app.before_request(_begin)
    app.before_request(_authorise)
    app.before_request(_take_plain_bodies)
    app.before_request(_read_form)
    app.after_request(_finish)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StoreUnavailable, _store_unavailable)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def bearer_token(header: str) -> str | None:
    """Return the token of an Authorization header; None where there is none."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = request_id_of(request.headers.get("X-Request-ID", ""))
    g.logged = {}
    g.stages = Stages(between=let_others_in)


def _authorise() -> BaseResponse | None:
    if request.endpoint is None:
        return None  # no such address, or not this method: the answer is 404 or 405
    decision = DECISIONS[request.endpoint]  # a route without a decision is a mistake of ours, and stays shut
    if isinstance(decision, Keys):
        g.caller = service().gate.by_key(bearer_token(request.headers.get("Authorization", "")))
        require_role(g.caller, decision.roles)
    if isinstance(decision, Session):
        signed_in = console_session.signed_in()
        if signed_in is None:
            return redirect(url_for("console.sign_in_form"), 303)
        g.caller = signed_in
        require_role(signed_in, decision.roles)
    return None


def _take_plain_bodies() -> None:
    """Refuse a compressed body, whose size nobody knows before it is inflated."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        text = f"Content-Encoding {encoding[:40]!r} is not taken; send the body as it is."
        raise Refusal("unsupported_media_type", text)


def _read_form() -> None:
    """Read a form of the console, a bounded number at once.

    The one for signing in may come from anybody, so it has places of its own: strangers who never finish theirs must
    not keep officers from recording a finding or from switching the models off.
    """
    if request.method == "POST" and (request.endpoint or "").startswith("console."):
        pools = service().admission
        with (pools.forms if request.endpoint == "console.sign_in" else pools.bodies).slot():
            _ = request.form  # kept by the request


def require_role(caller: Caller, roles: frozenset[str]) -> None:
    """Check that a caller may do this.

    Raises:
        Refusal: 403, naming the roles that may.
    """
    service().gate.require_role(caller, roles)


def _finish(response: Response) -> Response:
    parts, headers = service(), response.headers
    for name, value in HEADERS.items():
        if name not in headers:
            headers.add(name, value)
    headers.add("X-Request-ID", g.get("request_id", ""))
    if parts.draining.ends_connections:
        headers["Connection"] = "close"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "(none)"
    parts.metrics.answered(route, request.method, response.status_code, seconds)
    stages: Stages | None = g.get("stages")
    if stages is not None:
        parts.metrics.load.stages(stages.seconds)
    log.info("answered", extra=_line(route, response.status_code, seconds))
    return response


def _line(route: str, status: int, seconds: float) -> dict[str, Any]:
    caller = g.get("caller")
    return {
        "request_id": g.get("request_id"),
        "method": request.method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "key_id": caller.key_id if caller else None,
        "stages_ms": _stages(seconds),
        **g.get("logged", {}),
    }


def _stages(seconds: float) -> dict[str, float] | None:
    """Return where a slow request's time went, in milliseconds; None for a quick one."""
    stages: Stages | None = g.get("stages")
    if seconds < SLOW_S or stages is None:
        return None
    return {name: round(spent * 1000, 1) for name, spent in stages.seconds.items()}


def _refused(refusal: Refusal) -> Response:
    """Answer people with a page and programs with a problem document."""
    return refusal_page(refusal) if (request.endpoint or "").startswith("console.") else to_response(refusal)


def _store_unavailable(error: StoreUnavailable) -> Response:
    service().metrics.store_failed()
    log.error("store unavailable", extra={"request_id": g.get("request_id"), "cause": error.message})
    # The cause names hosts and files; it is for the operator's log, not for the caller.
    return _refused(store_refusal(error))


def store_refusal(error: StoreUnavailable | None = None) -> Refusal:
    """Return the refusal that says the store cannot be used now, or that it is not known what became of the request."""
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    if isinstance(error, StoreInDoubt):
        text = "The store was lost at the very moment of recording; only it knows whether that was done."
        return Refusal("in_doubt", text, headers=headers)
    return Refusal(
        "store_unavailable",
        "The store cannot be used now; nothing was recorded.",
        headers=headers,
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = _HTTP_CODES.get(status)
    if code is None:
        return _unexpected(error) if status >= 500 else _refused(Refusal("bad_request", error.description or ""))
    valid = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(valid))} if valid else {}
    detail = _limit(error) if isinstance(error, RequestEntityTooLarge) else _detail(error)
    return _refused(Refusal(code, detail, headers=headers))


def _detail(error: HTTPException) -> str:
    """Return what is wrong this time; the framework's standing sentences speak to people who type addresses."""
    standing = error.description is None or error.description == type(error).description
    return _HTTP_DETAILS.get(error.code or 500, "") if standing else error.description or ""


def _limit(error: RequestEntityTooLarge) -> str:
    limit = request.max_content_length
    return f"The body is over the limit of {limit:,} bytes." if limit else "The body is over the limit."


def _unexpected(error: Exception) -> Response:
    log.error("unexpected failure", exc_info=error, extra={"request_id": g.get("request_id")})
    return _refused(Refusal("internal", "The service failed; the operator's log says why."))
