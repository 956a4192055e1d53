"""How long a running service goes on with the old model after `models promote`, beside restarting it instead.

    python -m benchmarks.model_swap [--workers 2] [--swaps 10]

A stream of requests runs throughout; it tells how many were refused or broke off. Nothing is written outside a
temporary folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from models.bundle import open_bundle, shipped_bundles
from models.card import CARD
from models.registry import add, locked, switch
from models.trust import TRUST_ALL

MOST_SECONDS = 60.0
IN_A_ROW = 60
"""New connections that must all meet the new model, so that every worker was met."""


class Server:
    """`serve` in a process of its own."""

    def __init__(self, home: Path, workers: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {**os.environ, "PARCEL_SCREENING_HOME": str(home)}
        self.words = [sys.executable, "-m", "cli", "serve", "--port", str(self.port), "--workers", str(workers)]
        self.start()

    def start(self) -> None:
        """Start it; it may not answer yet."""
        self.process = subprocess.Popen(self.words, env=self.environment, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """Stop it and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(MOST_SECONDS)

    def version(self) -> str:
        """Return the risk model in use, over a new connection."""
        with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
            return str(json.load(answer)["versions"]["risk_model"])

    def until_all_say(self, wanted: str) -> float:
        """Return after how many seconds the last answer with another version, or none at all, came."""
        begun = last = time.monotonic()
        row = 0
        while row < IN_A_ROW:
            if time.monotonic() - begun > MOST_SECONDS:
                raise TimeoutError(f"{wanted} was not in use within {MOST_SECONDS:.0f} s")
            seen = None
            with contextlib.suppress(OSError, URLError):
                seen = self.version()
            row = row + 1 if seen == wanted else 0
            last = last if seen == wanted else time.monotonic()
            time.sleep(0.01)
        return last - begun


class Stream:
    """Asks again and again; counts what was answered and what was not."""

    def __init__(self, server: Server) -> None:
        self.answered = self.lost = 0
        self._server, self._ended = server, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Stream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(MOST_SECONDS)

    def _run(self) -> None:
        while not self._ended.wait(0.02):
            try:
                self._server.version()
                self.answered += 1
            except (OSError, URLError):
                self.lost += 1


def copy_of_shipped(folder: Path) -> Path:
    """Return a copy of the shipped risk model under another version."""
    source = shipped_bundles("risk")[-1]
    raw = json.loads((source / CARD).read_text(encoding="utf-8"))
    raw["version"] += "-copy"
    target = Path(shutil.copytree(source, folder / f"{raw['name']}-{raw['version']}"))
    (target / CARD).write_text(json.dumps(raw), encoding="utf-8")
    return target


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--swaps", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name), Path(name) / "home"
        home.mkdir()
        bundle = open_bundle(copy_of_shipped(folder), "risk")
        shipped = open_bundle(shipped_bundles("risk")[-1], "risk").card.title
        with locked(home):
            copied = add(home, bundle, TRUST_ALL)
        server = Server(home, options.workers)
        try:
            server.until_all_say(shipped)
            measure(server, home, copied, [bundle.card.title, shipped], options.swaps)
        finally:
            server.stop()


def measure(server: Server, home: Path, copied: Path, titles: list[str], swaps: int) -> None:
    """Swap there and back, then restart, each under a stream of requests, and print what was seen."""
    seconds = []
    with Stream(server) as stream:
        for number in range(swaps):
            with locked(home):
                switch(home, "risk", copied if number % 2 == 0 else None)
            seconds.append(server.until_all_say(titles[number % 2]))
    told = ", ".join(f"{one:.2f}" for one in sorted(seconds))
    print(f"swap: last answer of the old model after {told} s; {stream.lost} of {stream.answered + stream.lost} lost")
    with Stream(server) as stream:
        server.stop()
        server.start()
        restart = server.until_all_say(titles[(swaps - 1) % 2])
    print(f"restart instead: {restart:.2f} s without a service; {stream.lost} of {stream.answered + stream.lost} lost")
    print(f"a swap takes {sorted(seconds)[len(seconds) // 2] / restart:.2f} of a restart (median)")


if __name__ == "__main__":
    main()
