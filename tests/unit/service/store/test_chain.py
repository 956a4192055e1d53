"""The chain holds under several writers, and `verify` finds whatever was tampered with."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from features.history import entity_keys
from features.manifest import Item, Manifest, Party
from features.manifest_schema import manifest_to_dict
from service.settings import Settings
from service.store import findings, screenings
from service.store.chain import canonical
from service.store.findings import Finding
from service.store.pictures import PictureFolder, StoredPicture, media_type
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.verify import verify

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NewOne = Callable[..., NewScreening]
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def filled(store: Store, new_screening: NewOne, new_finding: Callable[..., Finding]) -> Store:
    """Three screenings, the second with a picture and a finding: four records."""
    sha256 = store.pictures.keep(PNG)
    shown = new_screening(pictures=(StoredPicture(0, "top", sha256, len(PNG), media_type(PNG)),), item_id="B")
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A"))
        screenings.append(connection, shown)
        findings.append(connection, new_finding(shown))
        screenings.append(connection, new_screening(item_id="C"))
    return store


def test_an_untouched_store_verifies(filled: Store) -> None:
    result = verify(filled)
    assert (result.records, result.pictures, result.problems) == (4, 1, ())


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE screening SET lane = 'release', outcome = 'DNL' WHERE seq = 2", "record_changed"),
        ("UPDATE screening SET answer = '{}' WHERE seq = 1", "record_changed"),
        ("UPDATE screening SET manifest = '{}' WHERE seq = 4", "record_changed"),
        ("UPDATE screening SET selection_probability = 0.02 WHERE seq = 1", "record_changed"),
        ("UPDATE finding SET found = 'nothing'", "record_changed"),
        ("UPDATE finding SET notes = 'nothing at all'", "record_changed"),
        ("UPDATE picture SET view = 'side'", "record_changed"),
        ("DELETE FROM picture", "record_changed"),
        ("DELETE FROM finding", "chain_gap"),
        ("DELETE FROM screening WHERE seq = 4", "chain_head_wrong"),
        ("UPDATE screening SET prev_hash = hash WHERE seq = 4", "chain_broken"),
        ("DELETE FROM chain_head", "chain_head_missing"),
    ],
)
def test_tampering_is_found(filled: Store, statement: str, code: str) -> None:
    with filled.writing() as connection:
        connection.execute(text(statement))
    assert code in {problem.code for problem in verify(filled).problems}


def manifest_of(sender: str) -> tuple[str, tuple[str, ...]]:
    """Return a manifest's JSON and its entity keys."""
    manifest = Manifest(
        item_id="X", channel="courier", origin_country="GB", destination_country="MX",
        items=(Item(description="cotton shirts"),),
        sender=Party(name=sender, address=("84 Trizave Square",), country="GB", phone="+999 516-33836"),
    )  # fmt: skip
    keys = entity_keys(manifest)
    assert {key.partition(":")[0] for key in keys} >= {"sender", "sender_phone"}
    return canonical(manifest_to_dict(manifest)), keys


@pytest.fixture
def peopled(store: Store, new_screening: NewOne) -> Store:
    """Two screenings of one item, the second under another name, then one of another item declared ahead of time."""
    sent = [("A", "Ropi Mesafi", None), ("A", "Kepu Tubezi", None), ("B", "Ropi Mesafi", NOON + timedelta(days=9))]
    with store.writing() as connection:
        for hours, (item_id, sender, declared) in enumerate(sent):
            text, keys = manifest_of(sender)
            at = NOON + timedelta(hours=hours)
            new = new_screening(item_id=item_id, manifest=text, entities=keys, created_at=at, declared_at=declared)
            screenings.append(connection, new)
    return store


def test_the_keys_of_an_untouched_store_verify(peopled: Store) -> None:
    assert verify(peopled).problems == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM entity", {("item A", "entity_missing"), ("item B", "entity_missing")}),
        ("DELETE FROM entity WHERE item_id = 'A' AND key LIKE 'sender_phone:%'", {("item A", "entity_missing")}),
        ("UPDATE entity SET key = 'sender:0' WHERE item_id = 'B' AND key LIKE 'sender:%'",
         {("item B", "entity_missing"), ("item B", "entity_added")}),
        ("INSERT INTO entity (key, item_id, at) SELECT 'seller:0', 'A', at FROM entity WHERE item_id = 'B' LIMIT 1",
         {("item A", "entity_added")}),
        ("INSERT INTO entity (key, item_id, at) SELECT key, 'Z', at FROM entity WHERE item_id = 'B'",
         {("item Z", "entity_added")}),
        ("UPDATE entity SET at = '2026-01-01 00:00:00.000000' WHERE item_id = 'B'", {("item B", "entity_changed")}),
    ],
)  # fmt: skip
def test_tampering_with_the_keys_of_people_is_found(
    peopled: Store, statement: str, found: set[tuple[str, str]]
) -> None:
    with peopled.writing() as connection:
        connection.execute(text(statement))
    assert {(problem.path, problem.code) for problem in verify(peopled).problems} == found


def test_a_manifest_that_cannot_be_read_is_named(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", manifest='{"item_id":"A"}'))
    assert [(one.path, one.code) for one in verify(store).problems] == [("item A", "manifest_unreadable")]


def test_every_break_is_named_at_once(filled: Store) -> None:
    with filled.writing() as connection:
        connection.execute(text("UPDATE screening SET answer = '{}' WHERE seq IN (1, 4)"))
    places = {problem.path for problem in verify(filled).problems}
    assert len(places) == 2


def test_a_changed_and_a_missing_picture_are_found(filled: Store) -> None:
    path = next(path for path in filled.pictures.root.rglob("*") if path.is_file())
    path.write_bytes(b"\x89PNG\r\n\x1a\n and so On")
    assert [problem.code for problem in verify(filled).problems] == ["picture_broken"]
    path.unlink()
    assert "cannot be read" in verify(filled).problems[0].message


def test_a_picture_that_a_purge_removed_meanwhile_is_no_break(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def purge(self: PictureFolder, sha256: str) -> str:
        with filled.writing() as connection:
            connection.execute(text("DELETE FROM picture"))
        return "cannot be read"

    monkeypatch.setattr(PictureFolder, "broken", purge)
    assert verify(filled).problems == ()


def _append_many(settings: Settings, made: list[NewScreening]) -> None:
    store = open_store(settings)
    for one in made:
        with store.writing() as connection:
            screenings.append(connection, one)
    store.close()


def test_several_processes_append_to_one_chain(store_settings: Settings, new_screening: NewOne) -> None:
    store = open_store(store_settings)
    store.upgrade()
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_append_many, args=(store_settings, [new_screening() for _ in range(15)]))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    result = verify(store)
    assert (result.records, result.problems) == (45, ())


def test_pictures_are_kept_once_and_never_half(tmp_path: Path, store: Store) -> None:
    first, second = store.pictures.keep(PNG), store.pictures.keep(PNG)
    files = [path for path in store.pictures.root.rglob("*") if path.is_file()]
    assert (first, len(files)) == (second, 1)
    assert files[0].read_bytes() == PNG
    assert store.pictures.broken(first) is None


def test_a_spoilt_picture_is_mended_by_sending_it_again(store: Store) -> None:
    sha256 = store.pictures.keep(PNG)
    spoilt = store.pictures.path(sha256)
    for bytes_now in (PNG[:-1] + b"X", PNG[:-1]):
        spoilt.write_bytes(bytes_now)
        assert store.pictures.keep(PNG) == sha256
        assert store.pictures.broken(sha256) is None
