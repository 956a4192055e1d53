"""The real server reads pictures in processes of their own; these may be killed, and they end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import requests
from serving import environment, serving, session

from sample_images.parcels import SAMPLES

PISTOL = next(one for one in SAMPLES if one.image)
LIMIT_S = 15.0


def test_a_killed_picture_process_costs_no_answer_and_none_is_left_at_the_end(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    with serving(env) as (base, process):
        client = session(env)
        first = screened(client, base)
        (one,) = picture_processes(process)
        os.kill(one, signal.SIGKILL)
        again = screened(client, base)
        assert again["xray"]["images"] == first["xray"]["images"]
        assert again["xray"]["assessment"] == "alarm"
        (other,) = picture_processes(process)
        assert other != one
    assert eventually(lambda: not running(other))


def test_pictures_are_read_again_after_a_worker_was_killed(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    with serving(env) as (base, process):
        client = session(env)
        screened(client, base)
        (reader,) = picture_processes(process)
        os.kill(parent_of(reader), signal.SIGKILL)
        assert eventually(lambda: not running(reader))
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


def picture_processes(server: subprocess.Popen[bytes]) -> list[int]:
    found = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal() and is_picture_process(one)]
    return [pid for pid in found if parent_of(parent_of(pid)) == server.pid]


def is_picture_process(entry: Path) -> bool:
    with contextlib.suppress(OSError):
        return b"service.pictures.process" in (entry / "cmdline").read_bytes()
    return False


def status(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` behind the name; none where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return []


def parent_of(pid: int) -> int:
    found = status(pid)
    return int(found[1]) if found else 0


def running(pid: int) -> bool:
    found = status(pid)
    return bool(found) and found[0] != "Z"
