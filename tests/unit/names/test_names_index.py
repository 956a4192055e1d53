"""Searching many names finds what comparing with every one of them would."""

from __future__ import annotations

from itertools import product

import pytest

from features.names import compare, prepare
from features.names_index import NameIndex
from features.watchlist import NAME_SIMILARITY

FIRST = ("Andrei", "Bige", "Carla", "Dorothea", "Emeka", "Farid", "Greta", "Hakan", "Ines", "Jonas")
LAST = ("Voronin", "Vafito", "Mesafi", "Okonjo", "Lindqvist", "Kestrel", "Sandoval", "Tanaka", "Yilmaz", "Brook")
NAMES = [f"{first} {last}" for first, last in product(FIRST, LAST)]
PREPARED = [prepare(name) for name in NAMES]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(PREPARED)


@pytest.mark.parametrize(
    "asked",
    ["VORONIN Andrei", "Andrej Voronnin", "Андрей Воронин", "EmekaOkonjo", "Dorotea Lindqvist", "Farid Ali Yilmaz",
     "فريد ساندوفال", "F. Sandoval", "Jonas Kestrel Ltd", "Mr Hakan Tanaka", "Gretta Broock"],
)  # fmt: skip
def test_search_finds_what_comparing_with_all_finds(index: NameIndex, asked: str) -> None:
    name = prepare(asked)
    every = {place for place, other in enumerate(PREPARED) if compare(name, other) >= NAME_SIMILARITY}
    found = index.search(name, NAME_SIMILARITY)
    assert every
    assert {place for place, _ in found} == every
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(score == compare(name, PREPARED[place]) for place, score in found)


@pytest.mark.parametrize("asked", ["Quentin Zabriskie", "", "--", "王伟", "Andrei"])
def test_search_finds_nothing_where_nothing_is_near(index: NameIndex, asked: str) -> None:
    assert index.search(prepare(asked), NAME_SIMILARITY) == []


def test_an_empty_index_finds_nothing() -> None:
    assert NameIndex([]).search(PREPARED[0], 0.0) == []
    assert len(NameIndex([])) == 0
