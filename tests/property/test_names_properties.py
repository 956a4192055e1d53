from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.names import Kind, address_skeleton, prepare, similarity, skeleton
from features.names_index import NameIndex
from features.names_words import PATRONYMIC

KINDS: tuple[Kind, ...] = ("person", "company", "any")
SCRIPTS = st.sampled_from(
    [
        "abcdehikmnorstuvy",
        "абвгдежзиклмнорстую",
        "αβγδεικλμνορσ",
        "ابتجدرسمنهوي",
        "देनमरक",
        "김이박최민수호",
        "王伟李明さくらタナカ",
        "'-. 1209&",
    ]
)
WORDS = SCRIPTS.flatmap(lambda letters: st.text(letters, min_size=1, max_size=9))
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
ANYTHING = st.one_of(st.text(max_size=60), NAMES)


@given(ANYTHING, ANYTHING, st.sampled_from(KINDS))
@settings(max_examples=120, deadline=None)
def test_similarity_is_symmetric_and_between_0_and_1(one: str, two: str, kind: Kind) -> None:
    score = similarity(one, two, kind)
    assert 0.0 <= score <= 1.0
    assert similarity(two, one, kind) == score


@given(ANYTHING, st.sampled_from(KINDS))
@settings(max_examples=80, deadline=None)
def test_a_name_is_itself(name: str, kind: Kind) -> None:
    assert similarity(name, name, kind) == (1.0 if prepare(name, kind).key else 0.0)


@given(st.lists(st.text("abcdefghiklmnoprstu", min_size=3, max_size=8), min_size=2, max_size=5).flatmap(
    lambda words: st.tuples(st.just(words), st.permutations(words))
))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_the_order_of_words_does_not_matter(both: tuple[list[str], list[str]]) -> None:
    words, others = both
    one, two = " ".join(words), " ".join(others)
    if not PATRONYMIC & set(skeleton(one).split()) and prepare(one).key == skeleton(two):
        assert similarity(one, two) == 1.0
    assert address_skeleton(one) == address_skeleton(two)


@given(NAMES, NAMES)
@settings(max_examples=80, deadline=None)
def test_equal_keys_are_equal_names(one: str, two: str) -> None:
    if skeleton(one) and skeleton(one) == skeleton(two):
        assert similarity(one, two) >= 0.5  # only other legal forms tell them apart
    assert skeleton(one) == skeleton(one.upper()) == skeleton(f"  {one} ,")


@given(st.lists(NAMES, min_size=1, max_size=12), st.data())
@settings(max_examples=50, deadline=None)
def test_a_listed_name_is_always_found(names: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(names))
    prepared = [prepare(name) for name in names]
    found = NameIndex(prepared).search(prepare(wanted), 0.9)
    assert bool(found) == bool(prepare(wanted).key)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202eabc", "𝒜𝓃𝓃𝒶", "ǅ", "１２", "ﷺ", "a" * 5000, "' " * 500])
def test_no_text_is_too_strange(text: str) -> None:
    assert similarity(text, "Anna") <= 1.0
    assert isinstance(skeleton(text), str)
