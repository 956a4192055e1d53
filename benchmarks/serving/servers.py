"""Real servers on loopback: started, waited for, measured, stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS = 90, 20
# What ours sets for itself (`service.server`) is given to the peers too: without it their threads fight over the cores.
ONE_THREAD: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a server; `{port}` in an argument or a variable stands for its port."""

    command: Sequence[str]
    environment: Mapping[str, str]
    ready: str
    folder: Path = ROOT


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the processor time of the server's processes so far."""
        return cpu_of_tree(self.process.pid)


def cpu_of_tree(pid: int) -> float:
    """Return the processor seconds of a process and all that it started and that still run."""
    used = 0.0
    parent = psutil.Process(pid)
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


@contextlib.contextmanager
def running(launch: Launch, log: Path) -> Iterator[Running]:
    """Run a server; it is stopped with all its processes at the end.

    Raises:
        RuntimeError: It does not answer, or has ended by itself; with what it wrote.
    """
    port = free_port()
    command = [argument.replace("{port}", str(port)) for argument in launch.command]
    own = {name: value.replace("{port}", str(port)) for name, value in launch.environment.items()}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **ONE_THREAD, **own}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=launch.folder, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(port, launch.ready, process, log)
        yield Running(port, process)
        if process.poll() is not None:
            raise RuntimeError(f"the server has ended by itself: {log.read_text()[-2000:]}")
    finally:
        _stop(process)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(port: int, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Send one request and return the answer's body.

    Raises:
        RuntimeError: The answer is not 2xx.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    with contextlib.closing(connection):
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        data = answer.read()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{path}: {answer.status} {data[:500]!r}")
    return data


def _wait(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
        time.sleep(0.1)
    raise RuntimeError(f"not ready: {' '.join(map(str, process.args))}\n{log.read_text()[-2000:]}")  # type: ignore[arg-type]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, then end what is left of its processes."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        _, left = psutil.wait_procs(family, STOP_SECONDS)
        for one in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait()
