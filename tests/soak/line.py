"""The line between service and database: passes bytes on, until it is cut or falls silent."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from urllib.parse import urlsplit, urlunsplit

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes `close` a reset, as a line that breaks."""


class Line:
    """A TCP proxy on loopback in front of one port."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.flows = threading.Event()
        self.flows.set()
        self.refuses = False
        self.sockets: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, url: str) -> str:
        """Return a database URL that goes through this line."""
        parts, port = urlsplit(url), self.listener.getsockname()[1]
        return urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))

    def cut(self) -> None:
        """Reset every connection, and every new one."""
        self.refuses = True
        with self.lock:
            broken, self.sockets = self.sockets, set()
        for one in broken:
            _reset(one)

    def silence(self) -> None:
        """Let nothing pass, without a word to either side; what is sent meanwhile arrives afterwards."""
        self.flows.clear()

    def restore(self) -> None:
        """Let bytes and connections pass again."""
        self.refuses = False
        self.flows.set()

    def close(self) -> None:
        """Stop."""
        self.listener.close()
        self.cut()
        self.flows.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        self.flows.wait()
        if self.refuses:
            _reset(client)
            return
        try:
            server = socket.create_connection(self.target)
        except OSError:
            _reset(client)
            return
        with self.lock:
            self.sockets |= {client, server}
        for source, goal in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, goal), daemon=True).start()

    def _pump(self, source: socket.socket, goal: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                goal.sendall(data)
        for one in (source, goal):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self.lock:
            self.sockets -= {source, goal}


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        one.shutdown(socket.SHUT_RDWR)
    one.close()
