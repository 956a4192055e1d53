"""The real server: a fresh home, a real HTTP client, a restart, a clean stop, an outage of the database."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from serving import command, environment, serving, session

from sample_images.parcels import SAMPLES


def parts(sample: Any, picture: bytes) -> dict[str, Any]:
    return {
        "manifest": ("manifest.json", sample.manifest_path.read_bytes(), "application/json"),
        "image": ("scan.png", picture, "image/png"),
    }


def test_screen_fetch_restart_fetch_again(tmp_path: Path, scan: bytes) -> None:
    env = environment(tmp_path / "home")
    kept: dict[str, bytes] = {}
    with serving(env, workers=2) as (base, _):
        client = session(env)
        for sample in SAMPLES:
            answer = client.post(f"{base}/v1/screenings", files=parts(sample, scan), timeout=60)
            assert answer.status_code == 201, answer.text
            kept[answer.headers["Location"]] = answer.content
            pictures = f"{base}{answer.headers['Location']}/images/0"
            assert client.get(pictures, timeout=60).headers["Content-Type"] == "image/png"
            assert client.get(f"{pictures}?raw=1", timeout=60).content == scan
        figures = client.get(f"{base}/metrics", timeout=10).text
        counted = [line for line in figures.splitlines() if line.startswith("parcel_screening_screenings_total")]
        assert sum(float(line.rsplit(" ", 1)[1]) for line in counted) == len(SAMPLES)  # over both workers
    with serving(env) as (base, _):
        for location, body in kept.items():
            assert client.get(f"{base}{location}", timeout=10).content == body
    verified = command(env, "db", "verify")
    assert verified.returncode == 0, verified.stderr
    assert f"{len(SAMPLES)} records" in verified.stdout


@contextlib.contextmanager
def batch_connection(base: str, env: dict[str, str], *headers: str) -> Iterator[socket.socket]:
    """Open a connection whose buffers are small, and send the head of a batch."""
    host, port = base.removeprefix("http://").split(":")
    with socket.socket() as raw:
        raw.settimeout(60)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        raw.connect((host, int(port)))
        key = f"Authorization: {session(env).headers['Authorization']!s}"
        own = ("POST /v1/screenings:batch HTTP/1.1", f"Host: {host}", key, "Content-Type: application/x-ndjson")
        raw.sendall("\r\n".join([*own, *headers, "Connection: close", "", ""]).encode())
        yield raw


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def rest_of(raw: socket.socket) -> bytes:
    received = bytearray()
    while data := raw.recv(65536):
        received += data
    return bytes(received)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    env = environment(tmp_path_factory.mktemp("batches") / "home")
    with serving(env) as (base, _):
        yield base, env


@pytest.mark.parametrize("blank", [b"", b"\r\n\n"])
def test_a_batch_is_answered_while_it_is_still_being_sent(server: tuple[str, dict[str, str]], blank: bytes) -> None:
    manifest = json.dumps(json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))).encode() + b"\n"
    with batch_connection(*server, "Transfer-Encoding: chunked") as raw:
        raw.sendall(chunk(manifest) + chunk(manifest + blank))
        received = b""
        while b'"line":2' not in received:  # would time out if the service waited for the end of the batch
            received += raw.recv(65536)
        raw.sendall(chunk(manifest) + chunk(b""))
        received += rest_of(raw)
    assert received.count(b'"status":201') == 3


def test_a_caller_who_sends_all_before_reading_is_not_stuck(server: tuple[str, dict[str, str]]) -> None:
    # Far more than what the sockets between the two hold, both ways.
    count, line = 15_000, b"{" + b"x" * 1000 + b"\n"
    with batch_connection(*server, f"Content-Length: {count * len(line)}") as raw:
        raw.sendall(count * line)
        received = rest_of(raw)
    assert received.count(b'"code":"not_json"') == count
    # One packet an answer can fill a fixed buffer such as this caller's for good (`service.routes.batch.PIECE`).
    assert received.count(b"\r\n") < count


def test_what_a_caller_does_not_read_is_not_worked_out_and_one_who_goes_is_no_error(tmp_path: Path) -> None:
    env, count, line = environment(tmp_path / "home"), 20_000, b"{" + b"x" * 100 + b"\n"
    log = tmp_path / "server.log"
    with serving(env) as (base, _):
        with batch_connection(base, env, f"Content-Length: {count * len(line)}") as raw:
            raw.sendall(count * line)
            time.sleep(3)  # without the bound two were enough for all lines, and their answers were held in memory
        until = time.monotonic() + 20
        while "batch ended" not in (told := log.read_text()):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert "an answer was given up" in told
    assert 0 < lines_of(told) < count
    assert "Traceback" not in log.read_text()


def lines_of(log: str) -> int:
    return int(next(json.loads(one)["lines"] for one in log.splitlines() if "batch ended" in one))


def test_what_is_being_answered_is_finished_before_the_service_stops(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    manifest = json.dumps(json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))).encode() + b"\n"
    with serving(env) as (base, process), batch_connection(base, env, "Transfer-Encoding: chunked") as raw:
        raw.sendall(chunk(manifest) + chunk(manifest))
        received = b""
        while b'"line":1' not in received:
            received += raw.recv(65536)
        process.send_signal(signal.SIGTERM)
        raw.sendall(chunk(manifest) + chunk(b""))
        received += rest_of(raw)
    assert received.count(b'"status":201') == 3
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "store.sqlite3")) as store:
        assert all(used for (used,) in store.execute("SELECT last_used_at FROM api_key"))
    assert "3 records" in command(env, "db", "verify").stdout


@pytest.mark.postgres
def test_an_outage_of_the_database_is_503_and_passes_without_a_restart(tmp_path: Path, postgres_cluster: Any) -> None:
    env = environment(tmp_path / "home", postgres_cluster.fresh_database())
    manifest = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
    with serving(env) as (base, _):
        client = session(env)
        first = client.post(f"{base}/v1/screenings", json=manifest, timeout=60)
        assert first.status_code == 201
        postgres_cluster.stop("immediate")
        try:
            refused = client.post(f"{base}/v1/screenings", json=manifest, timeout=60)
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) > 0
            assert requests.get(f"{base}/readyz", timeout=60).status_code == 503
            assert requests.get(f"{base}/healthz", timeout=60).status_code == 200
        finally:
            postgres_cluster.resume()
        assert client.post(f"{base}/v1/screenings", json=manifest, timeout=60).status_code == 201
        assert client.get(base + first.headers["Location"], timeout=60).content == first.content
    assert "2 records" in command(env, "db", "verify").stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"PARCEL_SCREENING_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be used now"),
        ({"PARCEL_SCREENING_DATABASE_URL": "mysql://x/y"}, "not supported"),
        ({"PARCEL_SCREENING_SOP": "/nowhere/policy.yaml"}, "/nowhere/policy.yaml"),
        ({"PARCEL_SCREENING_THREADS": "many"}, "PARCEL_SCREENING_THREADS"),
    ],
)
def test_what_stops_the_service_is_said_in_one_message(tmp_path: Path, change: dict[str, str], words: str) -> None:
    done = command({**environment(tmp_path / "home"), **change}, "serve", "--port", "1024")
    assert done.returncode in {1, 2, 3}
    assert words in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = command(environment(tmp_path / "home"), "serve", "--port", port)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert f"127.0.0.1:{port}: cannot listen here" in done.stderr
