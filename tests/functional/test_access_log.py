"""Who read what is on record, and nothing personal is in logs, figures or refusals."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from cli_runs import run_command
from sqlalchemy import text

from service.logs import JsonLines, Readable
from service.settings import Settings

CANARIES = ("Quibblethorne", "Zanzarelle", "Pomfretway", "RR473124829GB", "+44700900123", "quib@example.invalid",
            "c-88121xq", "LS1 9ZZ", "gumshoe")  # fmt: skip
MANIFEST: dict[str, Any] = {
    "item_id": "RR473124829GB", "channel": "postal", "origin_country": "GB", "destination_country": "MX",
    "sender": {"name": "Quibblethorne", "address": ["12 Pomfretway"], "city": "Leeds", "postcode": "LS1 9ZZ",
               "country": "GB", "phone": "+44700900123", "email": "quib@example.invalid", "account_id": "c-88121xq"},
    "recipient": {"name": "Zanzarelle", "country": "MX"},
    "items": [{"description": "gumshoe statue"}],
}  # fmt: skip


def test_whoever_reads_is_noted_on_every_way(any_desk: Any, scan: bytes) -> None:
    desk = any_desk
    identifier = desk.send(scan).json["screening_id"]
    reads = [f"/v1/screenings/{identifier}", f"/v1/screenings/{identifier}/images/0", "/v1/screenings",
             f"/v1/screenings/{identifier}/findings"]  # fmt: skip
    for path in reads:
        assert desk.get(path).status_code == 200
    found = desk.get(f"/v1/access?screening={identifier}").json
    told = [(one["action"], one["subject"]) for one in reversed(found["accesses"])]
    kinds = ["screening.read", "picture.read", "screening.list", "screening.read"]
    assert told == [(kind, identifier) for kind in kinds]
    assert {one["key_id"] for one in found["accesses"]} != {None}
    assert all(one["request_id"] for one in found["accesses"])
    page = desk.get("/v1/access?limit=2").json
    assert (len(page["accesses"]), page["accesses"][0]["action"]) == (2, "access.read")
    older = desk.get(f"/v1/access?limit=2&before={page['next_before']}").json["accesses"]
    assert older[0]["id"] == page["next_before"] - 1
    assert desk.get("/v1/access?limit=0").json["code"] == "invalid"
    for role in ("station", "officer", "analyst", "sop_author"):
        assert desk.with_key(role).get("/v1/access").json["code"] == "forbidden"


def test_nobody_is_signed_in_without_a_note(desk: Any) -> None:
    key = desk.key("officer")
    with desk.service.store.writing() as connection:
        connection.execute(text("ALTER TABLE access RENAME TO elsewhere"))
    client = desk.app.test_client()
    assert client.post("/console/sign-in", data={"key": key}).status_code == 503
    with desk.service.store.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO access"))
    assert client.get("/console").status_code == 303


def test_the_command_tells_the_same(any_desk: Any) -> None:
    desk, settings = any_desk, any_desk.settings
    identifier = desk.screen().json["screening_id"]
    desk.get(f"/v1/screenings/{identifier}")
    more = {"database_url": settings.database_url} if settings.database_url else {}
    told = run_command(settings.home, "db", "access", "--screening", identifier, **more).stdout
    assert told.count("\n") == 1
    assert "screening.read" in told
    lines = run_command(settings.home, "db", "access", "--json", **more).stdout.splitlines()
    assert [json.loads(line)["action"] for line in lines[:2]] == ["db.access", "screening.read"]
    assert "Nobody" in run_command(settings.home, "db", "access", "--key", "none", **more).stdout


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Any:
    """Everything that was logged, in both forms of a line."""
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(form.format(record) for record in caplog.records for form in (JsonLines(), Readable()))


def test_nothing_personal_is_said_where_it_does_not_belong(desk: Any, scan: bytes, said: Any) -> None:
    """A whole story of requests, the failing ones too, and then every log line, figure and refusal is searched."""
    broken = {**MANIFEST, "gross_weight_g": "Quibblethorne", "sender": {**MANIFEST["sender"], "country": "Zanzarelle"}}
    done = [
        desk.send(scan, manifest=MANIFEST),
        desk.screen(MANIFEST, headers={"Idempotency-Key": "Quibblethorne-1"}),
        desk.screen({"item_id": "RR473124829GB"}),
        desk.screen({**MANIFEST, "extra": {"break": True}}),
    ]
    identifier = done[0].json["screening_id"]
    finding = {"found": "illicit", "notes": "Zanzarelle collects for Quibblethorne", "reference": "gumshoe"}
    done += [
        desk.client.post(f"/v1/screenings/{identifier}/finding", json=finding),
        desk.client.post("/v1/screenings:batch", data=json.dumps(MANIFEST) + "\n{\"item_id\": 5}\n",
                         content_type="application/x-ndjson"),
        desk.get("/v1/screenings?item_id=RR473124829GB"),
        desk.get(f"/v1/screenings/{identifier}/images/0"),
    ]  # fmt: skip
    assert {one.status_code for one in done} <= {200, 201}
    refused = [
        desk.screen({**MANIFEST, "nature": "gift"}, headers={"Idempotency-Key": "Quibblethorne-1"}),
        desk.get("/v1/screenings/RR473124829GB"),
        desk.get("/v1/Quibblethorne"),
    ]
    assert {one.status_code for one in refused} == {404, 409}
    with desk.service.store.writing() as connection:
        connection.execute(text("ALTER TABLE screening RENAME TO elsewhere"))
    refused.append(desk.screen(MANIFEST))
    refused.append(desk.get(f"/v1/screenings/{identifier}"))
    assert {one.status_code for one in refused[-2:]} <= {500, 503}
    assert desk.screen(broken).status_code == 422
    figures = desk.get("/metrics").get_data(as_text=True)
    spoken = {"log": said(), "figures": figures, "refusals": "".join(one.get_data(as_text=True) for one in refused)}
    assert identifier in spoken["log"]
    assert "parcel_screening" in spoken["figures"]
    assert {(place, word) for place, words in spoken.items() for word in CANARIES if word in words} == set()


def test_commands_say_nothing_personal_either(make_desk: Any, tmp_path: Any, said: Any) -> None:
    desk = make_desk(Settings(home=tmp_path / "home"))
    desk.screen(MANIFEST)
    file = tmp_path / "person.json"
    file.write_text(json.dumps({"name": "Quibblethorne", "phone": "+44700900123"}), encoding="utf-8")
    spoken = [
        run_command(desk.settings.home, "db", *words).stdout
        for words in (
            ("erase", "--person-file", file, "--dry-run"), ("erase", "--person-file", file, "--reason", "request 1"),
            ("removals",), ("access",), ("purge", "--older-than", "1y", "--dry-run"), ("verify",),
        )
    ]  # fmt: skip
    assert [word for word in CANARIES if word in "".join(spoken) + said()] == []
