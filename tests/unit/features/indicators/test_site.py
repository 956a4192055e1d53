"""A site's own lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from features.errors import InputError
from features.indicators.lists import DEFAULT_LISTS
from features.indicators.site import KNOWN, NUMBERS, read_site_lists
from features.indicators.wording import firearm_words, vagueness


def read(raw: Any) -> Any:
    return read_site_lists(json.dumps(raw), "indicators.json")


def test_an_empty_document_changes_nothing() -> None:
    assert read({}) == DEFAULT_LISTS


def test_countries_headings_and_terms_are_added_and_numbers_replaced() -> None:
    lists = read(
        {
            "transit_countries": ["PA"],
            "carrier_hubs": {"EXA": ["DE", "HK"]},
            "cover_headings": {"8483": "gears"},
            "high_value_usd": 1000,
            "many_transits": 4,
            "add_terms": {"firearm": ["boomstick"], "exclusions": ["party gun"], "vague": ["whatnot"]},
        }
    )
    assert lists.transit_countries == {"PA"}
    assert lists.carrier_hubs == {"EXA": {"DE", "HK"}}
    assert {"8483", "7318"} <= lists.cover_headings.keys()
    assert (lists.high_value_usd, lists.many_transits) == (1000, 4)
    assert firearm_words("boomsticks and a rifle", lists) == ("boomsticks", "rifle")
    assert firearm_words("party gun", lists) == ()
    assert vagueness("whatnot", lists)
    assert not firearm_words("boomsticks", DEFAULT_LISTS)
    assert lists.firearm.version.endswith("+site")


def test_all_problems_come_at_once_with_their_places() -> None:
    with pytest.raises(InputError) as caught:
        read(
            {
                "transit_countries": ["PA", "pa", ["DE"]], "carrier_hubs": {"EXA": "DE"},
                "cover_headings": {"84": "", "7318": 3},
                "many_transits": 2.5, "high_value_usd": True, "postage_ratio": 0, "hubs": {},
                "add_terms": {"firearm": ["", "…"], "colours": ["red"], "vague": "gift"},
            }
        )  # fmt: skip
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [
        ("hubs", "unknown_field"),
        ("many_transits", "out_of_range"),
        ("high_value_usd", "out_of_range"),
        ("postage_ratio", "out_of_range"),
        ("transit_countries[1]", "not_a_country"),
        ("transit_countries[2]", "not_a_country"),
        ("carrier_hubs.EXA", "wrong_type"),
        ("cover_headings.84", "not_a_heading"),
        ("cover_headings.84", "wrong_type"),
        ("cover_headings.7318", "wrong_type"),
        ("add_terms.firearm[0]", "not_a_term"),
        ("add_terms.firearm[1]", "not_a_term"),
        ("add_terms.colours", "unknown_field"),
        ("add_terms.vague", "wrong_type"),
    ]


@pytest.mark.parametrize("raw", [[], 3, None, "x"])
def test_it_is_one_object(raw: Any) -> None:
    with pytest.raises(InputError, match=r"indicators\.json"):
        read(raw)


@pytest.mark.parametrize("name", ["transit_countries", "carrier_hubs", "cover_headings", "add_terms", *NUMBERS])
def test_nothing_may_be_null(name: str) -> None:
    with pytest.raises(InputError):
        read({name: None})


def test_every_number_is_a_field_with_its_default_inside_the_range() -> None:
    for name, (least, most) in NUMBERS.items():
        assert least <= getattr(DEFAULT_LISTS, name) <= most
    assert set(NUMBERS) < set(KNOWN)
