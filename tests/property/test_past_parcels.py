"""What the store says of earlier parcels is what going through all of them one by one says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

from features.history import PastParcel
from service.settings import Settings
from service.store import findings, history, screenings
from service.store.entry import Entry, write_entries
from service.store.findings import FOUND, Finding
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.tables import metadata

START = datetime(2026, 11, 20, tzinfo=UTC)
LIMIT = 2
KEYS = ["sender:1", "sender:2", "recipient:1"]
ITEMS = list("ABCDEFGH")
BLANK = NewScreening(
    id="", item_id="", created_at=START, declared_at=None, stage="station", lane="release", outcome="AC", rule="D",
    random_selection=False, selection_probability=0.0, station_id=None, scanner_id=None, key_id=None, versions={},
    manifest="{}", answer="{}",
)  # fmt: skip


class Event(NamedTuple):
    """An item is screened, and something is found in it or not."""

    item: str
    keys: frozenset[str]
    minutes: int
    found: tuple[str | None, ...]


EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(ITEMS),
        st.frozensets(st.sampled_from(KEYS)),
        st.integers(-500, 500),
        st.lists(st.sampled_from(["illicit", "nothing", "not_opened", None]), max_size=2).map(tuple),
    ),
    max_size=20,
    unique_by=lambda event: event.minutes,
)


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(Settings(home=Path(tmp_path_factory.mktemp("past"))))
    store.upgrade()
    with pytest.MonkeyPatch.context() as patch:
        # A bound of two instead of two hundred, so that few parcels reach it.
        patch.setattr(history, "PER_KEY_LIMIT", LIMIT)
        history._latest.cache_clear()
        yield store
    history._latest.cache_clear()
    store.close()


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, keys=st.frozensets(st.sampled_from(KEYS)), item=st.sampled_from(ITEMS))
def test_the_store_says_what_a_walk_over_everything_says(
    emptied: Store, events: list[Event], keys: frozenset[str], item: str
) -> None:
    with emptied.writing() as connection:
        for table in ("entity", "finding", "screening"):
            connection.execute(metadata.tables[table].delete())
        write_entries(connection, [entry for event in events for entry in _entries(event)])
        found = history.past_parcels(connection, sorted(keys), item)
    assert history.past_parcels_of_store(emptied, sorted(keys), item) == found
    assert found == _walked(events, keys, item)


def _at(event: Event) -> datetime:
    return START + timedelta(minutes=event.minutes)


def _entries(event: Event) -> list[Entry]:
    about = dataclasses.replace(
        BLANK, id=str(ULID()), item_id=event.item, created_at=_at(event), entities=tuple(event.keys)
    )
    said = [
        Finding(id=str(ULID()), screening_id=about.id, item_id=event.item, created_at=_at(event), key_id=None,
                found=word, parts=("barrel",) if word == "illicit" else ())
        for word in event.found
    ]  # fmt: skip
    return [screenings.entry(about), *map(findings.entry, said)]


def _walked(events: list[Event], keys: frozenset[str], item: str) -> list[PastParcel]:
    moments: dict[tuple[str, str], datetime] = {}
    for event in events:
        for key in event.keys:
            moments.setdefault((event.item, key), _at(event))  # the first moment stays
    chosen = {event.item for event in events if "illicit" in event.found and _keys(moments, event.item) & keys}
    for key in keys:
        behind = sorted(((at, one) for (one, own), at in moments.items() if own == key and one != item), reverse=True)
        chosen.update(one for _, one in behind[:LIMIT])
    parcels = [_parcel(events, moments, one) for one in chosen - {item}]
    return sorted(parcels, key=lambda one: (one.at, one.item_id), reverse=True)


def _keys(moments: dict[tuple[str, str], datetime], item: str) -> set[str]:
    return {key for one, key in moments if one == item}


def _parcel(events: list[Event], moments: dict[tuple[str, str], datetime], item: str) -> PastParcel:
    parcel = PastParcel(item, min(at for (one, _), at in moments.items() if one == item),
                        tuple(sorted(_keys(moments, item))))  # fmt: skip
    for event in events:
        for word in event.found:
            if event.item == item and word and FOUND[word] is not None:
                parts = ("barrel",) if word == "illicit" else ()
                parcel = dataclasses.replace(parcel, found=FOUND[word], found_at=_at(event), parts=parts)
    return parcel
