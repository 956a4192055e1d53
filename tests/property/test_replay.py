"""The replay of a table gives every parcel the history that serving would have given it."""

from __future__ import annotations

from collections.abc import Sequence
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


def parcels(items: st.SearchStrategy[str], found_after: int) -> st.SearchStrategy[list[PastParcel]]:
    return st.lists(
        st.builds(
            PastParcel,
            item_id=items,
            at=days(60) | days(500),
            entities=st.sets(st.sampled_from(KEYS), max_size=5).map(lambda keys: tuple(sorted(keys))),
            found=st.sampled_from([None, None, True, False]),
            found_at=st.none() | days(500 + found_after),
            parts=st.sampled_from([(), ("barrel",), ("slide", "frame")]),
        ),
        max_size=30,
    )


def replayed(known: Sequence[PastParcel]) -> list[object]:
    entities, times = EntityColumn(), TimeColumn()
    for one in known:
        manifest = Manifest(
            item_id=one.item_id, channel="postal", origin_country="GB", destination_country="PT",
            items=(Item(hs_code="7326"),),
        )  # fmt: skip
        entities.add(one.entities)
        found = {"found": one.found, "found_at": one.found_at, "parts": one.parts}
        times.add(Record(manifest=manifest, at=one.at, label=None, **found))
    histories = Histories(entities.finish(), times.finish())
    return [histories.history(place) for place in range(len(known))]


def expected(known: Sequence[PastParcel]) -> list[object]:
    # By brute force: every parcel that shares a key is handed over.
    return [
        summarise_keys(
            one.entities, one.item_id,
            [other for other in known if other is not one and set(other.entities) & set(one.entities)], one.at,
        )
        for one in known
    ]  # fmt: skip


def compare(known: list[PastParcel], limit: int) -> None:
    with (
        patch.object(features.history, "PER_KEY_LIMIT", limit),
        patch.object(training.replay_counts, "PER_KEY_LIMIT", limit),
        patch.object(training.replay, "PER_KEY_LIMIT", limit),
    ):
        assert replayed(known) == expected(known)


@given(parcels(st.uuids().map(str), 100), st.sampled_from([1, 2, 200]))
@settings(max_examples=150, deadline=None)
def test_parcels_of_different_items_agree_with_brute_force(known: list[PastParcel], limit: int) -> None:
    compare(known, limit)


@given(parcels(st.sampled_from([f"item-{number}" for number in range(12)]), 100), st.sampled_from([1, 2, 200]))
@settings(max_examples=150, deadline=None)
def test_items_screened_more_than_once_agree_too(known: list[PastParcel], limit: int) -> None:
    compare(known, limit)
