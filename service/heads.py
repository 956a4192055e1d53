"""What the head of every answer carries, whoever makes it."""

from __future__ import annotations

import re

from ulid import ULID

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(given: str) -> str:
    """Return the id that a caller gave, where it is safe in a log line, or a new one."""
    return given if _REQUEST_ID.fullmatch(given) else str(ULID())
