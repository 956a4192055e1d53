"""The production server: granian in WSGI mode, one process a worker, a few threads each.

Chosen in `docs/operations.md`. Nothing heavy is imported here: the variables that steer the threads of the numeric
libraries must be set before the workers import those.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

from granian.constants import Interfaces
from granian.server import MPServer

from features.errors import UsageError
from service.bundles import trust_of
from service.in_force import package_in_force
from service.logs import logging_config
from service.settings import Settings
from service.site_lists import site_lists
from service.store.store import open_store
from service.watchlists import load_watchlists

TARGET = "service.wsgi:create"
STOP_SECONDS = 30
"""How long requests in flight may take to finish when the service stops."""
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
# One thread a library call: requests run side by side already, and workers must not fight over the cores. Passive
# waiting, because idle OpenMP threads that spin cost other workers up to tenfold.
THREAD_VARIABLES: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service listens, and with how many processes."""

    host: str
    port: int
    workers: int


def check(settings: Settings) -> None:
    """Find out before any worker starts what would stop them all, so that the operator reads one clear error.

    Raises:
        StoreUnavailable: The store cannot be reached or made.
        InputError: The policy, a watch list, the site's indicator lists or the public keys of models cannot be used.
        CheckFailed: The registry's history, or the activated version's files, were changed.
        UsageError: A setting cannot be used.
    """
    package_in_force(settings)
    trust_of(settings)
    load_watchlists(settings.home)
    site_lists(settings.home)
    store = open_store(settings)
    try:
        store.upgrade()
    finally:
        store.close()  # connections must not be shared with the workers that are forked from here


def check_address(address: Address) -> None:
    """Find out whether the service can listen there.

    Raises:
        UsageError: The port is taken, or the address is none of this machine.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        where = f"{address.host}:{address.port}"
        raise UsageError(f"{where}: cannot listen here ({error.strerror}); name another --host or --port.") from error


def run(settings: Settings, address: Address) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished first."""
    for name, value in THREAD_VARIABLES.items():
        os.environ.setdefault(name, value)
    shared_figures = tempfile.mkdtemp(prefix="parcel-screening-metrics-")
    os.environ[MULTIPROCESS] = shared_figures
    try:
        _server(settings, address).serve()
    finally:
        shutil.rmtree(shared_figures, ignore_errors=True)


def _server(settings: Settings, address: Address) -> MPServer:
    return MPServer(
        TARGET,
        factory=True,
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=address.workers,
        blocking_threads=settings.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_dictconfig=logging_config(settings.log_format),
        log_access=False,  # the application logs each request itself, with its id and without personal data
    )
