"""A request as the server tells of it (RSGI), in the words in which Flask expects it (WSGI, PEP 3333)."""

from __future__ import annotations

import sys
from io import RawIOBase
from typing import IO, Any, Protocol

OWN_NAMES = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
"""Headers that WSGI names without HTTP_."""
_FIXED: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
}


class Headers(Protocol):
    """Of a request; names in lower case."""

    def items(self) -> list[tuple[str, str]]:
        """Return all, one after the other."""


class Scope(Protocol):
    """What granian tells of a request."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


def environ_of(scope: Scope, body: IO[bytes] | RawIOBase) -> dict[str, Any]:
    """Return the environment of a request.

    Args:
        scope: The request.
        body: Where its body is read; it ends where the body ends.
    """
    host, _, port = scope.server.rpartition(":")
    environ = {
        **_FIXED,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        _add(environ, name.upper().replace("-", "_"), value)
    return environ


def _add(environ: dict[str, Any], name: str, value: str) -> None:
    key = name if name in OWN_NAMES else f"HTTP_{name}"
    # A header that comes twice is one list (RFC 9110, 5.3); cookies alone are divided otherwise.
    between = "; " if name == "COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
