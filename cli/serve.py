"""`serve`: the service under its production server."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from service.library_threads import one_thread_each
from service.settings import Settings

FILE: Any = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--tls-certificate", type=FILE, help="PEM file of the server's certificate chain; needs --tls-key.")
@click.option("--tls-key", type=FILE, help="PEM file of the certificate's key, without a passphrase.")
@click.option("--tls-client-ca", type=FILE, help="PEM file of the authorities; callers then need their certificate.")
def serve(
    host: str, port: int, workers: int, tls_certificate: Path | None, tls_key: Path | None, tls_client_ca: Path | None
) -> None:
    """Run the service under its production server; Ctrl-C stops it.

    It listens on loopback unless told otherwise. Before other machines call it, give it a certificate, or put a reverse
    proxy with TLS in front. SIGTERM stops it after `/readyz` said so for a while; SIGHUP replaces its workers one by
    one. Neither fails a request.
    """
    _collect_nothing_while_starting()
    one_thread_each()
    # Imported here: the server's module must not be loaded by other commands, nor NumPy with it before that is set.
    from service.server import Address, check, check_address, run

    settings = Settings.from_environment(os.environ)
    settings = replace(
        settings,
        tls_certificate=tls_certificate or settings.tls_certificate,
        tls_key=tls_key or settings.tls_key,
        tls_client_ca=tls_client_ca or settings.tls_client_ca,
    )
    address = Address(host, port, workers)
    check_address(address)
    check(settings)
    run(settings, address)


def _collect_nothing_while_starting() -> None:
    """Keep Python's garbage collector off until the service answers; in a worker, `service.wsgi` turns it on again.

    What a start makes stays: to look through it for what can go, again and again, is work for nothing.
    """
    gc.disable()
    os.register_at_fork(before=gc.freeze, after_in_parent=gc.enable, after_in_child=gc.disable)
