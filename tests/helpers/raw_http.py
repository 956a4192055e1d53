"""HTTP as bytes on a socket, for requests that no client would send, and the memory of the process that answers."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.soak.service_process import children_of

SECONDS = 30
"""How long an answer may take at all; a request that is not answered by then counts as one that holds the service."""
RESET_PEAK = "5"
"""What `/proc/PID/clear_refs` takes for the peak of the resident memory (proc(5))."""


@dataclass(frozen=True)
class Answer:
    """What came back: `status` 0 where the connection was closed without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str | None:
        """The code of a problem document."""
        return self.json.get("code") if self.headers.get("content-type") == "application/problem+json" else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connected(base: str) -> socket.socket:
    """A connection to the service."""
    host, port = base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def exchange(base: str, request: bytes) -> Answer:
    """Send bytes and return the first answer; the request must ask for the connection's end, or be refused with it."""
    with connected(base) as raw:
        with contextlib.suppress(ConnectionError):  # who refuses early does not read to the end
            raw.sendall(request)
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while data := raw.recv(1 << 16):
                received += data
    return answer_of(bytes(received))


def answer_of(received: bytes) -> Answer:
    """Read an answer that came with its length, or up to the end of the connection."""
    head, _, rest = received.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        return answer_of(rest)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split(" ")[1]) if first.startswith("HTTP/") else 0
    return Answer(status, headers, rest[: int(headers.get("content-length", len(rest)))])


def request(
    path: str,
    body: bytes = b"",
    *headers: str,
    method: str = "POST",
    media_type: str | None = "application/json",
    length: str | None = "own",
) -> bytes:
    """A request; `length`: `own` for the right Content-Length, another text as it is, None for none."""
    lines = [f"{method} {path} HTTP/1.1", "Host: belt", "Connection: close", *headers]
    lines += [f"Content-Type: {media_type}"] if media_type else []
    lines += [f"Content-Length: {len(body) if length == 'own' else length}"] if length is not None else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(parts: Iterable[bytes]) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def worker_of(log: Path) -> int:
    """The worker process that the server's log names last."""
    return int(re.findall(r"Spawning worker-\d+ with PID: (\d+)", log.read_text())[-1])


def readers_of(worker: int) -> list[int]:
    """The processes that read a worker's pictures."""
    return sorted(children_of(worker))


def ended(pid: int) -> bool:
    """Whether a process is gone; one that nobody has taken notice of yet (a zombie) is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def reset_peak(process_id: int) -> None:
    """Let the peak of the resident memory begin anew."""
    Path(f"/proc/{process_id}/clear_refs").write_text(RESET_PEAK)


def memory_mib(process_id: int, line: str) -> float:
    """A line of `/proc/PID/status` in MiB: VmHWM is the peak of the resident memory, VmRSS what it is now."""
    for one in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if one.startswith(f"{line}:"):
            return int(one.split()[1]) / 1024
    raise AssertionError(f"no {line}")
