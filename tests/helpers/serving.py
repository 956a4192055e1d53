"""The real server in a process of its own, on a free port of loopback, and the command line beside it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def environment(home: Path, database_url: str = "") -> dict[str, str]:
    own = {"PARCEL_SCREENING_HOME": str(home), "PARCEL_SCREENING_LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1"}
    own["PARCEL_SCREENING_DRAIN_SECONDS"] = "0"  # no load balancer asks here
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PARCEL_SCREENING_")}
    return {**clean, **own, **({"PARCEL_SCREENING_DATABASE_URL": database_url} if database_url else {})}


def command(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextlib.contextmanager
def serving(env: dict[str, str], workers: int = 1) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `serve` on a free port; it must stop by itself on SIGTERM with exit code 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = Path(env["PARCEL_SCREENING_HOME"]).parent / "server.log"
    arguments = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--workers", str(workers)]
    with log.open("ab") as output:
        process = subprocess.Popen(arguments, env=env, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert code == 0, log.read_text()


def wait_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"not ready: {log.read_text()}")


def session(env: dict[str, str]) -> requests.Session:
    done = command(env, "keys", "create", "--role", "admin", "--json")
    assert done.returncode == 0, done.stderr
    client = requests.Session()
    client.headers["Authorization"] = f"Bearer {json.loads(done.stdout)['key']}"
    return client
