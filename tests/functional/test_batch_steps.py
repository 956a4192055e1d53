"""A batch goes on while its records are on their way to the disk; its answers are as if each line had waited."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from sqlalchemy import text

from service.settings import Settings
from service.store.verify import verify

COUNTS = ("sender_known", "recipient_known", "pair_known", "sender_recipients", "recipient_senders")


def parcel(item: str, sender: str, recipient: str) -> bytes:
    def person(name: str, country: str) -> dict[str, Any]:
        return {"name": name, "address": [f"{name} Street 1"], "city": "Leeds", "country": country}

    manifest = {
        "item_id": item, "channel": "courier", "origin_country": "GB", "destination_country": "MX",
        "sender": person(sender, "GB"), "recipient": person(recipient, "MX"), "items": [{"hs_code": "610510"}],
    }  # fmt: skip
    return json.dumps(manifest).encode()


def strangers(count: int) -> list[bytes]:
    return [parcel(f"item {number}", f"Sender {number}", f"Recipient {number}") for number in range(count)]


def batch(desk: Any, lines: list[bytes]) -> list[dict[str, Any]]:
    response = desk.client.post("/v1/screenings:batch", data=b"\n".join(lines), content_type="application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_line_knows_of_those_before_it_as_if_sent_alone(make_desk: Any, tmp_path: Any, tools: Any) -> None:
    people = ["Ann Other", "Bo Person", "Cy Trader"]
    lines = [
        parcel(f"item {number % 9}", people[number % 3], people[(number * number) % 3] + " Recipient")
        for number in range(30)
    ]
    lines.insert(12, b'{"item_id":"item 3"}')
    seen = {}
    for way in ("batch", "alone"):
        desk = make_desk(Settings(home=tmp_path / way))
        tools.risk.histories.clear()
        if way == "batch":
            assert {one["status"] for one in batch(desk, lines)} == {201}
        else:
            for line in lines:
                sent = desk.client.post("/v1/screenings", data=line, content_type="application/json")
                assert sent.status_code == 201
        seen[way] = [[getattr(one, name) for name in COUNTS] for one in tools.risk.histories]
    assert len(seen["batch"]) == len(lines)
    assert seen["batch"] == seen["alone"]


def test_lines_about_others_share_a_transaction(desk: Any) -> None:
    told: list[int] = []
    store = desk.service.store
    store.writer.tell(lambda *, records, seconds, lag, backlog: told.append(records))
    holding = threading.Event()

    def hold() -> None:
        with store.writing():
            holding.set()
            until = time.monotonic() + 5
            while store.writer._queue.qsize() < 2 and time.monotonic() < until:
                time.sleep(0.001)

    other = threading.Thread(target=hold)
    other.start()
    holding.wait()
    out = batch(desk, strangers(40))
    other.join()
    assert [(one["line"], one["status"]) for one in out] == [(number, 201) for number in range(1, 41)]
    assert max(told) > 1
    assert (verify(store).records, verify(store).problems) == (40, ())


def test_after_a_failure_every_line_that_was_taken_is_told_what_became_of_it(desk: Any) -> None:
    store = desk.service.store

    def break_store(manifest: Any) -> None:
        if manifest.item_id == "item 5":
            with store.writing() as connection:
                connection.execute(text("ALTER TABLE chain_head RENAME TO gone"))

    desk.service.tools.current().risk.before = break_store
    out = batch(desk, strangers(60))
    assert [one["line"] for one in out] == list(range(1, len(out) + 1))
    assert {one["status"] for one in out[5:]} == {503}
    assert 6 <= len(out) < 60
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO chain_head"))
    found = verify(store)
    assert (found.records, found.problems) == (sum(one["status"] == 201 for one in out), ())
