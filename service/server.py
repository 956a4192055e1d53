"""The production server: granian, one process a worker; in each an event loop and threads (`service.front.rsgi`).

Chosen in `docs/operations.md`. What only workers need is not imported here. Before this module is, and NumPy with it,
`service.library_threads` must have said how many threads the numeric libraries start.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import shutil
import signal
import socket
import ssl
import tempfile
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Event as SharedEvent
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.net import SocketSpec  # type: ignore[attr-defined]  # not named among its exports
from granian.server import MPServer
from granian.server.mp import WorkerProcess

from features.errors import Problem, UsageError
from service.bundles import trust_of
from service.capacity import server_threads
from service.certificates import proxys_word
from service.draining import Draining, hold_stop_signal
from service.in_force import package_in_force
from service.logs import logging_config
from service.settings import Settings
from service.site_lists import site_lists
from service.store.store import open_store
from service.watchlists import load_watchlists

TARGET = "service.wsgi:create"
STOP_SECONDS = 30
"""How long requests in flight may take to finish when the service stops."""
HEAD_SECONDS = 30
"""How long a caller may take to send the head of a request, and how long a connection may stay unused."""
CONNECTIONS = 1024
"""Open connections of one worker; more wait in the backlog. One that is not used costs no thread."""
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"


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
    check_tls(settings)
    proxys_word(settings)
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


def check_tls(settings: Settings) -> None:
    """Find out whether the certificate files can be used.

    Raises:
        UsageError: One is missing or unreadable, or they do not belong together.
    """
    certificate, key, authorities = settings.tls_certificate, settings.tls_key, settings.tls_client_ca
    if (certificate is None) != (key is None):
        raise UsageError("TLS needs both a certificate and its key.")
    if authorities and not certificate:
        raise UsageError("Client certificates are only asked for over TLS; name a certificate and its key as well.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        if certificate and key:
            context.load_cert_chain(certificate, key, password=_no_passphrase)
        if authorities:
            context.load_verify_locations(authorities)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        where = [str(path) for path in (certificate, key, authorities) if path]
        raise UsageError("The TLS files cannot be used.", [Problem(", ".join(where), "tls", f"{error}")]) from error


def _no_passphrase() -> str:
    raise ValueError("the key is encrypted; use one without a passphrase that only the service can read")


def run(settings: Settings, address: Address) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished first. SIGHUP replaces the workers one by one."""
    shared_figures = tempfile.mkdtemp(prefix="parcel-screening-metrics-")
    os.environ[MULTIPROCESS] = shared_figures
    stopping = multiprocessing.Event()
    server = _server(settings, address)
    os.register_at_fork(after_in_child=server.keep_own_listener)
    os.register_at_fork(after_in_child=hold_stop_signal)
    server.on_startup(functools.partial(_note_stop_signal, stopping))
    try:
        loader = functools.partial(_application, settings, stopping, server.stop_accepting)
        server.serve(target_loader=loader, wrap_loader=False)
    finally:
        shutil.rmtree(shared_figures, ignore_errors=True)


def _application(settings: Settings, stopping: SharedEvent, stop_accepting: Callable[[], None]) -> Any:
    """Build the application; runs in the worker, which alone imports what is heavy."""
    from service.context import EXTENSION, Service
    from service.front.crowded import Crowded
    from service.front.rsgi import Front
    from service.wsgi import create

    draining = Draining(stopping, stop_accepting)
    app = create(draining)
    parts: Service = app.extensions[EXTENSION]

    def serving(loop: AbstractEventLoop) -> None:
        draining.served()
        parts.store.writer.work_on(loop, parts.admission.manifests.fills)

    return Front(app, server_threads(settings), settings.silence_seconds, serving, Crowded(parts))


def _note_stop_signal(stopping: SharedEvent) -> None:
    """Let the workers know that they are stopped for good, before the server tells them to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        assert callable(handler)  # noqa: S101 - the server has set its own before it calls this
        signal.signal(number, _noting(stopping, handler))


def _noting(stopping: SharedEvent, handler: Callable[[int, Any], Any]) -> Callable[[int, Any], None]:
    def noted(number: int, frame: Any) -> None:
        stopping.set()
        handler(number, frame)

    return noted


class KeepsListeners(MPServer):
    """Granian whose main process keeps the workers' listening sockets open.

    By itself it lets each worker open one of its own at the same port, and the system spreads connections over them.
    Who is in the queue of one that closes hears a reset, and while a single worker is started again nobody can connect.
    Here the worker that takes another's place takes its socket, with those who wait in its queue.
    """

    def _init_shared_socket(self) -> None:
        specs = [SocketSpec(self.bind_addr, self.bind_port, self.backlog) for _ in range(self.workers)]
        self._listeners = [spec.build() for spec in specs]
        self._ssp = self._sso = None

    def _spawn_worker(self, idx: int, *arguments: Any, **named: Any) -> WorkerProcess:
        self._shd: Any = self._listeners[idx]
        return super()._spawn_worker(idx, *arguments, **named)

    def _drop_shared_socket(self) -> None:
        """Close them when the service stops: who comes after the last worker has ended is refused at once."""
        self._close(self._listeners)

    def keep_own_listener(self) -> None:
        """Close the listeners of other workers; in a worker that has just been forked."""
        self._close([one for one in self._listeners if one is not self._shd])

    def stop_accepting(self) -> None:
        """Take no more connections in this worker; who is in the queue is left to the worker that takes its place.

        Granian closes those it has accepted but not heard yet when it stops, so it must have accepted none for a while.
        Its listener is exchanged for one that nobody knows.
        """
        with socket.socket(socket.AF_UNIX) as nobody:
            nobody.bind("")  # the system chooses a name
            nobody.listen()
            nobody.setblocking(False)
            os.dup2(nobody.fileno(), self._shd.get_fd())

    def _close(self, listeners: Sequence[Any]) -> None:
        for one in listeners:
            os.close(one.get_fd())


def _server(settings: Settings, address: Address) -> KeepsListeners:
    return KeepsListeners(
        TARGET,
        factory=True,
        address=address.host,
        port=address.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        workers=address.workers,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_lifetime=settings.worker_lifetime or None,
        workers_max_rss=settings.worker_memory_mb or None,
        workers_kill_timeout=STOP_SECONDS + round(settings.drain_seconds),
        websockets=False,
        log_dictconfig=logging_config(settings.log_format),
        log_access=False,  # the application logs each request itself, with its id and without personal data
        **_tls(settings),
    )


def _tls(settings: Settings) -> dict[str, Any]:
    if settings.tls_certificate is None:
        return {}
    return {
        "ssl_cert": settings.tls_certificate,
        "ssl_key": settings.tls_key,
        "ssl_protocol_min": SSLProtocols.tls12,
        "ssl_ca": settings.tls_client_ca,
        "ssl_client_verify": settings.tls_client_ca is not None,
    }
