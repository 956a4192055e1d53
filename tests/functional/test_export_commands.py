"""Exports name nobody, keep who is who, and train a model as they are."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from cli_runs import run_command

from features.history import entity_keys
from features.identifiers import parse_s10
from features.indicators.register import raise_indicators
from features.manifest import Document, Manifest, Marketplace, Party
from features.manifest_schema import manifest_to_dict, parse_manifest
from models.site import NO_SITE
from service.pseudonyms import Pseudonyms
from service.settings import Settings
from service.store import findings, screenings
from service.store.chain import canonical
from service.store.findings import Finding
from service.store.screenings import NewScreening
from service.store.store import open_store
from training.data import open_source
from training.frame import make_frame
from training.mapping import load_mapping
from training.risk import Options, fit_model

SECRET = Pseudonyms(b"secret")
LANES: dict[str, Any] = {"lane": "examine", "outcome": "RFS", "rule": "RK-020", "random_selection": False}


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Labelled synthetic parcels, as `synth manifests` writes them."""
    folder = tmp_path_factory.mktemp("parcels")
    run_command(folder, "synth", "manifests", "--count", 240, "--seed", 5, "--output", folder / "parcels.ndjson")
    return [json.loads(line) for line in (folder / "parcels.ndjson").read_text(encoding="utf-8").splitlines()]


def manifests(parcels: list[dict[str, Any]]) -> list[Manifest]:
    return [parse_manifest(one.get("manifest", one)) for one in parcels]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, parcels: list[dict[str, Any]]) -> Path:
    """A store with the parcels, each with a finding that says what it was."""
    home = tmp_path_factory.mktemp("home")
    store = open_store(Settings(home=home))
    store.upgrade()
    with store.writing() as connection:
        for number, manifest in enumerate(manifests(parcels)):
            _record(connection, f"{number:026}", manifest, illicit(number))
    store.close()
    return home


def illicit(number: int) -> bool:
    """Enough finds to fit a model on few parcels; what they are is of no importance here."""
    return number % 4 == 0


def _record(connection: Any, identifier: str, manifest: Manifest, illicit: bool) -> None:
    at = manifest.declared_at or datetime(2026, 1, 1, tzinfo=UTC)
    answer = json.dumps({"screening_id": identifier, "decision": {"placement_probability": 1.0}})
    new = NewScreening(
        id=identifier, item_id=manifest.item_id, created_at=at, declared_at=at, stage="station", station_id=None,
        scanner_id=None, key_id=None, selection_probability=0.01, versions={}, answer=answer,
        manifest=canonical(manifest_to_dict(manifest)), entities=entity_keys(manifest), **LANES,
    )  # fmt: skip
    screenings.append(connection, new)
    findings.append(connection, Finding(
        id=f"F{identifier[1:]}", screening_id=identifier, item_id=manifest.item_id, created_at=at, key_id=None,
        found="illicit" if illicit else "nothing", parts=("barrel",) if illicit else (),
    ))  # fmt: skip


def test_an_export_names_nobody_and_trains_a_model(home: Path, parcels: list[dict[str, Any]], tmp_path: Path) -> None:
    output = tmp_path / "training.parquet"
    assert "240 screenings" in run_command(home, "db", "export", "--output", output, "--dates", "day").stdout
    text = json.dumps(pyarrow.parquet.read_table(output).to_pylist(), default=str)
    for one in manifests(parcels)[::9]:
        for party in filter(None, (one.sender, one.recipient)):
            told = (party.name, party.phone, party.email, party.account_id, *(party.address or ()))
            assert not [value for value in told if value and len(value) > 7 and value in text]
        assert one.item_id not in text
    assert stat.S_IMODE((home / "pseudonyms.key").stat().st_mode) == 0o600
    mapping = load_mapping(output.with_suffix(".mapping.yaml"))
    read = list(open_source(output, mapping).records())
    assert [one.label for one in read] == [illicit(number) for number in range(len(parcels))]
    frame = make_frame(open_source(output, mapping))
    model = fit_model(frame, NO_SITE, Options(base_rate=0.25, parameters={"rounds": 3}))
    assert len(set(model.frame_scores(frame).probability)) > 1


