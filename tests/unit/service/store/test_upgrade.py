"""A store of the release before keeps its records whole, and takes new ones with their evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, insert, select, text

from service.settings import Settings
from service.store import screenings
from service.store.chain import GENESIS, canonical
from service.store.engine import writing
from service.store.migrate import _config, revision, wanted_revision
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.tables import entity
from service.store.verify import verify

NewOne = Callable[..., NewScreening]
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
EVIDENCE = '{"item_id":"RR473124829GB","stage":"pre_arrival"}'


@pytest.fixture
def old(store_settings: Settings, new_screening: NewOne) -> Store:
    """A store as release 0.3 left it: tables of revision 0001, two chained screenings without evidence."""
    store = open_store(store_settings)
    with writing(store.engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = MetaData()
        tables.reflect(connection, only=["screening", "chain_head"])
        previous = GENESIS
        for seq in (1, 2):
            row = _old_row(new_screening(), seq, previous)
            connection.execute(tables.tables["screening"].insert(), row)
            previous = row["hash"]
        connection.execute(tables.tables["chain_head"].update().values(seq=2, hash=previous))
    return store


def _old_row(new: NewScreening, seq: int, previous: str) -> dict[str, Any]:
    """Return a row with the hash that revision 0001 gave it, written out here: it must never change again."""
    kept = {
        name: getattr(new, name)
        for name in ("id", "item_id", "created_at", "declared_at", "stage", "lane", "outcome", "rule",
                     "random_selection", "selection_probability", "station_id", "scanner_id", "key_id")
    }  # fmt: skip
    kept |= {
        "versions": json.dumps(new.versions, sort_keys=True),
        "manifest_sha256": _sha256(new.manifest),
        "answer_sha256": _sha256(new.answer),
    }
    record = canonical([previous, seq, {"kind": "screening", **kept, "pictures": []}])
    long = {"manifest": new.manifest, "answer": new.answer}
    return {**kept, **long, "seq": seq, "prev_hash": previous, "hash": _sha256(record)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_records_of_the_release_before_stay_whole(old: Store, new_screening: NewOne) -> None:
    assert revision(old.engine) == "0001"
    assert old.upgrade() == ("0001", wanted_revision())
    assert (verify(old).records, verify(old).problems) == (2, ())
    with old.writing() as connection:
        screenings.append(connection, new_screening(evidence=EVIDENCE))
        screenings.append(connection, new_screening())
    assert (verify(old).records, verify(old).problems) == (4, ())
    old.close()


def test_the_keys_of_people_are_all_there_after_an_upgrade(old: Store) -> None:
    keys = [(f"k{n % 7}", f"I{n // 3}", NOON) for n in range(20)]
    names = ("key", "item_id", "at")
    with old.writing() as connection:
        connection.execute(insert(entity), [dict(zip(names, one, strict=True)) for one in keys])
    old.upgrade()
    with old.reading() as connection:
        assert sorted(tuple(row) for row in connection.execute(select(entity))) == sorted(keys)
    old.close()


TAMPERING = (
    f"UPDATE screening SET evidence = '{{}}', evidence_sha256 = '{_sha256('{}')}' WHERE seq = 1",
    "UPDATE screening SET evidence = '{}' WHERE seq = 2",
    "UPDATE screening SET evidence = replace(evidence, 'pre_arrival', 'station') WHERE seq = 3",
    "UPDATE screening SET evidence = NULL WHERE seq = 4",
    "UPDATE screening SET evidence = NULL, evidence_sha256 = NULL WHERE seq = 5",
)


def test_evidence_that_was_changed_removed_or_added_is_found(old: Store, new_screening: NewOne) -> None:
    old.upgrade()
    with old.writing() as connection:
        for _ in range(4):
            screenings.append(connection, new_screening(evidence=EVIDENCE))
        for statement in TAMPERING:
            connection.execute(text(statement))
        places = connection.execute(text("SELECT id FROM screening ORDER BY seq")).scalars().all()
    wrong = {(one.path, one.code) for one in verify(old).problems}
    assert wrong == {(f"screening {place}", "record_changed") for place in places[:5]}
    old.close()
