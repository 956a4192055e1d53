"""What the server calls: quick requests on the event loop, all others in threads, and the same waits in both."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy.util import greenlet_spawn

from service.admission import Pool
from service.capacity import Size
from service.draining import Draining
from service.front.crowded import Crowded
from service.front.environ import environ_of
from service.front.rsgi import SMALL, Front, is_quick
from service.front.waiting import aside, in_greenlet, outcome
from service.heads import HEADERS
from service.load_figures import LoadFigures
from service.settings import Settings

JSON = [("content-type", "application/json; charset=utf-8"), ("content-length", "2")]


def scope(method: str = "POST", path: str = "/v1/screenings", headers: list[tuple[str, str]] = JSON) -> Any:
    return SimpleNamespace(
        method=method,
        path=path,
        headers=dict_of(headers),
        http_version="1.1",
        server="[::1]:8080",
        client="10.0.0.7:4711",
        scheme="http",
        query_string="a=b",
        authority=None,
    )


def dict_of(headers: list[tuple[str, str]]) -> Any:
    return SimpleNamespace(items=lambda: headers)


class Peer:
    """The server's side of a request, with a body in pieces; the second half may break off."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self.pieces, self.breaks = pieces, breaks
        self.answer: tuple[int, dict[str, str], bytes] | None = None

    async def __call__(self) -> bytes:
        if self.breaks:
            raise RuntimeError("gone")
        return b"".join(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            await asyncio.sleep(0)
            yield piece
        if self.breaks:
            raise RuntimeError("gone")

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, dict(headers), body)

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Any:
        self.answer = (status, dict(headers), b"")
        return self

    async def send_bytes(self, data: bytes) -> None:
        assert self.answer is not None
        self.answer = (*self.answer[:2], self.answer[2] + data)


def asked(application: Callable[..., Iterable[bytes]], request: Any, peer: Peer) -> tuple[int, dict[str, str], bytes]:
    async def ask() -> None:
        front = Front(application, threads=2, patience=10.0)
        front.__rsgi_init__(asyncio.get_running_loop())
        await front.__rsgi__(request, peer)

    asyncio.run(ask())
    assert peer.answer is not None
    return peer.answer


def where(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read()
    text = b"loop " if in_greenlet() else b"thread "
    start("201 Created", [("Content-Length", str(len(text + body))), ("X-Two", "a")])
    return [text, body]


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        (scope(), b"loop "),
        (scope(path="/v1/scores"), b"loop "),
        (scope(headers=[("content-type", "multipart/form-data"), ("content-length", "2")]), b"thread "),
        (scope(headers=[("content-type", "application/json")]), b"thread "),
        (scope(headers=[("content-type", "application/json"), ("content-length", str(SMALL + 1))]), b"thread "),
        (scope(headers=[("content-type", "application/json"), ("content-length", "-2")]), b"thread "),
        (scope(method="GET"), b"thread "),
        (scope(path="/v1/screenings:batch"), b"thread "),
    ],
)
def test_only_short_manifests_are_worked_on_by_the_loop(request_: Any, place: bytes) -> None:
    assert is_quick(request_) == (place == b"loop ")
    assert asked(where, request_, Peer(b"{", b"}")) == (201, {"content-length": "7" if place == b"loop " else "9",
                                                             "x-two": "a"}, place + b"{}")  # fmt: skip


@pytest.mark.parametrize("request_", [scope(), scope(method="GET")])
def test_a_body_that_breaks_off_is_seen_as_one_that_is_too_short(request_: Any) -> None:
    status, _, body = asked(where, request_, Peer(b"{", breaks=True))
    assert (status, b"}" in body) == (201, False)


def test_an_answer_of_unknown_length_is_sent_as_it_comes_and_closed() -> None:
    closed: list[bool] = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            yield environ["wsgi.input"].read(1)
            yield environ["wsgi.input"].read()
        finally:
            closed.append(True)

    assert asked(application, scope(method="GET"), Peer(b"ab", b"", b"cd")) == (200, {}, b"abcd")
    assert closed == [True]


