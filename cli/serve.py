"""`serve`: the service under its production server."""

from __future__ import annotations

import os

import click

from service.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Run the service under its production server; Ctrl-C stops it.

    It listens on loopback unless told otherwise and speaks plain HTTP: put a reverse proxy with TLS in front before
    other machines call it.
    """
    # Imported here: the server's module must not be loaded by other commands.
    from service.server import Address, check, check_address, run

    settings = Settings.from_environment(os.environ)
    address = Address(host, port, workers)
    check_address(address)
    check(settings)
    run(settings, address)
