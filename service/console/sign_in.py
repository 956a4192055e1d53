"""Signing in and out: a key is typed once, and a session cookie stands for it until the shift ends."""

from __future__ import annotations

from flask import Flask, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.auth import Caller
from service.console import session
from service.console.html import STATIC, page
from service.context import service
from service.permissions import CONSOLE, PROCEDURE
from service.problems import KINDS, Refusal
from service.store import access

MAX_KEY = 200
STATIC_TYPES = {"console.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/console/sign-in", "console.sign_in_form", form)
    app.add_url_rule("/console/sign-in", "console.sign_in", enter, methods=["POST"])
    app.add_url_rule("/console/sign-out", "console.sign_out", leave, methods=["POST"])
    app.add_url_rule("/console/static/<name>", "console.static", static)


def form() -> BaseResponse:
    """Ask for the key."""
    if caller := session.signed_in():
        return redirect(_first_page(caller), 303)
    return page("sign_in.html", problem=None)


def enter() -> BaseResponse:
    """Begin a session for a key."""
    # No session yet, so no token to compare: the browser itself says whether the form came from our own page.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Refusal("forbidden", "The form came from another site.")
    token = request.form.get("key", "").strip()
    try:
        caller = service().gate.by_key(token[:MAX_KEY])
        service().gate.require_role(caller, PROCEDURE)
    except Refusal as refusal:
        return _again(refusal)
    with service().store.writing() as connection:
        access.note(connection, "console.sign_in", caller.key_id, at=service().clock(), key_id=caller.key_id)
    session.sign_in(caller)  # after the note: whoever is signed in is on record
    return redirect(_first_page(caller), 303)


def leave() -> BaseResponse:
    """End the session."""
    session.check_csrf()
    session.sign_out()
    return redirect(url_for("console.sign_in_form"), 303)


def static(name: str) -> Response:
    """Return the style sheet or the icon."""
    if name not in STATIC_TYPES:
        raise Refusal("not_found", "The console has no such file.")
    return Response((STATIC / name).read_bytes(), content_type=STATIC_TYPES[name])


def _first_page(caller: Caller) -> str:
    return url_for("console.home" if caller.role in CONSOLE else "console.procedure")


def _again(refusal: Refusal) -> Response:
    """Show the form again, with what was wrong with the key."""
    answer = page("sign_in.html", KINDS[refusal.code].status, problem=refusal.detail)
    answer.headers.extend({name: value for name, value in refusal.headers.items() if name == "Retry-After"})
    return answer
