"""The replay of a table gives every parcel the history that serving would have given it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

import features.history
import training.replay
import training.replay_counts
from features.history import PastParcel, summarise_keys
from features.manifest import Item, Manifest
from training.entities import EntityColumn
from training.records import Record
from training.replay import Histories, TimeColumn

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("sender", "sender_phone", "recipient", "recipient_email", "seller")
# As with real digests, two kinds never share their digits.
KEYS = [f"{kind}:{sha256(f'{kind} {name}'.encode()).hexdigest()[:24]}" for kind in KINDS for name in "ab"]


def days(most: int) -> st.SearchStrategy[datetime]:
    # Odd seconds, so that sums of weights differ in their last bits when taken in another order.
    return st.integers(0, most).map(lambda number: START + timedelta(days=number, seconds=number * 37 % 86400))


@dataclass(frozen=True)
class Screened:
    """A parcel as a table has it: when it was declared and screened, and what was found."""

    item_id: str
    declared_at: datetime | None
    at: datetime
    entities: tuple[str, ...]
    found: bool | None
    found_at: datetime | None
    parts: tuple[str, ...]


def parcels(items: st.SearchStrategy[str]) -> st.SearchStrategy[list[Screened]]:
    return st.lists(
        st.builds(
            Screened,
            item_id=items,
            declared_at=st.none() | days(60) | days(500),
            at=days(60) | days(500),
            entities=st.sets(st.sampled_from(KEYS), max_size=5).map(lambda keys: tuple(sorted(keys))),
            found=st.sampled_from([None, None, True, False]),
            found_at=st.none() | days(600),
            parts=st.sampled_from([(), ("barrel",), ("slide", "frame")]),
        ),
        max_size=30,
    )


def replayed(known: Sequence[Screened]) -> list[object]:
    entities, times = EntityColumn(), TimeColumn()
    for one in known:
        manifest = Manifest(
            item_id=one.item_id, channel="postal", origin_country="GB", destination_country="PT",
            declared_at=one.declared_at, items=(Item(hs_code="7326"),),
        )  # fmt: skip
        entities.add(one.entities)
        found = {"found": one.found, "found_at": one.found_at, "parts": one.parts}
        times.add(Record(manifest=manifest, at=one.at, label=None, **found))
    histories = Histories(entities.finish(), times.finish())
    return [histories.history(place) for place in range(len(known))]


def stored(entries: Sequence[Screened], at: datetime) -> PastParcel:
    """Return what the store makes of one item's screenings: the first moment, all keys, the latest finding."""
    opened = [one for one in entries if one.found is not None and one.found_at is not None and one.found_at <= at]
    last = max(opened, key=lambda one: (one.found_at, one.at), default=None)
    return PastParcel(
        item_id=entries[0].item_id,
        at=min(min(one.declared_at or one.at, one.at) for one in entries),
        entities=tuple(sorted({key for one in entries for key in one.entities})),
        found=last.found if last else None,
        found_at=last.found_at if last else None,
        parts=last.parts if last else (),
    )


def expected(known: Sequence[Screened]) -> list[object]:
    # By brute force: everything that was screened before is handed over.
    histories = []
    for mine in known:
        earlier: dict[str, list[Screened]] = {}
        for other in known:
            if other.at < mine.at:
                earlier.setdefault(other.item_id, []).append(other)
        past = [stored(entries, mine.at) for entries in earlier.values()]
        histories.append(summarise_keys(mine.entities, mine.item_id, past, mine.at))
    return histories


def compare(known: list[Screened], limit: int) -> None:
    with (
        patch.object(features.history, "PER_KEY_LIMIT", limit),
        patch.object(training.replay_counts, "PER_KEY_LIMIT", limit),
        patch.object(training.replay, "PER_KEY_LIMIT", limit),
    ):
        assert replayed(known) == expected(known)


@given(parcels(st.uuids().map(str)), st.sampled_from([1, 2, 200]))
@settings(max_examples=150, deadline=None)
def test_parcels_of_different_items_agree_with_brute_force(known: list[Screened], limit: int) -> None:
    compare(known, limit)


@given(parcels(st.sampled_from([f"item-{number}" for number in range(12)])), st.sampled_from([1, 2, 200]))
@settings(max_examples=150, deadline=None)
def test_items_screened_more_than_once_agree_too(known: list[Screened], limit: int) -> None:
    compare(known, limit)
