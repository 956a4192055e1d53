from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.package import Scope
from sop.patterns import common_name, matches
from sop.reading.override import common_scope

pattern = st.text(alphabet="ab*", max_size=6)
name = st.text(alphabet="ab", max_size=6)


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("leeds-1", "leeds-*", True),
        ("leeds-", "leeds-*", True),
        ("Leeds-1", "leeds-*", False),
        ("x-leeds-1", "leeds-*", False),
        ("hub[1]", "hub[1]", True),
        ("hub1", "hub[1]", False),
        ("a.b", "a?b", False),
        ("", "*", True),
    ],
)
def test_only_the_star_is_special(name: str, pattern: str, fits: bool) -> None:
    assert matches(name, pattern) == fits


@given(pattern, name)
def test_a_pattern_means_what_a_regular_expression_says(pattern: str, name: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert matches(name, pattern) == bool(re.fullmatch(expression, name))


def test_many_stars_take_no_longer_than_the_name() -> None:
    assert not matches("a" * 64, "*a" * 31 + "*b")


@given(pattern, pattern)
def test_a_common_name_fits_both_patterns(one: str, other: str) -> None:
    found = common_name(one, other)
    if found is not None:
        assert matches(found, one)
        assert matches(found, other)


@given(pattern, pattern, name)
def test_where_there_is_no_common_name_no_name_fits_both(one: str, other: str, any_name: str) -> None:
    if common_name(one, other) is None:
        assert not (matches(any_name, one) and matches(any_name, other))


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (Scope(channels=("postal",)), Scope(channels=("courier",)), None),
        (Scope(channels=("postal",)), Scope(stations=("leeds",)), Scope(stations=("leeds",), channels=("postal",))),
        (Scope(stations=("leeds-*",)), Scope(stations=("york-*", "*-1")), Scope(stations=("leeds-1",))),
        (Scope(stations=("leeds-*",)), Scope(stations=("york-*",)), None),
        (Scope(channels=("postal",)), Scope(channels=("courier", "postal")), Scope(channels=("postal",))),
    ],
)
def test_parcels_that_two_scopes_share(one: Scope, other: Scope, common: Scope | None) -> None:
    assert common_scope(one, other) == common_scope(other, one) == common


@given(st.lists(pattern, max_size=2), st.lists(pattern, max_size=2), name)
def test_scopes_that_share_nothing_take_no_parcel_twice(one: list[str], other: list[str], station: str) -> None:
    first, second = Scope(stations=tuple(one), channels=("postal",)), Scope(stations=tuple(other))
    if common_scope(first, second) is None:
        assert not (first.fits(station, "postal") and second.fits(station, "postal"))
