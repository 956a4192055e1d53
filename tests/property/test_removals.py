"""Whatever is screened, found, purged and erased in whatever order: the store verifies, and no tampering passes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from features.history import entity_keys
from features.manifest import Item, Manifest, Party
from features.manifest_schema import manifest_to_dict
from service.erase import of_item
from service.purge import Due, criteria, purge
from service.removing import remove_all
from service.settings import Settings
from service.store import findings, screenings
from service.store.chain import canonical
from service.store.findings import Finding
from service.store.pictures import StoredPicture
from service.store.removal import Order
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.sweep import sweep
from service.store.tables import metadata
from service.store.verify import verify

START = datetime(2026, 1, 1, tzinfo=UTC)
LANES = ("detain", "examine", "release")
ITEMS = ("A", "B", "C")
PICTURES = (b"one", b"two")
screened = st.tuples(
    st.just("screen"), st.sampled_from(ITEMS), st.sampled_from(LANES), st.sampled_from((None, *PICTURES))
)
found = st.tuples(st.just("find"), st.sampled_from(ITEMS))
erased = st.tuples(st.just("erase"), st.sampled_from(ITEMS))
purged = st.tuples(st.just("purge"), st.integers(0, 12), st.booleans())
DEEDS = st.lists(st.one_of(screened, screened, screened, found, erased, purged), min_size=3, max_size=14)
TAMPERINGS = (
    "DELETE FROM screening", "DELETE FROM finding", "DELETE FROM tombstone", "DELETE FROM picture",
    "DELETE FROM entity", "UPDATE tombstone SET hash = prev_hash", "UPDATE tombstone SET kept = '{}'",
    "UPDATE tombstone SET id = id || 'x'", "UPDATE removal SET removed = '[]'", "UPDATE removal SET reason = 'another'",
    "UPDATE screening SET lane = 'release ', outcome = 'AC '", "UPDATE finding SET found = 'nothing '",
    "UPDATE chain_head SET hash = ''",
)  # fmt: skip
"""Each of one row alone, the first of its table; where there is none, there is nothing to find."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables: making them takes longer than everything else here."""
    home = tmp_path_factory.mktemp("empty")
    store = open_store(Settings(home=home))
    store.upgrade()
    store.close()
    return home / "store.sqlite3"


@contextmanager
def filled(empty: Path, deeds: list[tuple[object, ...]]) -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        shutil.copy(empty, Path(folder) / "store.sqlite3")
        store = open_store(Settings(home=Path(folder)))
        try:
            for number, deed in enumerate(deeds):
                _do(store, number, deed)
            yield store
        finally:
            store.close()


def _do(store: Store, number: int, deed: tuple[object, ...]) -> None:
    at = START + timedelta(days=number)
    order = Order(action="erase", at=at, by="x", reason="r", criteria={})
    if deed[0] == "screen":
        _screen(store, number, str(deed[1]), str(deed[2]), deed[3], at)
    elif deed[0] == "find":
        _find(store, number, str(deed[1]), at)
    elif deed[0] == "erase":
        with store.reading() as connection:
            ids = [one.screening_id for one in of_item(connection, str(deed[1]))]
        remove_all(store, ids, order)
    else:
        due = Due(START + timedelta(days=int(str(deed[1]))), with_findings=bool(deed[2]))
        purge(store, due, Order(action="purge", at=at, by="x", reason="r", criteria=criteria(due)))


def _screen(store: Store, number: int, item: str, lane: str, picture: object, at: datetime) -> None:
    sender = Party(name=f"Sender {number % 2}", address=("1 Row",), country="GB")
    manifest = Manifest(
        item_id=item, channel="courier", origin_country="GB", destination_country="MX",
        items=(Item(description="shirts"),), sender=sender,
    )  # fmt: skip
    pictures: tuple[StoredPicture, ...] = ()
    if isinstance(picture, bytes):
        pictures = (StoredPicture(0, None, store.pictures.keep(picture), len(picture), "image/png"),)
    new = NewScreening(
        id=f"{number:026}", item_id=item, created_at=at, declared_at=None, stage="station", lane=lane, outcome="AC",
        rule="R", random_selection=False, selection_probability=0.01, station_id=None, scanner_id=None, key_id=None,
        versions={}, manifest=canonical(manifest_to_dict(manifest)), answer="{}", entities=entity_keys(manifest),
        pictures=pictures,
    )  # fmt: skip
    with store.writing() as connection:
        screenings.append(connection, new)


def _find(store: Store, number: int, item: str, at: datetime) -> None:
    with store.writing() as connection:
        about = of_item(connection, item)
        if about:
            findings.append(connection, Finding(
                id=f"F{number:025}", screening_id=about[-1].screening_id, item_id=item, created_at=at, key_id=None,
                found="illicit", notes="words",
            ))  # fmt: skip


def _rows(connection: Connection, table: str) -> int:
    return int(connection.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())


@settings(max_examples=8, deadline=None)
@given(deeds=DEEDS)
def test_what_was_removed_in_order_verifies_and_leaves_no_orphan(empty: Path, deeds: list[tuple[object, ...]]) -> None:
    with filled(empty, deeds) as store:
        result = verify(store)
        assert result.problems == ()
        swept = sweep(store, START)
        assert swept.pictures == 0
        with store.reading() as connection:
            live, gone = (_rows(connection, name) for name in ("screening", "tombstone"))
            removals, found = (_rows(connection, name) for name in ("removal", "finding"))
        assert result.records == live + gone + removals + found


def tamper(store: Store, statement: str) -> None:
    """Change the file as somebody does who has it, and obeys no foreign key."""
    with sqlite3.connect(str(store.engine.url.database)) as connection:
        connection.execute(statement)
    connection.close()


@settings(max_examples=8, deadline=None)
@given(deeds=DEEDS, tampering=st.sampled_from(TAMPERINGS))
def test_no_tampering_passes(empty: Path, deeds: list[tuple[object, ...]], tampering: str) -> None:
    table = tampering.split()[2 if tampering.startswith("DELETE") else 1]
    with filled(empty, deeds) as store:
        with store.reading() as connection:
            there = _rows(connection, table)
        names = ", ".join(one.name for one in metadata.tables[table].primary_key)  # some tables have no rowid
        tamper(store, f"{tampering} WHERE ({names}) = (SELECT {names} FROM {table} ORDER BY {names} LIMIT 1)")
        assert bool(verify(store).problems) == bool(there)
