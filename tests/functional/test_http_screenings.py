"""Screenings over HTTP, on both kinds of database: what is answered is on record, byte for byte."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import pytest

from service.store.verify import verify

MANIFEST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "sender": {"name": "A. Sender", "address": ["12 Example Street"], "city": "Leeds", "country": "GB"},
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}
ITEM = {"item_id": MANIFEST["item_id"]}


def test_a_manifest_alone_is_answered_and_kept(any_desk: Any) -> None:
    response = any_desk.screen(MANIFEST)
    assert response.status_code == 201
    answer = response.json
    assert (answer["item_id"], answer["stage"], answer["xray"]) == ("RR473124829GB", "pre_arrival", None)
    assert answer["versions"]["risk_model"] == "fake-risk-1.0.0"
    again = any_desk.get(response.headers["Location"])
    assert again.data == response.data
    assert again.content_type == "application/json"


def test_pictures_come_with_their_views_in_order(any_desk: Any, scan: bytes) -> None:
    response = any_desk.send(scan, scan, manifest=MANIFEST, view=["top", "side"], station_id="st-7", scanner_id="sc-1")
    assert response.status_code == 201
    answer = response.json
    images = answer["xray"]["images"]
    assert answer["stage"] == "station"
    assert [image["view"] for image in images] == ["top", "side"]
    assert images[0]["sha256"] == hashlib.sha256(scan).hexdigest()
    assert images[0]["regions"][0]["part"] == "barrel"


def test_the_answer_is_in_the_store_with_its_pictures_and_the_chain_holds(any_desk: Any, scan: bytes) -> None:
    any_desk.screen(MANIFEST)
    any_desk.send(scan, manifest=ITEM)
    result = verify(any_desk.service.store)
    assert (result.records, result.pictures, result.problems) == (2, 1, ())


def test_a_picture_may_come_later(any_desk: Any, scan: bytes) -> None:
    assert any_desk.send(scan, manifest=ITEM).status_code == 404
    any_desk.screen(MANIFEST)
    later = any_desk.send(scan, manifest=ITEM)
    assert later.status_code == 201
    assert later.json["stage"] == "station"
    assert later.json["risk"] is not None
    assert any_desk.screen(ITEM).status_code == 201


def test_the_stage_given_counts(desk: Any, scan: bytes) -> None:
    assert desk.screen(MANIFEST, query_string={"stage": "station"}).json["stage"] == "station"
    assert desk.send(scan, manifest=MANIFEST, stage="pre_arrival").json["stage"] == "pre_arrival"


def test_the_same_key_and_request_give_the_same_bytes(any_desk: Any, scan: bytes) -> None:
    headers = {"Idempotency-Key": "parcel 17"}
    first = any_desk.send(scan, manifest=MANIFEST, headers=headers)
    spaced = dict(reversed(MANIFEST.items()))
    second = any_desk.send(scan, manifest=spaced, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert verify(any_desk.service.store).records == 1


@pytest.mark.parametrize("change", ["manifest", "picture", "view", "parameter"])
def test_the_same_key_for_another_request_is_refused(desk: Any, scan: bytes, change: str) -> None:
    headers = {"Idempotency-Key": "k"}
    assert desk.send(scan, manifest=MANIFEST, headers=headers).status_code == 201
    changed: dict[str, Any] = {
        "manifest": {"manifest": {**MANIFEST, "gross_weight_g": 1}},
        "picture": {},
        "view": {"manifest": MANIFEST, "view": "top"},
        "parameter": {"manifest": MANIFEST, "station_id": "other"},
    }[change]
    other = desk.send(
        scan + b" " if change == "picture" else scan, headers=headers, **{"manifest": MANIFEST, **changed}
    )
    assert other.status_code == 409
    assert other.json["code"] == "idempotency_conflict"


def test_keys_of_two_callers_do_not_meet(desk: Any) -> None:
    headers = {"Idempotency-Key": "k"}
    mine = desk.screen(MANIFEST, headers=headers)
    theirs = desk.with_key("station").screen({**MANIFEST, "gross_weight_g": 1}, headers=headers)
    assert (mine.status_code, theirs.status_code) == (201, 201)


def test_many_at_once_with_one_key_make_one_record(any_desk: Any) -> None:
    answers: list[bytes] = []

    def ask() -> None:
        client = any_desk.app.test_client()
        client.environ_base |= any_desk.client.environ_base
        answers.append(client.post("/v1/screenings", json=MANIFEST, headers={"Idempotency-Key": "k"}).data)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert verify(any_desk.service.store).records == 1


def test_the_list_filters_and_pages(any_desk: Any, clock: Any) -> None:
    for number in range(5):
        any_desk.screen({**MANIFEST, "item_id": f"item-{number % 2}", "channel": "courier"})
    clock.forward(hours=1)
    since = clock.now.isoformat().replace("+00:00", "Z")
    late = any_desk.screen({**MANIFEST, "item_id": "late"}).json
    pages, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = any_desk.get("/v1/screenings", query_string=query).json
        pages.append([one["item_id"] for one in page["screenings"]])
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == [["late", "item-0"], ["item-1", "item-0"], ["item-1", "item-0"]]
    only = any_desk.get("/v1/screenings", query_string={"item_id": "item-1"}).json["screenings"]
    assert [one["item_id"] for one in only] == ["item-1", "item-1"]
    assert any_desk.get("/v1/screenings", query_string={"since": since}).json["screenings"] == [late]
    lane = late["decision"]["lane"]
    assert late in any_desk.get("/v1/screenings", query_string={"lane": lane}).json["screenings"]


@pytest.mark.parametrize("control", ["\x00", "\n", "\x1f", "\x7f"])
def test_a_control_character_names_nothing(any_desk: Any, control: str) -> None:
    """Recorded, such an item could never be asked for; PostgreSQL would not even record it."""
    item_id = f"C{control}"
    document = {**MANIFEST, "documents": [{"type": item_id}]}
    for body in ({**MANIFEST, "item_id": item_id}, {"item_id": item_id}, document):
        response = any_desk.screen(body)
        assert (response.status_code, [one["code"] for one in response.json["errors"]]) == (422, ["bad_text"])
    assert any_desk.get("/v1/screenings", query_string={"item_id": item_id}).status_code == 422
    assert verify(any_desk.service.store).records == 0


def test_history_reaches_the_risk_model(any_desk: Any, clock: Any) -> None:
    any_desk.screen({**MANIFEST, "item_id": "first", "channel": "courier"})
    clock.forward(days=1)
    any_desk.screen({**MANIFEST, "item_id": "second", "channel": "courier"})
    histories = any_desk.service.tools.current().risk.histories
    assert [history.sender_known for history in histories] == [0, 1]


def test_a_parcel_dated_ahead_of_our_clock_stays_in_the_history_with_its_find(any_desk: Any, clock: Any) -> None:
    ahead = {**MANIFEST, "item_id": "first", "channel": "courier", "declared_at": "2099-01-01T00:00:00Z"}
    identifier = any_desk.screen(ahead).json["screening_id"]
    any_desk.client.post(f"/v1/screenings/{identifier}/finding", json={"found": "illicit"})
    clock.forward(days=1)
    any_desk.screen({**MANIFEST, "item_id": "second", "channel": "courier"})
    last = any_desk.service.tools.current().risk.histories[-1]
    assert last.sender_known == 1
    assert last.found_sender > 0.9


def test_a_failing_model_is_named_and_nothing_is_lost(desk: Any) -> None:
    response = desk.screen({**MANIFEST, "extra": {"break": True}})
    assert response.status_code == 201
    assert response.json["risk"] is None
    assert "risk_unavailable" in response.json["decision"]["degraded"]


def test_a_broken_picture_does_not_lose_the_manifest(desk: Any, scan: bytes) -> None:
    for broken in (b"", b"not a picture", scan[:300]):
        response = desk.send(broken, manifest=MANIFEST)
        assert response.status_code == 201
        (image,) = response.json["xray"]["images"]
        assert (image["ability"], image["assessment"]) == ("unreadable", "unknown")
        assert image["problems"]
        assert "image_unreadable" in response.json["decision"]["degraded"]
