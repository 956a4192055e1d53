"""What a key with limits does over HTTP: its stations, its rate, its end; and what is on record of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from features.errors import UsageError
from service.auth import Grant, create_key
from service.certificates import proxys_word
from service.settings import Settings
from service.stations import Stations
from service.store.tables import access, api_key


@pytest.fixture
def scoped(desk: Any) -> Any:
    """Return a maker of test clients, each with a new key of these stations."""

    def make(*patterns: str, role: str = "station", **grant: Any) -> Any:
        stations = Stations(patterns) if patterns else None
        token = create_key(desk.service.store, role, "", desk.service.clock(), Grant(stations=stations, **grant))[1]
        client = desk.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return make


def parcel(name: str = "a") -> dict[str, Any]:
    item = {"description": "cotton shirts", "quantity": 1}
    return {"item_id": name, "channel": "courier", "origin_country": "GB", "destination_country": "MX", "items": [item]}


def station_of(desk: Any, answer: Any) -> str | None:
    page = desk.get(f"/v1/screenings/{answer.json['screening_id']}")
    assert page.status_code == 200
    with desk.service.store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT station_id FROM screening WHERE id = ?", (answer.json["screening_id"],)
        )
        return rows.scalar_one()  # type: ignore[no-any-return]


def test_a_key_of_one_station_need_not_name_it(desk: Any, scoped: Any) -> None:
    client = scoped("belt-4")
    for path in ("/v1/screenings", "/v1/screenings?station_id=belt-4"):
        assert station_of(desk, client.post(path, json=parcel())) == "belt-4"
    headers = {"Idempotency-Key": "1"}
    first = client.post("/v1/screenings", json=parcel("b"), headers=headers)
    assert client.post("/v1/screenings", json=parcel("b"), headers=headers).data == first.data


def test_a_key_of_several_stations_must_name_one_of_them(desk: Any, scoped: Any) -> None:
    client = scoped("belt-*", "yard")
    assert station_of(desk, client.post("/v1/screenings?station_id=belt-17", json=parcel())) == "belt-17"
    missing = client.post("/v1/screenings", json=parcel())
    assert (missing.status_code, missing.json["errors"][0]["path"]) == (422, "station_id")
    assert "belt-*, yard" in missing.json["errors"][0]["message"]
    other = client.post("/v1/screenings?station_id=dock", json=parcel())
    assert (other.status_code, other.json["code"]) == (403, "other_station")
    fields = {"manifest": json.dumps(parcel()), "station_id": "dock"}
    form = client.post("/v1/screenings", data=fields, content_type="multipart/form-data")
    assert form.status_code == 403
    assert [one["item_id"] for one in desk.get("/v1/screenings").json["screenings"]] == ["a"]


def test_a_batch_is_recorded_for_the_keys_own_station(desk: Any, scoped: Any) -> None:
    lines = "\n".join(json.dumps(parcel(name)) for name in "ab")
    kind = "application/x-ndjson"
    answer = scoped("belt-4").post("/v1/screenings:batch", data=lines, content_type=kind)
    assert [json.loads(line)["status"] for line in answer.text.splitlines()] == [201, 201]
    listed = scoped("belt-*").get("/v1/screenings").json["screenings"]
    assert [one["item_id"] for one in listed] == ["b", "a"]
    assert scoped("yard", "belt-*").post("/v1/screenings:batch", data=lines, content_type=kind).status_code == 422


def test_pages_of_a_list_hold_the_keys_stations_alone(desk: Any, scoped: Any) -> None:
    for number in range(6):
        path = f"/v1/screenings?station_id={'yard' if number % 2 else 'belt-1'}"
        assert desk.client.post(path, json=parcel(str(number))).status_code == 201
    desk.client.post("/v1/screenings", json=parcel("advance data"))
    client, seen, cursor = scoped("belt-*", role="analyst"), [], ""
    while cursor is not None:
        page = client.get(f"/v1/screenings?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [one["item_id"] for one in page["screenings"]]
        cursor = page["next_cursor"]
    assert seen == ["4", "2", "0"]


def test_advance_data_is_used_by_every_station_and_read_by_none(desk: Any, scoped: Any) -> None:
    advance = desk.client.post("/v1/screenings", json=parcel()).json["screening_id"]
    client = scoped("belt-4")
    assert client.get(f"/v1/screenings/{advance}").status_code == 404
    assert client.post("/v1/screenings", json={"item_id": "a"}).status_code == 201


def test_too_many_requests_are_told_when_to_come_again(scoped: Any, desk: Any) -> None:
    client, other = scoped(requests_per_minute=12), scoped(requests_per_minute=12)
    answers = [client.get("/v1/sop") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json["code"] == "rate_limited"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 5
    assert other.get("/v1/sop").status_code == 200
    assert desk.get("/v1/sop").status_code == 200
    assert 'keys_refused_total{reason="rate"} 1.0' in desk.get("/metrics").text


def test_the_settings_limit_keys_that_have_no_limit(tmp_path: Any, make_desk: Any) -> None:
    desk = make_desk(Settings(home=tmp_path / "home", requests_per_minute=6, wrong_keys_per_minute=3))
    assert [desk.get("/v1/sop").status_code for _ in range(2)] == [200, 429]
    client, wrong = desk.app.test_client(), {"Authorization": "Bearer ps_000000000000_" + "0" * 64}
    assert [client.get("/v1/sop", headers=wrong).status_code for _ in range(2)] == [401, 429]
    signing = [client.post("/console/sign-in", data={"key": "ps_000000000000_" + "0" * 64}) for _ in range(2)]
    assert [one.status_code for one in signing] == [429, 429]
    assert signing[0].headers["Retry-After"]
    assert "Too many wrong keys" in signing[0].text


def test_use_and_refusals_are_on_record_without_a_write_each(desk: Any, scoped: Any) -> None:
    client = scoped("belt-4")
    desk.client.post("/v1/screenings?station_id=dock", json=parcel())
    for _ in range(5):
        assert client.post("/v1/screenings?station_id=dock", json=parcel()).status_code == 403
        assert client.get("/v1/sop/history").status_code == 403
    desk.service.gate.close()  # writes what waits
    with desk.service.store.reading() as connection:
        actions = [row.action for row in connection.execute(select(access)) if row.action.startswith("key.refused")]
        used = connection.execute(select(api_key.c.last_used_at)).scalars().all()
    assert sorted(actions) == ["key.refused_role", "key.refused_station"]
    assert None not in used


def test_settings_about_certificates_that_do_not_fit_are_refused_by_name() -> None:
    good = {"client_certificate_header": "X-Client-Certificate", "proxy_secret": "s" * 32, "trusted_proxies": 1}
    assert proxys_word(Settings(**good)) is not None
    assert proxys_word(Settings()) is None
    for name, value in {"client_certificate_header": "", "proxy_secret": "short", "trusted_proxies": 0}.items():
        with pytest.raises(UsageError, match=name.upper()):
            proxys_word(Settings(**{**good, name: value}))
