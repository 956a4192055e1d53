"""Pictures, findings, batches, keys, health and figures over HTTP."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from sqlalchemy import text

from service.auth import revoke_key
from service.logs import JsonLines
from service.permissions import DECISIONS, Keys
from service.settings import Settings
from service.store.verify import verify

MANIFEST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "sender": {"name": "Confidential Person", "address": ["12 Example Street"], "country": "GB"},
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}


@pytest.fixture
def screened(any_desk: Any, scan: bytes) -> str:
    identifier: str = any_desk.send(scan, b"broken", manifest=MANIFEST).json["screening_id"]
    return identifier


# Pictures


def test_the_picture_comes_back_as_sent_and_annotated(any_desk: Any, screened: str, scan: bytes) -> None:
    raw = any_desk.get(f"/v1/screenings/{screened}/images/0?raw=1")
    assert (raw.data, raw.content_type) == (scan, "image/png")
    drawn = any_desk.get(f"/v1/screenings/{screened}/images/0")
    assert (drawn.status_code, drawn.content_type) == (200, "image/png")
    before, after = (cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR) for one in (scan, drawn.data))
    assert after is not None
    assert after.shape != before.shape or (after != before).any()
    for response in (raw, drawn):
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_broken_picture_can_be_fetched_as_sent_and_is_drawn_as_a_placard(any_desk: Any, screened: str) -> None:
    raw = any_desk.get(f"/v1/screenings/{screened}/images/1?raw=1")
    assert (raw.data, raw.content_type) == (b"broken", "application/octet-stream")
    drawn = any_desk.get(f"/v1/screenings/{screened}/images/1")
    assert (drawn.status_code, drawn.content_type) == (200, "image/png")
    assert cv2.imdecode(np.frombuffer(drawn.data, np.uint8), cv2.IMREAD_COLOR) is not None
    missing = any_desk.get(f"/v1/screenings/{screened}/images/2")
    assert (missing.status_code, missing.json["code"]) == (404, "image_not_found")


# Findings


def test_a_finding_is_recorded_read_back_and_chained(any_desk: Any, screened: str) -> None:
    body = {
        "found": "illicit",
        "parts": ["barrel", "magazine"],
        "reference": "SZ-2026-17",
        "notes": "Inside a drill.",
        "override": {"lane": "detain", "reason": "Two parts seen."},
    }
    made = any_desk.client.post(f"/v1/screenings/{screened}/finding", json=body)
    assert made.status_code == 201
    assert {name: made.json[name] for name in body} == body
    assert made.json["item_id"] == MANIFEST["item_id"]
    assert any_desk.get(f"/v1/screenings/{screened}/findings").json == {"findings": [made.json]}
    result = verify(any_desk.service.store)
    assert (result.records, result.problems) == (2, ())


def test_a_finding_counts_for_the_next_parcel_of_the_same_sender(any_desk: Any, screened: str, clock: Any) -> None:
    any_desk.client.post(f"/v1/screenings/{screened}/finding", json={"found": "illicit", "parts": ["barrel"]})
    clock.forward(hours=1)
    any_desk.screen({**MANIFEST, "item_id": "RR473124832GB"})
    assert any_desk.service.tools.current().risk.histories[-1].found_sender > 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"found": "drugs"},
        {"found": "nothing", "parts": ["barrel"]},
        {"found": "illicit", "parts": ["cannon"]},
        {"override": {"lane": "detain"}},
        {"override": {"lane": "detain", "reason": ""}},
        {"found": "nothing", "colour": "red"},
        {"found": "nothing", "notes": "x" * 2001},
        {"found": "nothing", "notes": "\x00"},
        [],
    ],
)
def test_findings_that_say_nothing_or_too_much_are_422(desk: Any, body: Any) -> None:
    identifier = desk.screen(MANIFEST).json["screening_id"]
    response = desk.client.post(f"/v1/screenings/{identifier}/finding", json=body)
    assert response.status_code == 422
    assert response.json["errors"]


# Batch


def batch(desk: Any, *lines: bytes, **more: Any) -> list[dict[str, Any]]:
    body = b"\n".join(lines)
    response = desk.client.post("/v1/screenings:batch", data=body, content_type="application/x-ndjson", **more)
    assert response.status_code == 200
    assert response.content_type == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def line(item: str) -> bytes:
    return json.dumps({**MANIFEST, "item_id": item, "channel": "courier"}).encode()


def test_one_lines_error_does_not_stop_the_rest(any_desk: Any) -> None:
    out = batch(any_desk, line("a"), b"{", b"", b"[]", b'{"item_id":"a"}', b'{"item_id":"unknown"}', line("b"))
    assert [(one["line"], one["status"]) for one in out] == [(1, 201), (2, 400), (4, 422), (5, 201), (6, 404), (7, 201)]
    assert out[2]["errors"]
    kept = any_desk.get(f"/v1/screenings/{out[0]['screening_id']}").json
    assert {**kept, "line": 1, "status": 201} == out[0]
    assert verify(any_desk.service.store).records == 3


def test_a_batch_sent_again_with_its_key_gives_the_same_answers(desk: Any) -> None:
    headers = {"Idempotency-Key": "flight 12"}
    first = batch(desk, line("a"), line("b"), headers=headers)
    second = batch(desk, line("a"), line("b"), line("c"), headers=headers)
    assert second[:2] == first
    assert verify(desk.service.store).records == 3


@pytest.mark.parametrize("key", ["a:1", "a 1", "a/1", "a1"])
def test_a_single_request_never_meets_a_line_of_a_batch(any_desk: Any, key: str) -> None:
    (first,) = batch(any_desk, line("a"), headers={"Idempotency-Key": "a"})
    headers = {"Idempotency-Key": key}
    single = any_desk.client.post("/v1/screenings", data=line("a"), content_type="application/json", headers=headers)
    assert single.status_code == 201
    assert single.json["screening_id"] != first["screening_id"]
    assert "Idempotency-Replayed" not in single.headers


def test_a_line_too_long_and_too_many_lines_are_told(make_desk: Any, tmp_path: Any) -> None:
    desk = make_desk(Settings(home=tmp_path, max_manifest_bytes=1000, max_batch_lines=3))
    out = batch(desk, line("a" * 900) + b" " * 5000, line("b"), b"", line("c"), line("d"))
    assert [(one["line"], one["status"]) for one in out] == [(1, 413), (2, 201), (4, 413)]


def test_a_batch_over_its_bytes_is_told(make_desk: Any, tmp_path: Any) -> None:
    desk = make_desk(Settings(home=tmp_path, max_batch_bytes=10_000))
    body = line("a") + b"\n" + line("b") + b"\n" + b" " * 20_000
    known = desk.client.post("/v1/screenings:batch", data=body, content_type="application/x-ndjson")
    assert (known.status_code, known.json["code"]) == (413, "too_large")
    unknown = desk.client.post(
        "/v1/screenings:batch",
        input_stream=BytesIO(body),
        content_type="application/x-ndjson",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    out = [json.loads(one) for one in unknown.text.splitlines()]
    assert [one["status"] for one in out] == [201, 201, 413]
    assert "10,000 bytes" in out[-1]["detail"]
    assert not list(tmp_path.glob(".batch-*"))


def test_the_stage_of_a_batch_is_a_parameter(desk: Any) -> None:
    assert batch(desk, line("a"), query_string={"stage": "station"})[0]["stage"] == "station"
    wrong = desk.client.post("/v1/screenings:batch?stage=x", data=line("a"), content_type="application/x-ndjson")
    assert wrong.status_code == 422
    assert desk.client.post("/v1/screenings:batch", json=MANIFEST).status_code == 415


def test_a_batch_stops_where_the_store_fails_and_says_from_which_line(any_desk: Any) -> None:
    def break_store(manifest: Any) -> None:
        if manifest.item_id == "b":
            with any_desk.service.store.writing() as connection:
                connection.execute(text("ALTER TABLE chain_head RENAME TO gone"))

    any_desk.service.tools.current().risk.before = break_store
    out = batch(any_desk, line("a"), line("b"), line("c"))
    assert [(one["line"], one["status"]) for one in out] == [(1, 201), (2, 503)]


# Keys


def test_keys_are_needed_and_must_be_right(any_desk: Any) -> None:
    client = any_desk.app.test_client()
    good = any_desk.key("station")
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    for header in (None, "", "Bearer", f"Basic {good}", "Bearer nonsense", f"Bearer {wrong}", f"Bearer {good}x"):
        response = client.get("/v1/sop", headers={} if header is None else {"Authorization": header})
        assert response.status_code == 401, header
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/v1/sop", headers={"Authorization": f"bearer {good}"}).status_code == 200


def test_a_revoked_key_ends_at_once(any_desk: Any) -> None:
    token = any_desk.key("station")
    client = any_desk.app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/sop", headers=headers).status_code == 200
    assert revoke_key(any_desk.service.store, token.split("_")[1], any_desk.service.clock())
    assert client.get("/v1/sop", headers=headers).status_code == 401


def test_the_secret_is_not_in_the_store(any_desk: Any) -> None:
    token = any_desk.key("officer")
    with any_desk.service.store.reading() as connection:
        rows = connection.execute(text("SELECT * FROM api_key")).all()
    assert token.split("_")[2] not in repr(rows)
    assert "$argon2id$" in repr(rows)


@pytest.mark.parametrize("role", ["station", "officer", "analyst", "sop_author", "admin"])
def test_every_role_may_do_what_the_table_says_and_no_more(desk: Any, role: str) -> None:
    identifier = desk.screen(MANIFEST).json["screening_id"]
    client = desk.with_key(role).client
    calls = {
        "screenings.create": lambda: client.post("/v1/screenings", json=MANIFEST),
        "screenings.batch": lambda: client.post(
            "/v1/screenings:batch", data=line("a"), content_type="application/x-ndjson"
        ),
        "scores.create": lambda: client.post("/v1/scores", json={}),
        "access.find": lambda: client.get("/v1/access"),
        "screenings.get": lambda: client.get(f"/v1/screenings/{identifier}"),
        "screenings.find": lambda: client.get("/v1/screenings"),
        "images.get": lambda: client.get(f"/v1/screenings/{identifier}/images/0"),
        "findings.create": lambda: client.post(f"/v1/screenings/{identifier}/finding", json={"found": "nothing"}),
        "findings.find": lambda: client.get(f"/v1/screenings/{identifier}/findings"),
        "about.sop": lambda: client.get("/v1/sop"),
        "about.history": lambda: client.get("/v1/sop/history"),
        "about.models": lambda: client.get("/v1/models"),
        "stop.get": lambda: client.get("/v1/stop-switch"),
        "stop.put": lambda: client.put("/v1/stop-switch", json={"stopped": True, "reason": "Nonsense."}),
        "metrics.get": lambda: client.get("/metrics"),
    }
    decided = {name: decision.roles for name, decision in DECISIONS.items() if isinstance(decision, Keys)}
    assert set(calls) == set(decided)
    for name, call in calls.items():
        response = call()
        assert (response.status_code == 403) == (role not in decided[name]), name
        response.get_data()


# Operation


def test_readiness_names_what_is_missing(make_desk: Any, tmp_path: Any, tools: Any) -> None:
    whole = make_desk(Settings(home=tmp_path))
    assert whole.get("/readyz").json["status"] == "ok"
    halved = make_desk(Settings(home=tmp_path), tools=replace(tools, risk=None))
    response = halved.get("/readyz")
    assert (response.status_code, response.json["status"]) == (200, "degraded")
    assert response.json["checks"]["risk_model"] == "missing"
    with whole.service.store.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    response = whole.get("/readyz")
    assert (response.status_code, response.json["status"]) == (503, "unready")


def test_figures_count_lanes_and_hold_no_personal_data(desk: Any) -> None:
    lane = desk.screen(MANIFEST).json["decision"]["lane"]
    desk.get("/v1/screenings/nothing")
    figures = desk.get("/metrics").text
    assert f'parcel_screening_screenings_total{{chosen_by="rule",lane="{lane}",stage="pre_arrival"}} 1.0' in figures
    assert 'route="/v1/screenings/<screening_id>",status="404"' in figures
    assert 'sop="national-parcel-screening' in figures
    for private in ("Confidential", MANIFEST["item_id"], "Example Street", "nothing"):
        assert private not in figures


def test_logs_hold_ids_and_no_personal_data(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = desk.screen(MANIFEST, headers={"X-Request-ID": "r-1"}).json
        desk.get("/v1/screenings", query_string={"item_id": MANIFEST["item_id"]})
        desk.screen({**MANIFEST, "extra": {"break": True}})
    text_of_logs = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert '"request_id": "r-1"' in text_of_logs
    assert answer["screening_id"] in text_of_logs
    for private in ("Confidential", MANIFEST["item_id"], "Example Street", "cotton"):
        assert private not in text_of_logs


def test_what_the_answers_rest_on_can_be_read(desk: Any) -> None:
    sop = desk.get("/v1/sop").json
    assert f"{sop['sop']} {sop['version']}" == desk.screen(MANIFEST).json["versions"]["sop"]
    assert sop["rules"]
    assert desk.get("/v1/models").json == {"models": [], "scanners": [], "warnings": []}


def test_reads_are_on_record(any_desk: Any, screened: str) -> None:
    officer = any_desk.with_key("officer")
    officer.get(f"/v1/screenings/{screened}", headers={"X-Request-ID": "r-9"})
    officer.get(f"/v1/screenings/{screened}/images/0?raw=1")
    with any_desk.service.store.reading() as connection:
        rows = connection.execute(
            text("SELECT action, subject, request_id FROM access WHERE action LIKE '%.read' ORDER BY id")
        ).all()
    assert [tuple(row)[:2] for row in rows] == [("screening.read", screened), ("picture.read", screened)]
    assert rows[0].request_id == "r-9"
