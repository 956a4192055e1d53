"""The product behind an ASGI server, for `benchmarks.servers`."""

from __future__ import annotations

from typing import Any

from service.wsgi import create as create_wsgi


def create() -> Any:
    """Return the application as an ASGI one, with as many threads as the load has connections."""
    from a2wsgi import WSGIMiddleware  # type: ignore[import-not-found]  # in the benchmark's own environment only

    return WSGIMiddleware(create_wsgi(), workers=16)
