"""The web console: what officers see in a browser, rendered on the server, without anything from outside."""

from __future__ import annotations

from flask import Flask

from service.console import pages, procedure, sign_in


def register(app: Flask) -> None:
    """Add the console's pages."""
    sign_in.add_routes(app)
    pages.add_routes(app)
    procedure.add_routes(app)
