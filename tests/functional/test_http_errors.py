"""Refusals: the right status, a problem document, every fault with its place, and nothing recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from models.xray import PictureLimits
from service.problems import KINDS
from service.settings import Settings
from service.store.verify import verify

GOOD: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts"}],
}
TEXT = json.dumps(GOOD)


def part(data: bytes, media_type: str, name: str = "f") -> Any:
    return BytesIO(data), name, media_type


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that a response is a well-formed problem of this kind, and return it."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.json
    assert (problem["code"], problem["status"], problem["title"]) == (code, status, KINDS[code].title)
    assert problem["type"] == f"/errors#{code}"
    assert problem["request_id"] == response.headers["X-Request-ID"]
    for one in problem["errors"]:
        assert set(one) == {"path", "code", "message"}
    return problem


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a":1,"a":2}', b'{"item_id": NaN}', b"[" * 5000])
def test_what_is_not_strict_json_is_400(desk: Any, body: bytes) -> None:
    refused(desk.client.post("/v1/screenings", data=body, content_type="application/json"), 400, "not_json")


def test_all_faults_of_a_manifest_come_at_once(desk: Any) -> None:
    manifest = {**GOOD, "origin_country": "ZZ", "colour": "red", "items": [{"quantity": 1}]}
    problem = refused(desk.screen(manifest), 422, "invalid")
    assert {one["path"] for one in problem["errors"]} == {"origin_country", "colour", "items[0]"}


@pytest.mark.parametrize("item_id", ["", "a\x00b", 5, None, "x" * 256])
def test_odd_item_references_are_422(desk: Any, item_id: Any) -> None:
    problem = refused(desk.screen({"item_id": item_id}), 422, "invalid")
    assert [one["path"] for one in problem["errors"]] == ["item_id"]


@pytest.mark.parametrize("value", [[], "text", 5, None, True])
def test_json_that_is_no_manifest_is_422(desk: Any, value: Any) -> None:
    refused(desk.client.post("/v1/screenings", data=json.dumps(value), content_type="application/json"), 422, "invalid")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"])
def test_other_request_types_are_415(desk: Any, media_type: str) -> None:
    response = desk.client.post("/v1/screenings", data=TEXT, content_type=media_type)
    refused(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["text/plain", "image/gif", "application/pdf", "image/svg+xml"])
def test_a_part_that_says_it_is_no_picture_we_read_is_415(desk: Any, scan: bytes, media_type: str) -> None:
    fields = {"manifest": TEXT, "image": [part(scan, "image/png"), part(scan, media_type)]}
    problem = refused(desk.client.post("/v1/screenings", data=fields), 415, "unsupported_media_type")
    assert [one["path"] for one in problem["errors"]] == ["image[1]"]


def test_every_fault_of_a_form_comes_at_once(desk: Any, scan: bytes) -> None:
    fields = {
        "picture": part(scan, "image/png"),
        "image": [part(scan, "image/png") for _ in range(5)],
        "view": ["v"] * 6,
    }
    problem = refused(desk.client.post("/v1/screenings", data=fields), 422, "invalid")
    assert {one["path"] for one in problem["errors"]} == {"picture", "image[4]", "view[5]", "manifest"}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"manifest": [TEXT, TEXT]}, "manifest"),
        ({"manifest": TEXT, "image": "not a file"}, "image"),
        ({"manifest": TEXT, "station_id": ["a", "b"]}, "station_id"),
        ({"manifest": TEXT, "stage": "later"}, "stage"),
        ({"manifest": TEXT, "station_id": "s" * 65}, "station_id"),
        ({"manifest": TEXT, "scanner_id": "a\x00b"}, "scanner_id"),
    ],
)
def test_faults_of_form_fields_are_named(desk: Any, fields: dict[str, Any], path: str) -> None:
    response = desk.client.post("/v1/screenings", data=fields, content_type="multipart/form-data")
    assert path in {one["path"] for one in refused(response, 422, "invalid")["errors"]}


def test_form_and_query_must_agree(desk: Any) -> None:
    data = {"manifest": TEXT, "station_id": "a"}
    url = "/v1/screenings?station_id="
    assert desk.client.post(url + "a", data=data, content_type="multipart/form-data").status_code == 201
    response = desk.client.post(url + "b", data=data, content_type="multipart/form-data")
    refused(response, 422, "invalid")


@pytest.mark.parametrize("query", ["station=1", "stage=never", "stage=station&stage=station"])
def test_unknown_and_wrong_query_parameters_are_refused(desk: Any, query: str) -> None:
    refused(desk.client.post(f"/v1/screenings?{query}", json=GOOD), 422, "invalid")


def test_a_broken_form_is_400(desk: Any) -> None:
    content_type = "multipart/form-data; boundary=x"
    body = b'--x\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n{"item'
    refused(desk.client.post("/v1/screenings", data=body, content_type=content_type), 400, "bad_request")
    refused(desk.client.post("/v1/screenings", data=b"x", content_type="multipart/form-data"), 400, "bad_request")


def test_bodies_over_the_limit_are_413(make_desk: Any, tmp_path: Any, scan: bytes) -> None:
    small = make_desk(Settings(home=tmp_path, max_body_bytes=4000, max_manifest_bytes=1000))
    problem = refused(small.send(scan, manifest=GOOD), 413, "too_large")
    assert "4,000" in problem["detail"]
    long = {**GOOD, "items": [{"description": "x" * 1000}]}
    refused(small.screen(long), 413, "too_large")
    refused(small.send(manifest=long), 413, "too_large")
    refused(small.send(b"", manifest=long), 413, "too_large")
    assert small.screen(GOOD).status_code == 201


@pytest.mark.parametrize("surplus", [1, 2, 500])
def test_the_limit_told_is_the_limit(make_desk: Any, tmp_path: Any, surplus: int) -> None:
    small = make_desk(Settings(home=tmp_path, max_manifest_bytes=1000))
    response = small.client.post("/v1/screenings", data=b" " * (1000 + surplus), content_type="application/json")
    assert refused(response, 413, "too_large")["detail"] == "The body is over the limit of 1,000 bytes."


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ([], [("", "wrong_type", "Must be an object, not a list.")]),
        (None, [("", "wrong_type", "Must be an object, not null.")]),
        ({}, [("", "not_allowed", "Give `found`, `override`, or both.")]),
        ({"found": "gun"}, [("found", "not_allowed", '"gun" is not one of: ')]),
        ({"found": "illicit", "parts": "barrel"}, [("parts", "wrong_type", 'Must be a list, not "barrel".')]),
        ({"found": "nothing", "colour": 1}, [("colour", "unknown_field", "There is no field or parameter of this")]),
        ({"found": "nothing", "notes": "a\x00"}, [("notes", "bad_text", "Holds control characters")]),
        ({"found": "nothing", "notes": "x" * 2001}, [("notes", "too_long", "At most 2000 characters, please; this")]),
        ({"found": "nothing", "reference": 5}, [("reference", "wrong_type", "Must be text, not 5.")]),
        ({"found": "nothing", "reference": ""}, [("reference", "missing", "Required, and blank.")]),
        ({"override": {"lane": "scan"}}, [("override.reason", "missing", "Required, and absent or null.")]),
        ({"override": "scan"}, [("override", "wrong_type", 'Must be an object, not "scan".')]),
        ({"found": "illicit", "parts": ["barrel"] * 14}, [("parts", "too_many", "At most 13 entries, please; this")]),
    ],
)
def test_a_finding_is_refused_in_words_for_people(desk: Any, body: Any, faults: list[tuple[str, str, str]]) -> None:
    identifier = desk.screen(GOOD).json["screening_id"]
    url = f"/v1/screenings/{identifier}/finding"
    problem = refused(desk.client.post(url, data=json.dumps(body), content_type="application/json"), 422, "invalid")
    told = [(one["path"], one["code"], one["message"]) for one in problem["errors"]]
    assert [one[:2] for one in told] == [one[:2] for one in faults]
    for one, (_, _, start) in zip(told, faults, strict=True):
        assert one[2].startswith(start)


@pytest.mark.parametrize(
    ("query", "path", "code", "message"),
    [
        ("since=1700000000", "since", "not_a_time", '"1700000000" is not a time; write RFC 3339 with an offset'),
        ("since=2026-11-20", "since", "not_a_time", '"2026-11-20" is not a time; write RFC 3339 with an offset'),
        ("since=0001-01-01T00:00:00%2B05:00", "since", "out_of_range", '"0001-01-01T00:00:00+05:00" is not in the'),
        ("limit=x", "limit", "wrong_type", 'Must be a whole number, not "x".'),
        ("limit=1.5", "limit", "wrong_type", 'Must be a whole number, not "1.5".'),
        ("limit=0", "limit", "out_of_range", '"0" is too small; the least is 1.'),
        ("limit=201", "limit", "out_of_range", '"201" is too big; the most is 200.'),
        ("limit=" + "9" * 5000, "limit", "out_of_range", '"999'),
        ("item_id=a%0Ab", "item_id", "bad_text", "Holds control characters"),
        ("lane=somewhere", "lane", "not_allowed", '"somewhere" is not one of: '),
    ],
)
def test_a_query_is_refused_in_words_for_people(desk: Any, query: str, path: str, code: str, message: str) -> None:
    (fault,) = refused(desk.get(f"/v1/screenings?{query}"), 422, "invalid")["errors"]
    assert (fault["path"], fault["code"]) == (path, code)
    assert fault["message"].startswith(message)


def test_an_unknown_address_is_told_in_our_words(desk: Any) -> None:
    problem = refused(desk.get("/v1/nothing"), 404, "not_found")
    assert problem["detail"] == "This service has nothing at this address."
    problem = refused(desk.client.delete("/v1/screenings"), 405, "method_not_allowed")
    assert problem["detail"] == "The address does not take this method."


def test_how_many_images_there_are_is_told(desk: Any, scan: bytes) -> None:
    for count, told in enumerate(("has no image.", "has one image, number 0.", "has images 0 to 1.")):
        identifier = desk.send(*[scan] * count, manifest={**GOOD, "item_id": f"C{count}"}).json["screening_id"]
        problem = refused(desk.get(f"/v1/screenings/{identifier}/images/{count}"), 404, "image_not_found")
        assert problem["detail"] == f"The screening {told}"


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x"])
def test_a_body_of_unknown_length_is_never_cut_short_in_silence(make_desk: Any, tmp_path: Any, media_type: str) -> None:
    small = make_desk(Settings(home=tmp_path, max_body_bytes=4000, max_manifest_bytes=1000))
    form = b'--x\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n' + TEXT.encode() + b"\r\n--x--\r\n"
    start = TEXT.encode() if media_type == "application/json" else form
    # As from granian: no Content-Length, the stream ends by itself.
    terminated = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    for more, status in ((b"", 201), (b" " * 5000, 413)):
        response = small.client.post(
            "/v1/screenings",
            input_stream=BytesIO(start + more),
            content_type=media_type,
            environ_overrides=terminated,
        )
        assert response.status_code == status, response.text


def test_a_picture_over_its_own_limit_is_unreadable_and_keeps_its_manifest(make_desk: Any, tmp_path: Any) -> None:
    desk = make_desk(Settings(home=tmp_path))
    tools = replace(desk.service.tools.current(), limits=PictureLimits(max_bytes=100))
    strict = make_desk(Settings(home=tmp_path), tools=tools)
    response = strict.send(b"\x89PNG\r\n\x1a\n" + b"0" * 200, manifest=GOOD)
    assert response.status_code == 201
    assert response.json["xray"]["ability"] == "unreadable"


@pytest.mark.parametrize("key", ["", "a" * 201, "tab\there", "ümlaut"])
def test_odd_idempotency_keys_are_refused(desk: Any, key: str) -> None:
    environ = {"HTTP_IDEMPOTENCY_KEY": key.encode("utf-8").decode("latin-1")}
    refused(desk.client.post("/v1/screenings", json=GOOD, environ_overrides=environ), 400, "bad_request")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/nothing", "not_found"),
        ("/v1/screenings/01K00000000000000000000000", "screening_not_found"),
        ("/v1/screenings/%00", "screening_not_found"),
        ("/v1/screenings/" + "x" * 3000, "screening_not_found"),
        ("/v1/screenings/01K00000000000000000000000/images/0", "screening_not_found"),
        ("/v1/screenings/01K00000000000000000000000/images/-1", "not_found"),
        ("/docs/assets/..%2f..%2fpyproject.toml", "not_found"),
    ],
)
def test_what_is_not_there_is_404(any_desk: Any, path: str, code: str) -> None:
    refused(any_desk.get(path), 404, code)


def test_wrong_methods_name_the_right_ones(desk: Any) -> None:
    response = desk.client.delete("/v1/screenings")
    refused(response, 405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    "query",
    ["lane=somewhere", "limit=0", "limit=201", "limit=x", "since=yesterday", "since=2026-01-01T00:00:00", "cursor=!!",
     "cursor=czk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "page=2", "item_id=%00"],
)  # fmt: skip
def test_wrong_list_queries_are_422(desk: Any, query: str) -> None:
    problem = refused(desk.get(f"/v1/screenings?{query}"), 422, "invalid")
    assert problem["errors"][0]["path"] == query.split("=")[0]


def test_refusals_leave_no_trace(desk: Any, scan: bytes) -> None:
    desk.screen({**GOOD, "channel": "rocket"})
    desk.client.post("/v1/screenings", data={"manifest": TEXT, "image": part(scan, "text/plain")})
    result = verify(desk.service.store)
    assert (result.records, result.pictures) == (0, 0)
    assert not list(desk.service.store.pictures.root.rglob("*"))


def test_an_unexpected_failure_is_500_without_a_traceback(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inner words")

    monkeypatch.setattr("service.recording.screen", fail)
    response = desk.screen(GOOD)
    problem = refused(response, 500, "internal")
    assert "secret" not in json.dumps(problem)
    assert verify(desk.service.store).records == 0


def test_a_store_without_tables_is_503_with_retry_after(desk: Any) -> None:
    with desk.service.store.writing() as connection:
        connection.execute(text("DROP TABLE chain_head"))
    response = desk.screen(GOOD)
    refused(response, 503, "store_unavailable")
    assert int(response.headers["Retry-After"]) > 0
    with desk.service.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM screening")).scalar() == 0


def test_a_picture_folder_that_cannot_be_written_is_503(desk: Any, scan: bytes) -> None:
    root = desk.service.store.pictures.root
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("a file where the folder should be")
    refused(desk.send(scan, manifest=GOOD), 503, "store_unavailable")
    assert verify(desk.service.store).records == 0
    root.unlink()
    assert desk.send(scan, manifest=GOOD).status_code == 201


def test_request_ids_are_taken_over_only_when_harmless(desk: Any) -> None:
    assert desk.get("/healthz", headers={"X-Request-ID": "belt-7.42"}).headers["X-Request-ID"] == "belt-7.42"
    for odd in ('a"b', "x" * 65, "a b"):
        assert desk.get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"] != odd


def test_every_answer_carries_the_security_headers(desk: Any) -> None:
    for path in ("/healthz", "/v1/sop", "/docs", "/console/sign-in", "/nowhere"):
        headers = desk.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
