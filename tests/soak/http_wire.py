"""A keep-alive HTTP/1.1 connection of few instructions, so that the load is the service's and not the client's.

It knows what this service sends: a status line, headers, and a body whose length is told.
"""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_S = 60.0


class ConnectionLost(Exception):
    """The connection was refused, reset, closed or silent for too long; whether the request counted is not known.

    `sent` is False where not a byte of the request left: then it cannot have counted.
    """

    def __init__(self, cause: str, sent: bool) -> None:
        super().__init__(cause)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the service closes the connection after this answer."""
        return self.headers.get("connection", "").lower() == "close"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without what every request of a connection has."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = "application/json"
    idempotency_key: str | None = None


class Connection:
    """One connection to the service; it connects anew after it was lost."""

    def __init__(self, base: str, key: str = "", timeout: float = TIMEOUT_S) -> None:
        place = urlsplit(base)
        self.place = (place.hostname or "127.0.0.1", place.port or 80)
        self.timeout = timeout
        self.head = head_of(self.place[0], key)
        self.socket: socket.socket | None = None
        self.rest = b""

    def ask(self, request: Request) -> Answer:
        """Send one request and return its answer.

        Raises:
            ConnectionLost: There was none.
        """
        sent = False
        try:
            wire = self.socket or self._connect()
            sent = True
            wire.sendall(on_the_wire(request, self.head))
            return self._read(wire)
        except (OSError, EOFError) as error:
            self.close()
            raise ConnectionLost(repr(error), sent) from error

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self.socket:
            self.socket.close()
        self.socket, self.rest = None, b""

    def _connect(self) -> socket.socket:
        self.socket = socket.create_connection(self.place, self.timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def _read(self, wire: socket.socket) -> Answer:
        data = self.rest
        while (found := answer_in(data)) is None:
            data += self._more(wire)
        answer, self.rest = found
        if answer.closes:
            self.close()
        return answer

    def _more(self, wire: socket.socket) -> bytes:
        if data := wire.recv(65536):
            return data
        raise EOFError("the service closed the connection")


def head_of(host: str, key: str) -> str:
    """Return the headers that every request of a caller has."""
    return f"Host: {host}\r\n" + (f"Authorization: Bearer {key}\r\n" if key else "")


def on_the_wire(request: Request, head: str) -> bytes:
    """Return a request's bytes."""
    text = f"{request.method} {request.path} HTTP/1.1\r\n{head}"
    if request.body:
        text += f"Content-Type: {request.content_type}\r\nContent-Length: {len(request.body)}\r\n"
    if request.idempotency_key:
        text += f"Idempotency-Key: {request.idempotency_key}\r\n"
    return f"{text}\r\n".encode() + request.body


def answer_in(data: bytes) -> tuple[Answer, bytes] | None:
    """Return the first answer in these bytes and what follows it; None while it is not whole."""
    if (end := data.find(b"\r\n\r\n")) < 0:
        return None
    first, *lines = data[:end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    start = end + 4
    stop = start + int(headers.get("content-length", "0"))
    if len(data) < stop:
        return None
    return Answer(int(first.split(" ", 2)[1]), headers, data[start:stop]), data[stop:]


def form(manifest: bytes, pictures: list[bytes]) -> tuple[bytes, str]:
    """Return body and content type of a multipart screening request."""
    boundary = uuid.uuid4().hex
    parts = [_part(boundary, "manifest", "manifest.json", "application/json", manifest)]
    parts += [_part(boundary, "image", f"{n}.png", "image/png", data) for n, data in enumerate(pictures)]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, name: str, file: str, kind: str, data: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
    return f"{head}Content-Type: {kind}\r\n\r\n".encode() + data + b"\r\n"
