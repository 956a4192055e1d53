"""Requests that want to hurt, sent to the real server: each gets its documented status, and the same worker lives on.

`docs/hostile-input.md` is the table of these for people; a test compares the two.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as field_of
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hostile_pictures import HOSTILE, Maker
from raw_http import (
    Answer,
    answer_of,
    chunked,
    connected,
    exchange,
    memory_mib,
    readers_of,
    request,
    reset_peak,
    worker_of,
)
from serving import environment, serving
from xray_pictures import grey8, png

from service.auth import create_key
from service.settings import Settings
from service.store.store import open_store
from service.store.verify import verify

MIB = 1 << 20
LIMITS = {"MAX_BODY_BYTES": 8 * MIB, "MAX_MANIFEST_BYTES": MIB, "MAX_BATCH_BYTES": 4 * MIB, "MAX_BATCH_LINES": 50,
          "SILENCE_SECONDS": 3}  # fmt: skip
MORE_MEMORY_MIB = 96
"""What one hostile request may cost the worker beyond what it holds: the largest body, decoded and judged."""
MORE_FOR_PICTURES_MIB = 400
"""A picture of 40 megapixels, the most that is read, while its second decoding is compared with the first."""
LEAST: dict[str, Any] = {
    "item_id": "C-1", "channel": "courier", "origin_country": "DE", "destination_country": "AT",
    "items": [{"description": "pump"}],
}  # fmt: skip
GOOD = json.dumps(LEAST).encode()
SCREENINGS, BATCH = "/v1/screenings", "/v1/screenings:batch"
NDJSON, FORM = "application/x-ndjson", "multipart/form-data; boundary=bb"


@dataclass
class Belt:
    """A service under fire."""

    base: str
    key: str
    worker: int
    log: Path
    slow: list[socket.socket] = field_of(default_factory=list)

    def send(self, raw: bytes) -> Answer:
        return exchange(self.base, raw.replace(b"\r\n", f"\r\nAuthorization: Bearer {self.key}\r\n".encode(), 1))

    def grown(self, raw: bytes) -> tuple[Answer, float]:
        """Send a request; return its answer and how many MiB more worker and picture process took at their peak."""
        processes = [self.worker, *readers_of(self.worker)]
        before = sum(memory_mib(one, "VmRSS") for one in processes)
        for one in processes:
            reset_peak(one)
        answer = self.send(raw)
        assert readers_of(self.worker) == processes[1:], "a picture ended the process that read it"
        return answer, sum(memory_mib(one, "VmHWM") for one in processes) - before


def begun(base: str, key: str) -> list[socket.socket]:
    """Requests whose bodies never come to their end: JSON, a form, a batch."""
    waiting = []
    for path, media_type, start in (
        (SCREENINGS, "application/json", GOOD),
        (SCREENINGS, FORM, b"--bb"),
        (BATCH, NDJSON, b"{"),
    ):
        for _ in range(2):
            waiting.append(connected(base))
            whole = request(path, start, f"Authorization: Bearer {key}", media_type=media_type, length="9000")
            waiting[-1].sendall(whole)
    return waiting


@pytest.fixture(scope="module")
def belt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Belt]:
    folder = tmp_path_factory.mktemp("hostile")
    env = environment(folder / "home")
    env |= {f"PARCEL_SCREENING_{name}": str(value) for name, value in LIMITS.items()}
    with serving(env) as (base, _):
        belt = Belt(base, new_key(folder / "home"), worker_of(folder / "server.log"), folder / "server.log")
        assert belt.send(request(SCREENINGS, form(manifest(), image(png(grey8()))), media_type=FORM)).status == 201
        belt.slow.extend(begun(base, belt.key))
        yield belt
        for one in belt.slow:
            one.close()
        assert worker_of(folder / "server.log") == belt.worker, "the worker died and was replaced"
    told = belt.log.read_text()
    assert "unexpected failure" not in told
    assert "a picture was not read" not in told
    assert not [line for line in told.splitlines() if line.startswith(("[ WARN", "[ERROR"))], "OpenCV writes by itself"


def field(name: str, *more: str) -> str:
    return "\r\n".join([f'Content-Disposition: form-data; name="{name}"', *more])


def form(*parts: tuple[str, bytes], boundary: str = "bb") -> bytes:
    whole = b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode("latin-1") + data + b"\r\n" for head, data in parts)
    return whole + f"--{boundary}--\r\n".encode()


def manifest(data: bytes = GOOD) -> tuple[str, bytes]:
    return field("manifest"), data


def image(data: bytes, name: str = "scan.png") -> tuple[str, bytes]:
    return field(f'image"; filename="{name}', "Content-Type: image/png"), data


def plus(text: str) -> bytes:
    """The good manifest with more fields."""
    return GOOD[:-1] + b", " + text.encode("utf-8", "surrogatepass") + b"}"


def post(body: bytes, media_type: str = "application/json", *headers: str, path: str = SCREENINGS) -> bytes:
    return request(path, body, *headers, media_type=media_type)


def get(path: str, *headers: str) -> bytes:
    return request(path, b"", *headers, method="GET", media_type=None, length=None)


def in_chunks(raw: bytes) -> bytes:
    """A screening in chunks, as it stands."""
    return request(SCREENINGS, b"", "Transfer-Encoding: chunked", length=None) + raw


JSON: dict[str, tuple[Callable[[], bytes], int, str | None]] = {
    "10 MB of brackets": (lambda: post(b"[" * 10 * MIB), 413, "too_large"),
    "10 MB of text": (lambda: post(b'"' + b"x" * 10 * MIB + b'"'), 413, "too_large"),
    "a million brackets": (lambda: post(b"[" * 1_000_000), 400, "not_json"),
    "200,000 nested objects": (lambda: post(b'{"a":' * 200_000), 400, "not_json"),
    "a text of 900,000 characters": (lambda: post(plus(f'"carrier_id": "{"x" * 900_000}"')), 422, "invalid"),
    "1e999": (lambda: post(plus('"gross_weight_g": 1e999')), 400, "not_json"),
    "a number of 100,000 digits": (lambda: post(plus(f'"gross_weight_g": {"9" * 100_000}')), 400, "not_json"),
    "NaN": (lambda: post(plus('"gross_weight_g": NaN')), 400, "not_json"),
    "-Infinity": (lambda: post(plus('"gross_weight_g": -Infinity')), 400, "not_json"),
    "a name twice": (lambda: post(plus('"item_id": "C-2"')), 400, "not_json"),
    "bytes that are not UTF-8": (lambda: post(GOOD.replace(b"pump", b"p\xff")), 400, "not_json"),
    "UTF-16": (lambda: post(GOOD.decode().encode("utf-16")), 400, "not_json"),
    "half a surrogate pair": (lambda: post(GOOD.replace(b"pump", b"\\ud800")), 400, "not_json"),
    "NUL in a text": (lambda: post(GOOD.replace(b"pump", b"a\\u0000b")), 422, "invalid"),
    "a control character in item_id": (lambda: post(GOOD.replace(b"C-1", b"C\\u001b[2J")), 422, "invalid"),
    "20,000 unknown fields": (lambda: post(json.dumps({f"x{n}": 1 for n in range(20_000)}).encode()), 422, "invalid"),
    "30,000 equal names": (lambda: post(b"{" + b",".join([b'"a":1'] * 30_000) + b"}"), 400, "not_json"),
    "no body": (lambda: post(b""), 400, "not_json"),
    "a path as item_id": (lambda: post(GOOD.replace(b"C-1", b"../../etc/passwd")), 201, None),
    "a compressed body": (
        lambda: post(gzip.compress(GOOD), "application/json", "Content-Encoding: gzip"),
        415, "unsupported_media_type",
    ),
    "a compressed batch": (
        lambda: post(gzip.compress(GOOD), NDJSON, "Content-Encoding: gzip", path=BATCH), 415, "unsupported_media_type",
    ),
}  # fmt: skip
NAMES: dict[str, tuple[Callable[[], bytes], int, str | None]] = {
    "..%2f in the address": (lambda: get("/v1/screenings/..%2f..%2fetc%2fpasswd"), 404, "not_found"),
    "../ in the address": (lambda: get("/v1/screenings/../../etc/passwd"), 404, "not_found"),
    "..%2f in the address of a picture": (
        lambda: get("/v1/screenings/..%2f..%2fx/images/0"), 404, "not_found"),
    "NUL in the address": (lambda: get("/v1/screenings/%00"), 404, "screening_not_found"),
    "an address that is not UTF-8": (lambda: get("/v1/screenings/%ff%fe"), 404, "screening_not_found"),
    "a picture's number of 30 digits": (lambda: get(f"/v1/screenings/x/images/{'9' * 30}"), 404, "screening_not_found"),
    "..%2f among the assets": (lambda: get("/docs/assets/..%2f..%2fpyproject.toml"), 404, "not_found"),
    "an address of 50,000 characters": (lambda: get("/v1/screenings/" + "a" * 50_000), 404, "screening_not_found"),
    "an address of 80,000 characters": (lambda: get("/v1/screenings/" + "a" * 80_000), 414, None),
    "station_id and scanner_id that are paths": (
        lambda: post(GOOD, path=f"{SCREENINGS}?station_id=..%2f..%2fx&scanner_id=..%2f..%2fetc"), 201, None),
    "NUL in scanner_id": (
        lambda: post(GOOD, path=f"{SCREENINGS}?scanner_id=a%00"), 422, "invalid"),
    "a file name that is a path": (
        lambda: post(form(manifest(), image(png(grey8()), "../../../etc/cron.d/x")), FORM), 201, None),
}  # fmt: skip
FORMS: dict[str, tuple[Callable[[], bytes], int, str | None]] = {
    "10,000 fields": (lambda: post(form(*[(field("view"), b"x")] * 10_000), FORM), 413, "too_large"),
    "10,000 files": (lambda: post(form(manifest(), *[image(b"x")] * 10_000), FORM), 413, "too_large"),
    "5 pictures": (lambda: post(form(manifest(), *[image(b"x")] * 5), FORM), 422, "invalid"),
    "a boundary of 60,000 characters": (
        lambda: post(form(manifest()), "multipart/form-data; boundary=" + "b" * 60_000), 400, "bad_request"),
    "100,000 headers in a part": (
        lambda: post(form((field("manifest", *["X: y"] * 100_000), GOOD)), FORM), 201, None),
    "a part without an end": (lambda: post(b"--bb\r\n" + b"a" * 4 * MIB, FORM), 413, "too_large"),
    "2 million almost-boundaries": (
        lambda: post(b'--bb\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
                     + b"\r\n--b" * 1_500_000, FORM), 400, "bad_request"),
    "NUL in the name of a part": (lambda: post(form((field("manifest\0"), GOOD)), FORM), 422, "invalid"),
    "a part in base64": (
        lambda: post(form((field("manifest", "Content-Transfer-Encoding: base64"), b"e30=")), FORM), 400, "not_json"),
    "9 MiB in all": (lambda: post(form(manifest(), image(bytes(9 * MIB))), FORM), 413, "too_large"),
}  # fmt: skip
HTTP: dict[str, tuple[Callable[[], bytes], int, str | None]] = {
    "1,000 headers": (lambda: get("/healthz", *["X: y"] * 1_000), 431, None),
    "a header of 1 MB": (lambda: get("/healthz", "X: " + "a" * 1_000_000), 431, None),
    "a key of 60,000 characters": (lambda: get("/v1/models", "Cookie: a=" + "b" * 60_000), 200, None),
    "two lengths": (lambda: request(SCREENINGS, GOOD, "Content-Length: 0"), 400, None),
    "a length below 0": (lambda: request(SCREENINGS, GOOD, length="-1"), 400, None),
    "a length with a sign": (lambda: request(SCREENINGS, GOOD, length=f"+{len(GOOD)}"), 400, None),
    "a length of 21 digits": (lambda: request(SCREENINGS, GOOD, length="9" * 21), 400, None),
    "a length of 10 GB": (lambda: request(SCREENINGS, GOOD, length=str(10**10)), 413, "too_large"),
    "an unknown transfer coding": (lambda: request(SCREENINGS, b"", "Transfer-Encoding: x", length=None), 400, None),
    "a space before the colon": (
        lambda: request(SCREENINGS, b"", "Transfer-Encoding : chunked", length=None), 400, None),
    "a folded header": (lambda: get("/healthz", "X: a\r\n b"), 400, None),
    "NUL in a header": (lambda: get("/healthz", "X: a\0b"), 400, None),
    "one byte a chunk": (lambda: in_chunks(chunked(bytes([one]) for one in GOOD)), 201, None),
    "20 MiB in chunks": (lambda: in_chunks(chunked([b" " * MIB] * 20)), 413, "too_large"),
    "a chunk of no size": (lambda: in_chunks(b"zz\r\n"), 400, "not_json"),
    "a chunk with an extension of 1 MB": (lambda: in_chunks(b"5;" + b"a" * MIB + b"\r\n"), 400, "not_json"),
    "a whole body in a chunk without an end": (
        lambda: in_chunks(b"%x\r\n" % len(GOOD) + GOOD + b"XX0\r\n\r\n"), 201, None),
    "a TLS greeting": (lambda: b"\x16\x03\x01\x02\x00\x01\x00\r\n" + b"a" * 500, 400, None),
    "rubbish": (lambda: b"\0\xff" * 999 + b"\r\n\r\n", 400, None),
    "a method that nobody knows": (lambda: request(SCREENINGS, method="BREW"), 405, "method_not_allowed"),
    "Expect: 100-continue": (lambda: post(GOOD, "application/json", "Expect: 100-continue"), 201, None),
    "a Range": (lambda: get("/v1/models", "Range: bytes=0-1,5-,-3"), 200, None),
    "Upgrade: websocket": (
        lambda: get("/v1/models", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"),
        400, "bad_request"),
}  # fmt: skip
CASES = {**JSON, **NAMES, **FORMS, **HTTP}


@pytest.mark.parametrize(("make", "status", "code"), CASES.values(), ids=CASES)
def test_a_hostile_request_gets_its_status(
    belt: Belt, make: Callable[[], bytes], status: int, code: str | None
) -> None:
    answer, more = belt.grown(make())
    assert (answer.status, answer.code) == (status, code), answer.body[:300]
    assert len(answer.body) < MIB
    assert more < MORE_MEMORY_MIB


@pytest.mark.parametrize(("make", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_picture_keeps_its_manifest_and_is_looked_at(belt: Belt, make: Maker, code: str | None) -> None:
    answer, more = belt.grown(post(form(manifest(), image(make())), FORM))
    assert more < MORE_FOR_PICTURES_MIB
    if len(make()) > LIMITS["MAX_BODY_BYTES"]:
        assert answer.status == 413
        return
    assert answer.status == 201, answer.body[:300]
    (shown,) = answer.json["xray"]["images"]
    assert [one["code"] for one in shown["problems"] if shown["ability"] == "unreadable"] == ([code] if code else [])
    if code:
        assert shown["assessment"] == "unknown"
        assert "image_unreadable" in answer.json["decision"]["degraded"]
        assert answer.json["decision"]["lane"] != "release"


@pytest.mark.parametrize("name", ["PNG and HTML in one", "PNG and ZIP in one", "TIFF of two widths"])
def test_what_was_sent_runs_nothing_where_it_is_shown(belt: Belt, name: str) -> None:
    sent = HOSTILE[name][0]()
    identifier = belt.send(post(form(manifest(), image(sent)), FORM)).json["screening_id"]
    for query, body in (("?raw=1", sent), ("", b"")):
        shown = belt.send(get(f"/v1/screenings/{identifier}/images/0{query}"))
        assert shown.status == 200
        assert shown.body == body or (not body and shown.body.startswith(b"\x89PNG"))
        assert shown.headers["content-type"].startswith(("image/", "application/octet-stream"))
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in shown.headers["content-security-policy"]


def test_no_line_of_a_batch_stops_the_others(belt: Belt) -> None:
    lines = [GOOD, b"[" * 5_000, b"\xff\xfe", b'"' + b"x" * 2_000, b"NaN", b"", plus('"item_id": 1'), b"\0" * 99, GOOD]
    answer = belt.send(request(BATCH, b"\n".join(lines), media_type=NDJSON))
    told = [json.loads(line) for line in unchunked(answer.body).splitlines()]
    assert [one["line"] for one in told] == [1, 2, 3, 4, 5, 7, 8, 9]
    assert [one["status"] for one in told] == [201, 400, 400, 400, 400, 400, 400, 201]


@pytest.mark.parametrize(
    ("lines", "where"),
    [([GOOD] * 51, 51), ([b"x" * 2_000_000, GOOD], 1), ([b"{}"] * 9_999, 51)],
    ids=["a line too many", "a line of 2 MB", "10,000 lines"],
)
def test_a_batch_over_a_limit_says_where(belt: Belt, lines: list[bytes], where: int) -> None:
    answer = belt.send(request(BATCH, b"\n".join(lines), media_type=NDJSON))
    told = [json.loads(line) for line in unchunked(answer.body).splitlines()]
    assert [one["line"] for one in told if one["status"] == 413] == [where]
    assert len(told) <= LIMITS["MAX_BATCH_LINES"] + 1


def test_the_documentation_has_every_case() -> None:
    page = (Path(__file__).parents[2] / "docs" / "hostile-input.md").read_text(encoding="utf-8")
    told = [(name, f"{status} `{code}`" if code else str(status)) for name, (_, status, code) in CASES.items()]
    told += [(name, f"`{code}`" if code else "") for name, (_, code) in HOSTILE.items()]
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in page.splitlines() if line.startswith("|")}
    assert set(told) - rows == set()


def test_bodies_that_never_end_are_given_up(belt: Belt) -> None:
    # They were begun before everything above, which was answered all the same.
    for one in belt.slow:
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while data := one.recv(1 << 16):  # would time out if nobody gave up
                received += data
        if received:
            answer = answer_of(bytes(received))
            assert answer.status == 400 or b"The batch broke off" in answer.body


def test_after_all_that_the_service_still_works_and_its_record_is_whole(belt: Belt) -> None:
    assert belt.send(post(GOOD)).status == 201
    store = open_store(Settings(home=belt.log.parent / "home"))
    try:
        assert verify(store).records > 1
    finally:
        store.close()


def unchunked(body: bytes) -> bytes:
    """The content of a body that came in chunks."""
    whole, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        count = int(size, 16)
        whole, rest = whole + rest[:count], rest[count + 2 :] if count else b""
    return whole


def new_key(home: Path) -> str:
    """A key of the running service; made here, because a process of its own would only be slower."""
    store = open_store(Settings(home=home))
    try:
        return create_key(store, "admin", "hostile", datetime.now(UTC))[1]
    finally:
        store.close()