def test_the_environment_of_a_request() -> None:
    headers = [("cookie", "a=1"), ("cookie", "b=2"), ("accept", "x"), ("accept", "y"), ("content-type", "t")]
    environ = environ_of(scope(path="/caf\u00e9", headers=headers), None)  # type: ignore[arg-type]
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("10.0.0.7", "[::1]", "8080")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9"
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"], environ["CONTENT_TYPE"]) == ("a=1; b=2", "x,y", "t")


def test_the_loop_goes_on_while_requests_wait() -> None:
    """Three requests wait on one loop at once: for a result, for a thread, and for a result that never comes."""
    late: Future[str] = Future()

    def waits() -> str:
        return outcome(late, 10.0)

    def goes_aside() -> bool:
        done = aside(threading.get_ident) != threading.get_ident()
        late.set_result("came")
        return done

    def gives_up() -> str:
        with pytest.raises(TimeoutError):
            outcome(Future(), 0.01)
        return "gave up"

    async def all_three() -> list[object]:
        return await asyncio.gather(*(greenlet_spawn(one) for one in (waits, gives_up, goes_aside)))

    assert asyncio.run(all_three()) == ["came", "gave up", True]


def test_a_slot_goes_from_the_loop_to_a_thread_and_back() -> None:
    pool = Pool("manifest", Size(1, 4), LoadFigures(CollectorRegistry()))
    worked: list[str] = []

    def work(name: str) -> None:
        with pool.slot():
            worked.append(name)

    async def together() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as threads:
            on_loop = [greenlet_spawn(work, f"loop {number}") for number in range(3)]
            await asyncio.gather(*on_loop, loop.run_in_executor(threads, work, "thread"))

    asyncio.run(together())
    assert sorted(worked) == ["loop 0", "loop 1", "loop 2", "thread"]
    assert pool.expected_wait() < 1.0


def test_who_comes_while_there_is_no_room_hears_so_at_once(caplog: pytest.LogCaptureFixture) -> None:
    figures, answered = LoadFigures(CollectorRegistry()), list[tuple[Any, ...]]()
    pool = Pool("manifest", Size(1, 1, most_wait=0.0), figures)
    parts: Any = SimpleNamespace(
        admission=SimpleNamespace(manifests=pool, scores=pool),
        settings=Settings(),
        draining=Draining(),
        metrics=SimpleNamespace(answered=lambda *all_of_it: answered.append(all_of_it)),
    )
    crowded, request_ = Crowded(parts), scope(headers=[*JSON, ("x-request-id", "mine")])
    assert crowded(request_) is None
    with ThreadPoolExecutor(1) as threads, pool.slot():
        assert crowded(request_) is None  # one may wait, however long that takes
        waits = threads.submit(_once, pool)
        while (told := crowded(request_)) is None:
            assert not waits.done()
        with caplog.at_level("INFO", "parcel_screening.http"):
            status, headers, body = crowded(request_) or told
    assert (status, json.loads(body)["code"], json.loads(body)["request_id"]) == (503, "overloaded", "mine")
    assert {name.lower() for name in HEADERS} | {"retry-after", "x-request-id"} <= {name for name, _ in headers}
    assert answered[-1][:3] == ("/v1/screenings", "POST", 503)
    assert [one.status for one in caplog.records] == [503]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("request_", "told"), [(scope(), 503), (scope(method="GET"), 201)])
def test_a_short_manifest_for_which_there_is_no_room_does_not_reach_the_application(request_: Any, told: int) -> None:
    peer, asked_for = Peer(b"{}"), list[str]()

    def crowded(one: Any) -> Any:
        asked_for.append(one.path)
        return 503, [("retry-after", "1")], b"full"

    async def ask() -> None:
        front = Front(where, threads=1, patience=10.0, crowded=crowded)
        front.__rsgi_init__(asyncio.get_running_loop())
        await front.__rsgi__(request_, peer)

    asyncio.run(ask())
    assert peer.answer is not None
    assert (peer.answer[0], asked_for) == (told, ["/v1/screenings"] if told == 503 else [])


def _once(pool: Pool) -> None:
    with pool.slot():
        pass