def test_lines_are_read_as_they_are(home: Path, parcels: list[dict[str, Any]], tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{n}.ndjson" for n in range(3))
    run_command(home, "db", "export", "--output", first)
    run_command(home, "db", "export", "--output", second)
    run_command(home, "db", "export", "--output", third, "--rotate", "--until", "2030-01-01")
    read = list(open_source(first).records())
    assert [one.label for one in read] == [illicit(number) for number in range(len(parcels))]
    assert first.read_bytes() == second.read_bytes()
    items = [{json.loads(line)["manifest"]["item_id"] for line in one.open(encoding="utf-8")} for one in (first, third)]
    assert not items[0] & items[1]
    one = json.loads(first.read_text(encoding="utf-8").splitlines()[0])
    assert (one["lane"], one["selection_probability"], one["placement_probability"]) == ("examine", 0.01, 1.0)


def test_whoever_was_one_stays_one(parcels: list[dict[str, Any]]) -> None:
    """Two parcels share a key of history exactly where they shared it before."""
    shared: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for manifest in manifests(parcels):
        before, after = entity_keys(manifest), entity_keys(SECRET.manifest(manifest))
        assert [key.partition(":")[0] for key in before] == [key.partition(":")[0] for key in after]
        for one in before:
            shared.setdefault(one, set(after)).intersection_update(after)
        for one in after:
            back.setdefault(one, set(before)).intersection_update(before)
    assert all(shared.values())
    assert all(back.values())


def test_indicators_of_the_declaration_stay(parcels: list[dict[str, Any]]) -> None:
    """What is missing, invalid or a placeholder is so afterwards: the models learn from it."""
    about_people = {"SENDER_IS_RECIPIENT"}
    for manifest in manifests(parcels):
        before = {one.code for one in raise_indicators(manifest)} - about_people
        assert before == {one.code for one in raise_indicators(SECRET.manifest(manifest))} - about_people


def test_numbers_keep_their_kind_and_dates_their_grain() -> None:
    manifest = parse_manifest({
        "item_id": "RR473124829GB", "channel": "postal", "origin_country": "GB", "destination_country": "MX",
        "declared_at": "2026-11-20T08:15:00Z", "items": [{"description": "shirts"}],
        "extra": {"office": "7", "who": "Ann"},
    })  # fmt: skip
    manifest = replace(
        manifest,
        sender=Party(name="unknown", company="Ann Example Ltd", city="Leeds", postcode="LS1 1AA"),
        documents=(Document(type="licence", reference="EXP-2231"),),
        marketplace=Marketplace(platform="market", seller_id="s-1", listing_id="l-9"),
    )
    told = replace(SECRET, grain="week").manifest(manifest, frozenset({"office"}))
    other = parse_s10(told.item_id)
    assert other is not None
    assert (other.service[0], other.country, str(other) == manifest.item_id) == ("R", "GB", False)
    assert told.declared_at == datetime(2026, 11, 16, tzinfo=UTC)
    assert told.sender is not None
    assert told.sender.name == "unknown"
    assert told.extra == {"office": "7"}
    text = canonical(manifest_to_dict(told))
    for word in ("Ann", "Leeds", "LS1", "EXP-2231", "s-1", "l-9"):
        assert word not in text
    assert SECRET.item_id("courier number 5").startswith("item-")
    assert SECRET.manifest(manifest) != replace(SECRET, secret=b"other").manifest(manifest)


def test_names_in_any_script_are_replaced() -> None:
    for name in ("Иван Петров", "王小明", "محمد علي", "José Núñez", "X Æ"):
        party = SECRET.manifest(replace(BASE, sender=Party(name=name))).sender
        assert party is not None
        assert party.name
        assert not set(name.split()) & set(party.name.split())


BASE = parse_manifest({
    "item_id": "1", "channel": "courier", "origin_country": "GB", "destination_country": "MX",
    "items": [{"description": "shirts"}],
})  # fmt: skip


def test_everything_about_one_item(home: Path, parcels: list[dict[str, Any]], tmp_path: Path) -> None:
    item = manifests(parcels)[0].item_id
    run_command(home, "db", "export", "--item", item, "--output", tmp_path / "item.json")
    found = json.loads((tmp_path / "item.json").read_text(encoding="utf-8"))
    assert found["screenings"][0]["manifest"]["item_id"] == item
    assert found["screenings"][0]["findings"][0]["found"] in {"illicit", "nothing"}
    noted = run_command(home, "db", "access", "--screening", f"{0:026}", "--json").stdout
    shown = [json.loads(line) for line in noted.splitlines()]
    assert [(one["action"], one["key_id"], bool(one["account"])) for one in shown] == [("db.export", None, True)]
    run_command(home, "db", "export", "--item", "NONE", "--output", tmp_path / "none.json", code=1)
    run_command(home, "db", "export", "--output", tmp_path / "none.csv", code=2)
