"""Who is signed in to the console: a signed cookie that scripts cannot read and other sites cannot send."""

from __future__ import annotations

import hmac
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from service.auth import Caller
from service.context import service
from service.home import secret_of_home
from service.problems import Refusal

SIGNING_KEY = "console.key"
SHIFT = timedelta(hours=10)
"""A session ends after a long shift, whatever happens."""
_KEY, _CSRF, _SINCE = "key_id", "csrf", "since"


class SecureWhereTls(SecureCookieSessionInterface):
    """Marks the cookie Secure where the request came over TLS; loopback without TLS works too."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session; outside of the console there is none, and no cookie is looked at."""
        return super().open_session(app, request) if request.path.startswith("/console") else self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie may travel over TLS only."""
        return request.is_secure


def session_secret(home: Path) -> bytes:
    """Return the home's secret that signs sessions, making it on first use."""
    return secret_of_home(home, SIGNING_KEY)


def sign_in(caller: Caller) -> None:
    """Begin a session; one from before is forgotten."""
    session.clear()
    session.update({_KEY: caller.key_id, _CSRF: token_urlsafe(32), _SINCE: service().clock().timestamp()})
    g.caller = caller


def sign_out() -> None:
    """End the session."""
    session.clear()


def signed_in() -> Caller | None:
    """Return who is signed in; None where nobody is, the shift is over, or the key was revoked since."""
    key_id, since = session.get(_KEY), session.get(_SINCE)
    if not isinstance(key_id, str) or not isinstance(since, float):
        return None
    if service().clock().timestamp() - since > SHIFT.total_seconds():
        return None
    return service().gate.by_session(key_id)


def csrf_token() -> str:
    """Return the token that every form of this session carries."""
    return str(session.get(_CSRF, ""))


def check_csrf() -> None:
    """Refuse a form that did not come from this session's own pages.

    Raises:
        Refusal: 403.
    """
    given, expected = request.form.get("csrf", ""), csrf_token()
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refusal("forbidden", "The form is not from this session; open the page again.")
