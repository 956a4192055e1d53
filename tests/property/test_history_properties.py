"""The history is the same whichever way it is computed, and in whatever order its source hands it over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from features import history as module
from features.history import HistoryIndex, PastParcel, summarise_keys

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = [f"{kind}:{name}" for kind in ("sender", "sender_phone", "recipient", "recipient_email") for name in "abc"]
parcels = st.lists(
    st.builds(
        PastParcel,
        item_id=st.sampled_from([f"item-{number}" for number in range(40)]),
        at=st.integers(0, 500).map(lambda days: START + timedelta(days=days)),
        entities=st.sets(st.sampled_from(KEYS), max_size=4).map(lambda keys: tuple(sorted(keys))),
        found=st.sampled_from([None, True, False]),
        found_at=st.integers(0, 600).map(lambda days: START + timedelta(days=days)),
        parts=st.sampled_from([(), ("barrel",), ("slide", "frame")]),
    ),
    max_size=40,
)
moments = st.integers(0, 520).map(lambda days: START + timedelta(days=days))
mine = st.sets(st.sampled_from(KEYS), max_size=4).map(sorted)


@given(parcels, mine, moments, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_and_surplus_of_the_source_do_not_matter(
    known: list[PastParcel], keys: list[str], at: datetime, rng: Random
) -> None:
    distinct = list({parcel.item_id: parcel for parcel in known}.values())
    shuffled = [*distinct, PastParcel("unrelated", START, ("sender:z",))]
    rng.shuffle(shuffled)
    assert summarise_keys(keys, "x", shuffled, at) == summarise_keys(keys, "x", distinct, at)


@given(parcels, mine, st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_the_index_gives_what_all_parcels_give(known: list[PastParcel], keys: list[str], limit: int) -> None:
    # One entry an item, as a table has it; a small limit so that the bound is met.
    distinct = sorted({parcel.item_id: parcel for parcel in known}.values(), key=lambda p: (p.at, p.item_id))
    before, module.PER_KEY_LIMIT = module.PER_KEY_LIMIT, limit
    try:
        index = HistoryIndex()
        for parcel in distinct:
            index.add(parcel)
        at = START + timedelta(days=501)
        assert summarise_keys(keys, "x", index.related(keys), at) == summarise_keys(keys, "x", distinct, at)
    finally:
        module.PER_KEY_LIMIT = before
