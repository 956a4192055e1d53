"""The real server reads pictures in processes of their own; these may be killed, and they end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import requests
from raw_http import ended, readers_of, worker_of
from serving import environment, serving, session

from sample_images.parcels import SAMPLES

PISTOL = next(one for one in SAMPLES if one.image)
LIMIT_S = 15.0


def test_a_killed_picture_process_costs_no_answer_and_none_is_left_at_the_end(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    with serving(env) as (base, _):
        client = session(env)
        first = screened(client, base)
        worker = worker_of(tmp_path / "server.log")
        (one,) = readers_of(worker)
        os.kill(one, signal.SIGKILL)
        again = screened(client, base)
        assert again["xray"]["images"] == first["xray"]["images"]
        assert again["xray"]["assessment"] == "alarm"
        (other,) = readers_of(worker)
        assert other != one
    assert eventually(lambda: ended(other))


def test_pictures_are_read_again_after_a_worker_was_killed(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    with serving(env) as (base, _):
        client = session(env)
        screened(client, base)
        worker = worker_of(tmp_path / "server.log")
        (reader,) = readers_of(worker)
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: ended(reader))
        assert eventually(lambda: answers(client, base))
        assert screened(client, base)["xray"]["assessment"] == "alarm"


def screened(client: requests.Session, base: str) -> dict[str, dict[str, object]]:
    assert PISTOL.image is not None
    files = {
        "manifest": ("manifest.json", PISTOL.manifest_path.read_bytes(), "application/json"),
        "image": ("scan.png", PISTOL.image.read_bytes(), "image/png"),
    }
    answer = client.post(f"{base}/v1/screenings", files=files, timeout=60)
    assert answer.status_code == 201, answer.text
    found: dict[str, dict[str, object]] = answer.json()
    return found


def answers(client: requests.Session, base: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return client.get(f"{base}/readyz", timeout=5).status_code == 200
    return False


def eventually(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + LIMIT_S
    while not true() and time.monotonic() < until:
        time.sleep(0.05)
    return true()
