"""Purging and erasing by command, as the service, the lists, the replays and the disk see it afterwards."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_runs import run_command
from sqlalchemy import func, select, update

from service.screening import Tools
from service.settings import Settings
from service.store.tables import access, idempotency, screening, shadow
from service.store.verify import verify
from sop.active import shipped_policy_path
from sop.reading.packages import load_package
from sop.registry.versions import keep

CANARY = "Zzyxquil Vantrebble"
OTHER = {"name": "Ondry Falkmeer", "address": ["7 Quarry Row"], "city": "Leeds", "country": "GB"}
PERSON = {
    "name": CANARY,
    "address": ["19 Wexcombe Parade"],
    "city": "Leeds",
    "country": "GB",
    "phone": "+999 4410 7781",
}


def manifest(item_id: str, sender: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    return {**base, "item_id": item_id, "sender": sender}


@pytest.fixture
def sent() -> dict[str, Any]:
    return {
        "channel": "courier", "origin_country": "GB", "destination_country": "MX",
        "items": [{"description": "cotton shirts", "value": {"amount": "25.00", "currency": "USD"}}],
    }  # fmt: skip


Filled = tuple[Any, dict[str, str]]


@pytest.fixture
def filled(make_desk: Any, tools: Tools, store_settings: Settings, sent: dict[str, Any], scan: bytes) -> Filled:
    """On SQLite, then on PostgreSQL."""
    return fill(make_desk, tools, store_settings, sent, scan)


@pytest.fixture
def small(make_desk: Any, tools: Tools, tmp_path: Path, sent: dict[str, Any], scan: bytes) -> Filled:
    """The same on SQLite alone, for what has nothing to do with the kind of database."""
    return fill(make_desk, tools, Settings(home=tmp_path / "home"), sent, scan)


def fill(make_desk: Any, tools: Tools, settings: Settings, sent: dict[str, Any], scan: bytes) -> Filled:
    """By the person: one with a picture and a finding, one as recipient; by others: one with the same picture."""
    package = load_package(shipped_policy_path())
    keep(settings.home, package.files)
    desk = make_desk(settings, tools=replace(tools, package=package))
    ids = {
        "mine": desk.send(scan, manifest=manifest("MINE-1", PERSON, sent)).json["screening_id"],
        "to_me": desk.screen({**manifest("MINE-2", OTHER, sent), "recipient": PERSON}).json["screening_id"],
        "other": desk.send(scan, manifest=manifest("OTHER-1", OTHER, sent)).json["screening_id"],
        "namesake": desk.screen(manifest("OTHER-2", {**OTHER, "name": CANARY}, sent)).json["screening_id"],
    }
    found = {"found": "illicit", "parts": ["barrel"], "notes": f"{CANARY} came to collect it"}
    assert desk.client.post(f"/v1/screenings/{ids['mine']}/finding", json=found).status_code == 201
    return desk, ids


def run(desk: Any, *words: object, code: int = 0) -> str:
    settings: Settings = desk.settings
    more = {"database_url": settings.database_url} if settings.database_url else {}
    told: str = run_command(settings.home, *words, code=code, **more).stdout
    return told


def test_one_person_is_erased_and_nobody_else(filled: Filled, tmp_path: Path) -> None:
    desk, ids = filled
    file = tmp_path / "person.json"
    file.write_text(json.dumps(PERSON), encoding="utf-8")
    shown = json.loads(run(desk, "db", "erase", "--person-file", file, "--dry-run", "--json"))
    assert {one["screening_id"] for one in shown["screenings"]} == {ids["mine"], ids["to_me"]}
    assert shown["same_name"] == [ids["namesake"]]
    assert desk.get(f"/v1/screenings/{ids['mine']}").status_code == 200
    done = run(desk, "db", "erase", "--person-file", file, "--reason", "request 17")
    assert done.startswith("Erased: 2 screenings, 1 findings, 0 pictures")
    for name in ("mine", "to_me"):
        for path in ("", "/images/0", "/findings"):
            gone = desk.get(f"/v1/screenings/{ids[name]}{path}")
            assert (gone.status_code, gone.json["code"]) == (410, "erased")
    late = desk.client.post(f"/v1/screenings/{ids['mine']}/finding", json={"found": "nothing"})
    assert late.json["code"] == "erased"
    listed = desk.get("/v1/screenings").json["screenings"]
    assert [one["screening_id"] for one in listed] == [ids["namesake"], ids["other"]]
    assert desk.screen({"item_id": "MINE-1"}).json["code"] == "item_not_on_file"
    assert desk.get(f"/v1/screenings/{ids['other']}/images/0").status_code == 200
    assert verify(desk.service.store).problems == ()
    assert "request 17" in run(desk, "db", "removals")
    with desk.service.store.reading() as connection:
        noted = connection.execute(select(access).where(access.c.action == "db.erase").order_by(access.c.id)).all()
    assert [(bool(row.account), row.key_id) for row in noted] == [(True, None)] * 2
    for command in (
        ("sop", "replay"),
        ("sop", "simulate", shipped_policy_path().parent, "--since", "30d"),
        ("db", "rekey"),
    ):
        run(desk, *command)


def test_an_item_is_erased_down_to_the_bytes_of_the_files(filled: Filled) -> None:
    desk, _ = filled
    home: Path = desk.settings.home
    mine = manifest("MINE-3", PERSON, desk_base())
    again = desk.screen(mine, headers={"Idempotency-Key": "once"}).json["screening_id"]
    for item in ("MINE-1", "MINE-2", "MINE-3", "OTHER-2"):
        run(desk, "db", "erase", "--item", item, "--reason", "request 18")
    assert desk.get(f"/v1/screenings/{again}").json["code"] == "erased"
    if not desk.settings.database_url:
        left = b"".join(path.read_bytes() for path in home.glob("store.sqlite3*"))
        for word in (CANARY, "Wexcombe", "MINE-1", "4410 7781", "came to collect"):
            assert word.encode() not in left
    # The key's answer is gone with it, so the parcel is screened anew.
    repeated = desk.screen(manifest("NEW", OTHER, desk_base()), headers={"Idempotency-Key": "once"})
    assert repeated.status_code == 201
    assert [path for path in (home / "pictures").rglob("*") if path.is_file()]
    run(desk, "db", "erase", "--item", "OTHER-1", "--reason", "request 19", "--vacuum")
    assert not [path for path in (home / "pictures").rglob("*") if path.is_file()]
    assert verify(desk.service.store).problems == ()


def desk_base() -> dict[str, Any]:
    return {
        "channel": "courier", "origin_country": "GB", "destination_country": "MX",
        "items": [{"description": "cotton shirts"}],
    }  # fmt: skip


def test_a_purge_spares_what_was_found_or_detained_unless_it_is_asked_for(filled: Filled) -> None:
    """Two parcels are in documents; those with the picture are detained, and one of them has a finding."""
    desk, ids = filled
    purge = ("db", "purge", "--older-than", "0d", "--reason", "over", "--json")
    before = json.loads(run(desk, *purge, "--dry-run"))
    assert (before["by_lane"], before["spared_findings"], before["pictures_without_record"]) == ({"documents": 2}, 0, 0)
    first = json.loads(run(desk, *purge))
    assert desk.get(f"/v1/screenings/{ids['to_me']}").json["code"] == "purged"
    before = json.loads(run(desk, *purge, "--dry-run", "--lane", "detain"))
    assert (before["by_lane"], before["spared_findings"]) == ({"detain": 1}, 1)
    second = json.loads(run(desk, *purge, "--lane", "detain"))
    assert desk.get(f"/v1/screenings/{ids['mine']}").status_code == 200
    third = json.loads(run(desk, *purge, "--lane", "detain", "--with-findings"))
    assert [(one["screenings"], one["findings"], one["pictures"]) for one in (first, second, third)] == [
        (2, 0, 0), (1, 0, 0), (1, 1, 1),
    ]  # fmt: skip
    assert desk.get("/v1/screenings").json["screenings"] == []
    assert verify(desk.service.store).problems == ()


def test_what_is_younger_or_in_another_lane_stays(small: Filled) -> None:
    desk, _ = small
    old = json.loads(run(desk, "db", "purge", "--older-than", "5y", "--reason", "over", "--json"))
    other = json.loads(run(desk, "db", "purge", "--older-than", "0d", "--lane", "release", "--reason", "x", "--json"))
    assert (old["screenings"], other["screenings"]) == (0, 0)
    assert len(desk.get("/v1/screenings").json["screenings"]) == 4


def test_a_list_of_removals_removes_again_after_a_restore(small: Filled, tmp_path: Path) -> None:
    desk, ids = small
    home: Path = desk.settings.home
    with sqlite3.connect(home / "store.sqlite3") as connection:
        connection.execute(f"VACUUM INTO '{tmp_path / 'backup.sqlite3'}'")
    run(desk, "db", "erase", "--item", "MINE-1", "--reason", "request 19")
    listed = tmp_path / "removals.ndjson"
    listed.write_text(run(desk, "db", "removals"), encoding="utf-8")
    desk.service.store.close()
    for path in home.glob("store.sqlite3*"):
        path.unlink()
    (tmp_path / "backup.sqlite3").rename(home / "store.sqlite3")
    assert desk.get(f"/v1/screenings/{ids['mine']}").status_code == 200
    assert run(desk, "db", "removals", "--apply", listed, "--reason", "restored").startswith("1 screenings")
    assert desk.get(f"/v1/screenings/{ids['mine']}").json["code"] == "erased"
    assert verify(desk.service.store).problems == ()


def test_what_ended_processes_left_behind_is_put_away(small: Filled) -> None:
    desk, ids = small
    store = desk.service.store
    orphan = store.pictures.path(store.pictures.keep(b"nobody names this picture"))
    scratch = orphan.parent / ".incoming-abc"
    scratch.write_bytes(b"half")
    os.utime(scratch, (0, 0))
    with store.writing() as connection:
        moment = connection.execute(select(func.min(screening.c.created_at))).scalar_one()
        waiting = {"trial": "1", "screening_id": ids["other"], "at": moment, "state": "waiting", "versions": "{}"}
        connection.execute(shadow.insert(), waiting)
        once = {"key_id": "k", "idempotency_key": "i", "request_sha256": "", "screening_id": ids["other"]}
        connection.execute(idempotency.insert(), {**once, "created_at": moment.replace(year=2020)})
        connection.execute(update(shadow).values(at=moment.replace(year=2020)))
        connection.execute(update(access).values(at=moment.replace(year=2020)))
    run(desk, "db", "purge", "--older-than", "9y", "--reason", "x", "--access-log", "1y", "--dry-run")
    swept = json.loads(run(desk, "db", "sweep", "--json"))
    assert swept == {"pictures": 1, "scratch": 1, "waiting": 1, "idempotency_keys": 1, "kept": 0}
    assert not orphan.exists()
    run(desk, "db", "purge", "--older-than", "9y", "--reason", "x", "--access-log", "1y")
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(access)).scalar_one() == 0
    assert verify(store).problems == ()


def test_mistakes_are_told_and_change_nothing(desk: Any) -> None:
    for words, code, told in (
        (("erase", "--item", "NONE", "--reason", "x"), 1, "No screening names this item"),
        (("erase", "--reason", "x"), 2, "either an item"),
        (("erase", "--item", "MINE-1"), 2, "--reason must say why"),
        (("erase", "--person-file", "gone.json", "--reason", "x"), 3, "cannot be read"),
        (("purge", "--older-than", "5 years", "--reason", "x"), 2, "write an age"),
        (("removals", "--apply", "gone.ndjson", "--reason", "x"), 3, "cannot be read"),
    ):
        assert told in run_command(desk.settings.home, "db", *words, code=code).stderr


def test_a_person_needs_more_than_a_name(small: Filled, tmp_path: Path) -> None:
    desk, _ = small
    file = tmp_path / "person.json"
    file.write_text(json.dumps({"name": CANARY}), encoding="utf-8")
    run(desk, "db", "erase", "--person-file", file, "--reason", "x", code=1)
    assert run(desk, "db", "erase", "--person-file", file, "--reason", "x", "--same-name").startswith("Erased: 3")
    wrongs: tuple[Any, ...] = ({"nme": "x"}, {"name": 5}, {"address": "one line"}, {}, [])
    for wrong in wrongs:
        file.write_text(json.dumps(wrong), encoding="utf-8")
        run(desk, "db", "erase", "--person-file", file, "--reason", "x", code=3)
