"""Keys of many parcels in columns say what the keys of each parcel said."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.coded import code
from training.entities import Entities, EntityColumn

KEYS = [f"{kind}:{number:016x}" for number, kind in enumerate(("sender", "recipient", "seller", "sender_tax"), start=7)]
rows = st.lists(st.lists(st.sampled_from(KEYS), unique=True, max_size=4), max_size=8)


def column(keys: list[list[str]]) -> Entities:
    collected = EntityColumn()
    for one in keys:
        collected.add(one)
    return collected.finish()


@given(rows, rows)
@settings(max_examples=100, deadline=None)
def test_columns_agree_with_the_keys_of_each_parcel(mine: list[list[str]], others: list[list[str]]) -> None:
    entities = column(mine)
    assert [list(entities.keys(place)) for place in range(len(mine))] == mine
    for keys, bits in zip(mine, entities.kind_sets().tolist(), strict=True):
        named = {name for bit, name in enumerate(entities.names) if bits >> bit & 1}
        assert named == {key.split(":")[0] for key in keys}
    shared = {key for keys in others for key in keys}
    assert entities.touches(column(others)).tolist() == [bool(shared & set(keys)) for keys in mine]
    places = np.arange(len(mine))[::-2]
    taken = entities.take(places)
    assert [list(taken.keys(place)) for place in range(len(taken))] == [mine[place] for place in places]


def test_codes_keep_their_texts_through_a_choice() -> None:
    coded = code(["b", None, "a", "b"])
    assert coded.texts() == ["b", None, "a", "b"]
    some = coded.take(np.array([1, 3]))
    assert some.texts() == [None, "b"]
    assert some.counts().tolist() == [1, 0]
    asked: list[str] = []
    assert np.isnan(some.numbers(lambda text: asked.append(text) or 2.0, float("nan"))[0])
    assert asked == ["b"]  # a text that no chosen parcel has is not asked for
