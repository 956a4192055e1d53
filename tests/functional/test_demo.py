"""What a newcomer sees: `make run` is this command with an environment around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from cli.demo_client import free_port
from sample_images.parcels import SAMPLES

# Two workers that look for a free port at the same moment would find the same one.
OFFSET = 500 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def demo(home: Path, *options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PARCEL_SCREENING_HOME": str(home), "COLUMNS": "120"}
    command = [sys.executable, "-m", "cli", "demo", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize("run", ["in an empty home", "again"])
def test_demo_screens_the_samples_and_shows_where_all_is(home: Path, run: str) -> None:
    process = demo(home, "--once", "--port", str(free_port(18080 + OFFSET)))
    shown, _ = process.communicate(timeout=90)
    assert process.returncode == 0, shown
    for sample in SAMPLES:
        assert sample.title in shown
    for word in ("Lane", "Rule", "Risk", "Annotated", "curl", "/docs", "/console"):
        assert word in shown
    assert (home / "demo" / "part-in-picture.png").read_bytes().startswith(b"\x89PNG")
    assert (home / "demo.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_stops_the_service_and_ends_in_order(home: Path, sent: signal.Signals) -> None:
    port = free_port(18180 + OFFSET)
    process = demo(home, "--port", str(port))
    wait_for(f"http://127.0.0.1:{port}/readyz")
    process.send_signal(sent)
    shown, _ = process.communicate(timeout=60)
    assert process.returncode in (0, 130), shown
    assert "Traceback" not in shown
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")
