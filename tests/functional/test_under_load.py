"""A real server with too much to do, slow callers, and its workers replaced and stopped meanwhile."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from serving import environment, serving, session

from sample_images.parcels import SAMPLES

MANIFEST = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
SMALL = {
    "PARCEL_SCREENING_PICTURE_QUEUE": "0",
    "PARCEL_SCREENING_BODY_READERS": "12",
    "PARCEL_SCREENING_BODY_MEMORY_MB": "64",
    "PARCEL_SCREENING_DRAIN_SECONDS": "3",
}


@dataclass(frozen=True, slots=True)
class Server:
    base: str
    key: str
    process: subprocess.Popen[bytes]

    def client(self) -> requests.Session:
        client = requests.Session()
        client.headers["Authorization"] = self.key
        return client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    env = {**environment(tmp_path_factory.mktemp("load") / "home"), **SMALL}
    with serving(env) as (base, process):
        yield Server(base, str(session(env).headers["Authorization"]), process)


@contextmanager
def meanwhile(visit: Callable[[int], None], callers: int) -> Iterator[None]:
    """Let callers visit again and again, for as long as the context lasts."""
    ended = threading.Event()

    def call(number: int) -> None:
        while not ended.is_set():
            visit(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(30)


def test_pictures_that_flood_in_are_refused_and_manifests_go_on(server: Server, scan: bytes) -> None:
    answers: Counter[int] = Counter()
    clients = [server.client() for _ in range(4)]

    def send_picture(number: int) -> None:
        files = {"manifest": ("m.json", json.dumps(MANIFEST)), "image": ("scan.png", scan, "image/png")}
        answer = clients[number].post(f"{server.base}/v1/screenings", files=files, timeout=30)
        answers[answer.status_code] += 1
        if answer.status_code == 503:
            assert (answer.json()["code"], int(answer.headers["Retry-After"]) >= 1) == ("overloaded", True)

    with meanwhile(send_picture, callers=4):
        client = server.client()
        for number in range(15):
            answer = client.post(f"{server.base}/v1/screenings", json={**MANIFEST, "item_id": f"F{number}"}, timeout=30)
            assert answer.status_code == 201, answer.text
            assert requests.get(f"{server.base}/readyz", timeout=30).status_code == 200
    assert set(answers) == {201, 503}


def half_a_request(server: Server, kind: str, length: int = 500) -> socket.socket:
    host, port = server.base.removeprefix("http://").split(":")
    raw = socket.create_connection((host, int(port)), timeout=30)
    raw.settimeout(30)
    head = f"POST /v1/screenings HTTP/1.1\r\nHost: {host}\r\nAuthorization: {server.key}\r\n"
    raw.sendall(f"{head}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{{".encode())
    return raw


def test_bodies_that_would_fill_the_memory_are_refused_before_they_are_read(server: Server, scan: bytes) -> None:
    client, address = server.client(), f"{server.base}/v1/screenings"
    files = {"manifest": ("m.json", json.dumps(MANIFEST)), "image": ("scan.png", scan, "image/png")}
    large = half_a_request(server, "multipart/form-data; boundary=x", 40 * 1024 * 1024)
    with pytest.raises(AssertionError):  # it is waited for
        refused_at_once(large, seconds=0.5)
    another = half_a_request(server, "multipart/form-data; boundary=x", 40 * 1024 * 1024)
    assert refused_at_once(another, seconds=20)
    assert client.post(address, files=files, timeout=30).status_code == 201  # there is room for small ones
    in_chunks = iter([json.dumps(MANIFEST).encode()])  # of unknown length, but no longer than a manifest may be
    as_json = {"Content-Type": "application/json"}
    assert client.post(address, data=in_chunks, headers=as_json, timeout=30).status_code == 201
    figures = client.get(f"{server.base}/metrics", timeout=30).text
    assert 'parcel_screening_load_refused_total{pool="body",reason="memory"} 1.0' in figures
    given_up([large])
    third = half_a_request(server, "multipart/form-data; boundary=x", 40 * 1024 * 1024)
    given_up([third])
    another.close()


def refused_at_once(raw: socket.socket, seconds: float) -> bool:
    raw.settimeout(seconds)
    try:
        received = raw.recv(4096)
    except TimeoutError:
        raise AssertionError("no answer") from None
    finally:
        raw.settimeout(30)
    return b" 503 " in received and b"retry-after: 1" in received.lower()


def given_up(slow: list[socket.socket]) -> None:
    for one in slow:
        one.shutdown(socket.SHUT_WR)
        assert b" 400 " in one.recv(4096)
        one.close()


def test_bodies_that_never_end_hold_nobody_up(server: Server) -> None:
    slow = [half_a_request(server, "application/json") for _ in range(30)]
    client = server.client()
    assert client.post(f"{server.base}/v1/screenings", json=MANIFEST, timeout=30).status_code == 201
    given_up(slow)


def test_forms_that_never_end_are_waited_for_by_a_bounded_number_of_threads(server: Server, scan: bytes) -> None:
    slow = [half_a_request(server, "multipart/form-data; boundary=b") for _ in range(12)]
    client = server.client()
    form = {"manifest": ("m.json", json.dumps(MANIFEST)), "image": ("scan.png", scan, "image/png")}
    _until(lambda: 'working{pool="body"} 12.0' in client.get(f"{server.base}/metrics", timeout=30).text)
    assert client.post(f"{server.base}/v1/screenings", files=form, timeout=30).status_code == 503
    assert requests.get(f"{server.base}/healthz", timeout=30).status_code == 200
    assert client.post(f"{server.base}/v1/screenings", json=MANIFEST, timeout=30).status_code == 201
    given_up(slow)


def test_workers_are_replaced_and_the_service_is_stopped_without_a_failed_request(server: Server) -> None:
    answers: Counter[int] = Counter()
    clients = [server.client() for _ in range(4)]
    failed: list[Exception] = []

    def visit(number: int) -> None:
        try:
            body = {**MANIFEST, "item_id": f"R{number}"}
            answers[clients[number].post(f"{server.base}/v1/screenings", json=body, timeout=30).status_code] += 1
        except requests.ConnectionError as error:
            failed.append(error)

    def workers() -> set[str]:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        return set(children.read_text().split()) if children.exists() else set()

    before = workers()
    with meanwhile(visit, callers=4):
        server.process.send_signal(signal.SIGHUP)
        _until(lambda: len(workers()) == 1 and workers() != before)
        assert (set(answers), failed) == ({201}, [])
        server.process.send_signal(signal.SIGTERM)
        _until(lambda: requests.get(f"{server.base}/readyz", timeout=30).json()["status"] == "draining")
    # A load balancer has heard of it by now and sends nobody more; everybody was served until then.
    assert (set(answers), failed) == ({201}, [])
    assert server.process.wait(40) == 0


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
