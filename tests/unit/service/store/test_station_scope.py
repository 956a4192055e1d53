"""The stations of a key: the same answer from the pattern and from both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import UsageError
from service.stations import Stations, read_stations, stations_of
from service.store import screenings
from service.store.screenings import Query
from service.store.store import Store

PLACES = (None, "belt-1", "belt-12", "BELT-1", "belt-", "elt-1", "a%b", "axb", "größe", "x" * 64)
SCOPES = (
    ("belt-1",),
    ("belt-*",),
    ("*",),
    ("*-1",),
    ("b*1",),
    ("belt-1*1",),
    ("a%b",),
    ("a_b", "gr*"),
    ("belt-1", "*x"),
    ("*ße",),
)


def test_a_pattern_stands_for_itself_or_for_its_ends() -> None:
    belts = Stations(("belt-*", "yard"))
    assert [belts.admits(one) for one in ("belt-4", "belt-", "yard")] == [True] * 3
    assert [belts.admits(one) for one in ("yard-2", "Belt-4", "a belt-4", "", None)] == [False] * 5
    assert not Stations(("ab*ba",)).admits("aba")  # the ends do not overlap
    assert not Stations(("*",)).admits(None)


def test_one_plain_station_is_the_only_one() -> None:
    assert Stations(("belt-4",)).only == "belt-4"
    assert Stations(("belt-*",)).only is Stations(("a", "b")).only is None


@pytest.mark.parametrize("patterns", [("a**",), ("*a*",), ("",), ("x" * 65,), ("a\nb",), ("a",) * 33])
def test_what_cannot_be_a_pattern_is_refused(patterns: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        stations_of(patterns)
    assert refused.value.problems


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        stations_of(("ok", "a**", ""))
    assert len(refused.value.problems) == 2


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=64), min_size=1, max_size=5))
def test_what_is_kept_is_what_was_named(names: list[str]) -> None:
    found = stations_of([name.replace("*", "") or "x" for name in names])
    assert found is not None
    assert read_stations(found.as_text()) == found
    assert all(found.admits(name.replace("*", "") or "x") for name in names)


def test_no_station_named_means_every_station() -> None:
    assert stations_of(()) is read_stations(None) is None


def test_the_store_finds_what_the_pattern_admits(store: Store, new_screening: Callable[..., Any]) -> None:
    with store.writing() as connection:
        for place in PLACES:
            screenings.append(connection, new_screening(station_id=place))
    with store.reading() as connection:
        for scope in SCOPES:
            found = {one.station_id for one in screenings.find(connection, Query(stations=scope))}
            assert found == {place for place in PLACES if Stations(scope).admits(place)}, scope
