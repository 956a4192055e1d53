"""Fifty clients ask with the same Idempotency-Key at once, over HTTP: one record, and the same bytes for all.

The application stands behind werkzeug's threaded server, a thread a connection; `make soak` asks the same of granian.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from json import dumps, loads
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from service.store.tables import screening
from service.store.verify import verify

CLIENTS = 50
PARCEL = {"channel": "courier", "origin_country": "GB", "destination_country": "MX", "items": [{"hs_code": "610510"}]}


@pytest.fixture
def port(any_desk: Any) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, any_desk.app, threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    yield server.port
    server.shutdown()
    running.join()
    server.server_close()


def test_one_record_and_the_same_bytes_for_all(any_desk: Any, port: int) -> None:
    key, start = any_desk.key("station"), threading.Barrier(CLIENTS, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": "parcel 17"}

    def ask(item: str) -> tuple[int, bytes, str | None]:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        start.wait()
        connection.request("POST", "/v1/screenings", dumps({**PARCEL, "item_id": item}), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers["Idempotency-Replayed"]

    assert any_desk.client.get("/v1/sop", headers=headers).status_code == 200  # the key is known to the process
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, ["A"] * CLIENTS))
    # Who found no room at once was told so; with the same key it may ask again.
    taken = [one for one in answers if one[0] == 201]
    assert {one[0] for one in answers} <= {201, 503}
    assert {loads(one[1])["code"] for one in answers if one[0] == 503} <= {"overloaded"}
    assert len(taken) > 1
    assert len({body for _, body, _ in taken}) == 1
    assert [replayed for *_, replayed in taken].count(None) == 1
    start = threading.Barrier(1)
    assert ask("A")[:2] == taken[0][:2]
    assert ask("B")[0] == 409
    with any_desk.service.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(screening)).scalar_one() == 1
    assert verify(any_desk.service.store).problems == ()
