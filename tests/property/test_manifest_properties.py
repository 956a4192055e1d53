"""What holds for every manifest, not only for the ones somebody thought of."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.codes import COUNTRIES, CURRENCIES
from features.contents import expected_look
from features.errors import InputError, Problem
from features.indicators.lists import DEFAULT_LISTS
from features.indicators.register import REGISTER, raise_indicators
from features.indicators.terms_firearm import CONVERTIBLE_TERMS, EXCLUSIONS, FIREARM_TERMS, PART_TERMS
from features.indicators.terms_vague import VAGUE_TERMS
from features.indicators.types import FAMILIES
from features.manifest_schema import (
    JSON_CODES,
    PROBLEM_CODES,
    load_json,
    manifest_json_schema,
    manifest_to_dict,
    parse_manifest,
    parse_manifest_json,
)
from features.manifest_schema.canonical import manifest_text

SCHEMA = jsonschema.Draft202012Validator(manifest_json_schema())
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

terms = st.sampled_from(
    [
        term
        for one in (VAGUE_TERMS, FIREARM_TERMS, PART_TERMS, EXCLUSIONS, CONVERTIBLE_TERMS)
        for language in one.terms.values()
        for term in language
    ]
)
texts = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
    | terms.map(lambda term: term[:20])
    | st.just(" ")
)
described = st.one_of(texts, st.lists(terms, max_size=4).map(" ".join)).map(lambda text: text[:64]).filter(str.strip)
countries = st.sampled_from(sorted(COUNTRIES))
amounts = st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,2})?", fullmatch=True, alphabet=st.characters(codec="ascii"))
money = st.fixed_dictionaries({"amount": amounts, "currency": st.sampled_from(sorted(CURRENCIES))})
grams = st.floats(0, 1e6) | st.integers(0, 10**6)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))
times = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2099, 12, 30)).flatmap(
    lambda at: st.sampled_from(["Z", "+05:30", "-11:00"]).map(lambda zone: at.isoformat() + zone)
)
hs_codes = st.sampled_from(["930510", "9304", "732690", "6109.10.00", "490199", "95030", "ABCD", "77", "0101"]) | texts


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


parties = st.fixed_dictionaries(
    {},
    optional={
        "name": maybe(texts), "company": maybe(texts), "address": maybe(st.lists(texts, max_size=3)),
        "city": maybe(texts), "postcode": maybe(texts), "country": maybe(countries), "account_id": maybe(texts),
        "account_opened": maybe(days.map(str)), "known_consignor": maybe(st.booleans()),
    },
)  # fmt: skip
items = st.fixed_dictionaries(
    {"description": described},
    optional={
        "quantity": maybe(st.integers(1, 1000)), "net_weight_g": maybe(grams), "value": maybe(money),
        "hs_code": maybe(hs_codes), "origin_country": maybe(countries),
    },
) | st.fixed_dictionaries({"hs_code": hs_codes.filter(str.strip)})  # fmt: skip
manifests = st.fixed_dictionaries(
    {
        "item_id": st.sampled_from(["RR473124829GB", "EE471108151FR", "RR473124828GB", "CJ 1"]) | described,
        "channel": st.sampled_from(["postal", "courier"]),
        "origin_country": countries,
        "destination_country": countries,
        "items": st.lists(items, min_size=1, max_size=5),
    },
    optional={
        "mail_class": maybe(st.sampled_from(["letter", "parcel", "ems", "express"])),
        "nature": maybe(st.sampled_from(["gift", "documents", "other"])),
        "declared_at": maybe(times),
        "transit_countries": maybe(st.lists(countries, max_size=5)),
        "carrier_id": maybe(texts),
        "gross_weight_g": maybe(grams),
        "dimensions_mm": maybe(st.lists(st.floats(0, 1e5), min_size=3, max_size=3)),
        "postage": maybe(money),
        "sender": maybe(parties),
        "recipient": maybe(parties),
        "documents": maybe(st.lists(st.fixed_dictionaries({"type": described, "reference": maybe(texts)}), max_size=2)),
        "extra": st.dictionaries(
            described, st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(-1e9, 1e9) | texts,
            max_size=3,
        ),
    },
)  # fmt: skip
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@SLOW
@given(manifests)
def test_a_manifest_survives_the_way_to_json_and_back(raw: dict[str, Any]) -> None:
    manifest = parse_manifest(raw)
    assert parse_manifest_json(json.dumps(manifest_to_dict(manifest))) == manifest
    SCHEMA.validate(manifest_to_dict(manifest))
    as_dict = manifest_to_dict(parse_manifest(raw))
    on_record = json.dumps(as_dict, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert manifest_text(parse_manifest(raw)) == on_record


@SLOW
@given(manifests, st.data())
def test_the_schema_and_the_parser_agree(raw: dict[str, Any], data: st.DataObject) -> None:
    """One place is replaced by anything: either both accept the manifest, or both refuse it."""
    place: Any = raw
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(junk.filter(lambda value: value == value))
    assert SCHEMA.is_valid(raw) == _parses(raw)


def _parses(raw: Any) -> bool:
    problems = _refusal(parse_manifest, raw)
    assert all(problem.code in PROBLEM_CODES and problem.message for problem in problems)
    return not problems


def _refusal(read: Callable[[Any], Any], raw: Any) -> tuple[Problem, ...]:
    """The problems of a refusal, empty where there was none; a refusal without problems, or any other error, fails."""
    try:
        read(raw)
    except InputError as error:
        return error.problems or (Problem("", "none given", ""),)
    return ()


@SLOW
@given(junk)
def test_no_json_value_breaks_the_parser(raw: Any) -> None:
    assert not _parses(raw)


@SLOW
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: str | bytes) -> None:
    assert all(problem.code in JSON_CODES for problem in _refusal(load_json, data))


@SLOW
@given(manifests)
def test_no_manifest_breaks_an_indicator(raw: dict[str, Any]) -> None:
    manifest = parse_manifest(raw)
    raised = raise_indicators(manifest)
    codes = [one.code for one in REGISTER]
    assert [one.code for one in raised] == sorted((one.code for one in raised), key=codes.index)
    for one in raised:
        assert one.family in FAMILIES
        assert one.text.endswith(".")
        assert _leads_somewhere(one.evidence, raw)
    assert raise_indicators(manifest, DEFAULT_LISTS) == raised


def _leads_somewhere(path: str, raw: dict[str, Any]) -> bool:
    """The path of an evidence exists in the manifest, or ends at a field whose absence is the evidence."""
    place: Any = raw
    for step in path.replace("[", ".").replace("]", "").split("."):
        if place is None:
            return False
        place = place[int(step)] if step.isdigit() else place.get(step)
    return True


@SLOW
@given(manifests)
def test_the_expected_look_is_a_range(raw: dict[str, Any]) -> None:
    look = expected_look(parse_manifest(raw))
    assert 0.0 <= look.least_metal <= look.most_metal <= 1.0
    assert look.limited or look.most_metal == 1.0
