"""Manifests are read strictly, and a refusal names every problem with its place."""

from __future__ import annotations

import copy
import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from features.errors import MOST_PROBLEMS, InputError
from features.manifest import Document, Item, Manifest, Marketplace, Money, Party
from features.manifest_schema import (
    JSON_CODES,
    PROBLEM_CODES,
    manifest_json_schema,
    manifest_to_dict,
    parse_manifest,
    parse_manifest_json,
    wire,
)

LEAST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "steel tube set"}],
}
FULL: dict[str, Any] = {
    **LEAST,
    "mail_class": "parcel",
    "direction": "import",
    "declared_at": "2026-11-20T08:15:00Z",
    "transit_countries": ["US"],
    "carrier_id": "GBA",
    "nature": "gift",
    "gross_weight_g": 850,
    "dimensions_mm": [300, 200, 90],
    "postage": {"amount": "18.50", "currency": "GBP"},
    "sender": {
        "name": "A. Sender", "company": None, "address": ["12 Example Street"], "city": "Leeds", "postcode": "LS1 1AA",
        "country": "GB", "phone": "+44 113 496 0000", "email": None, "tax_id": None, "account_id": "c-88121",
        "account_opened": "2026-11-01", "known_consignor": False,
    },
    "recipient": {"name": "B. Recipient", "address": ["Calle 5 no. 10"], "city": "Puebla", "country": "MX"},
    "items": [
        {"description": "steel tube set", "quantity": 2, "net_weight_g": 600,
         "value": {"amount": "25.00", "currency": "USD"}, "hs_code": "732690", "origin_country": "CN"},
    ],
    "documents": [{"type": "licence", "reference": "EXP-2231"}],
    "marketplace": {"platform": "example-market", "seller_id": "s-1", "listing_id": "l-9"},
    "extra": {"office": "30", "rate": 5.2, "checked": True, "note": None},
}  # fmt: skip


def put(path: str, value: Any) -> dict[str, Any]:
    """The full manifest with one place changed; a path such as `items.0.quantity`."""
    raw = copy.deepcopy(FULL)
    *steps, last = path.split(".")
    place: Any = raw
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return raw


def problems_of(raw: Any) -> set[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        parse_manifest(raw)
    return {(problem.path, problem.code) for problem in caught.value.problems}


def test_the_contracts_example_is_read_field_by_field() -> None:
    manifest = parse_manifest(FULL)
    assert manifest.items == (
        Item(description="steel tube set", quantity=2, net_weight_g=600.0, hs_code="732690", origin_country="CN",
             value=Money(amount=Decimal("25.00"), currency="USD")),
    )  # fmt: skip
    assert manifest.declared_at == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
    assert manifest.dimensions_mm == (300.0, 200.0, 90.0)
    assert manifest.sender is not None
    assert manifest.sender.account_opened == date(2026, 11, 1)
    assert manifest.sender.known_consignor is False
    assert manifest.documents == (Document(type="licence", reference="EXP-2231"),)
    assert manifest.extra == {"office": "30", "rate": 5.2, "checked": True, "note": None}


def test_everything_but_the_required_fields_may_be_missing_or_null() -> None:
    least = parse_manifest(LEAST)
    nulls = {**dict.fromkeys(set(wire.Manifest.model_fields) - set(LEAST) - {"extra"}), **LEAST}
    assert parse_manifest(nulls) == least
    assert least.sender is None
    assert least.transit_countries is None


def test_blank_text_is_missing_and_other_text_stays_as_declared() -> None:
    raw = put("sender.name", "  ")
    raw["sender"]["city"] = " Leeds "
    sender = parse_manifest(raw).sender
    assert sender is not None
    assert (sender.name, sender.city) == (None, " Leeds ")


@pytest.mark.parametrize("field", ["item_id", "channel", "origin_country", "destination_country", "items"])
def test_a_required_field_may_be_neither_absent_nor_null(field: str) -> None:
    absent = {name: value for name, value in LEAST.items() if name != field}
    assert problems_of(absent) == {(field, "missing")}
    assert problems_of({**LEAST, field: None}) == {(field, "missing")}


@pytest.mark.parametrize("item", [{}, {"quantity": 2}, {"description": " ", "hs_code": None}])
def test_a_line_needs_a_description_or_a_code(item: dict[str, Any]) -> None:
    assert problems_of({**LEAST, "items": [item]}) == {("items[0]", "missing")}


def test_a_line_with_a_code_alone_is_enough() -> None:
    assert parse_manifest({**LEAST, "items": [{"hs_code": "930510"}]}).items[0].description is None


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        ("channel", "Postal", "channel", "not_allowed"),
        ("nature", "present", "nature", "not_allowed"),
        ("origin_country", "gb", "origin_country", "not_a_country"),
        ("origin_country", "UK", "origin_country", "not_a_country"),
        ("transit_countries", ["US", "XX"], "transit_countries[1]", "not_a_country"),
        ("transit_countries", "US", "transit_countries", "wrong_type"),
        ("items.0.quantity", "5", "items[0].quantity", "wrong_type"),
        ("items.0.quantity", True, "items[0].quantity", "wrong_type"),
        ("items.0.quantity", 1.5, "items[0].quantity", "wrong_type"),
        ("items.0.quantity", 0, "items[0].quantity", "out_of_range"),
        ("items.0.quantity", 10**12, "items[0].quantity", "out_of_range"),
        ("items.0.quantity", 10**30, "items[0].quantity", "out_of_range"),
        ("gross_weight_g", "850", "gross_weight_g", "wrong_type"),
        ("gross_weight_g", True, "gross_weight_g", "wrong_type"),
        ("gross_weight_g", -1, "gross_weight_g", "out_of_range"),
        ("gross_weight_g", float("nan"), "gross_weight_g", "not_finite"),
        ("gross_weight_g", float("inf"), "gross_weight_g", "not_finite"),
        ("dimensions_mm", [1, 2], "dimensions_mm", "too_few"),
        ("dimensions_mm", [1, 2, 3, 4], "dimensions_mm", "too_many"),
        ("postage.amount", 18.5, "postage.amount", "wrong_type"),
        ("postage.amount", "-1", "postage.amount", "not_an_amount"),
        ("postage.amount", "1e3", "postage.amount", "not_an_amount"),
        ("postage.amount", "NaN", "postage.amount", "not_an_amount"),
        ("postage.amount", "1,50", "postage.amount", "not_an_amount"),
        ("postage.amount", "1.23456", "postage.amount", "not_an_amount"),
        ("postage.amount", "1" * 16, "postage.amount", "not_an_amount"),
        ("postage.amount", "١٢", "postage.amount", "not_an_amount"),
        ("postage.currency", "gbp", "postage.currency", "not_a_currency"),
        ("postage.currency", "DEM", "postage.currency", "not_a_currency"),
        ("declared_at", "2026-11-20T08:15:00", "declared_at", "not_a_time"),
        ("declared_at", "2026-11-20", "declared_at", "not_a_time"),
        ("declared_at", "2026-13-20T08:15:00Z", "declared_at", "not_a_time"),
        ("declared_at", 1763626500, "declared_at", "wrong_type"),
        ("declared_at", "0001-01-01T00:00:00+14:00", "declared_at", "out_of_range"),
        ("sender.account_opened", "2026-02-30", "sender.account_opened", "not_a_date"),
        ("sender.account_opened", "2026-2-3", "sender.account_opened", "not_a_date"),
        ("sender.known_consignor", 1, "sender.known_consignor", "wrong_type"),
        ("sender.name", "x" * 201, "sender.name", "too_long"),
        ("sender.name", "a\x00b", "sender.name", "bad_text"),
        ("sender.name", "a\ud800", "sender.name", "bad_text"),
        ("sender.address", ["a"] * 11, "sender.address", "too_many"),
        ("sender", "A. Sender", "sender", "wrong_type"),
        ("sender.adress", ["x"], "sender.adress", "unknown_field"),
        ("gross_weight_kg", 1, "gross_weight_kg", "unknown_field"),
        ("item_id", " ", "item_id", "missing"),
        ("item_id", "x" * 65, "item_id", "too_long"),
        ("item_id", 5, "item_id", "wrong_type"),
        ("item_id", "C\x00", "item_id", "bad_text"),
        ("item_id", "C\nD", "item_id", "bad_text"),
        ("documents", [{"type": "\x00"}], "documents[0].type", "bad_text"),
        ("items", [], "items", "too_few"),
        ("items", ["steel tube"], "items[0]", "wrong_type"),
        ("items.0.hs_code", 732690, "items[0].hs_code", "wrong_type"),
        ("documents", [{"reference": "1"}], "documents[0].type", "missing"),
        ("extra.a b", [1], 'extra["a b"]', "wrong_type"),
        ("extra.note", "x" * 1001, "extra.note", "too_long"),
        ("extra.note", "\x07", "extra.note", "bad_text"),
        ("extra.rate", float("inf"), "extra.rate", "wrong_type"),
        ("extra.rate", 10**30, "extra.rate", "wrong_type"),
        ("extra.", 1, 'extra[""]', "bad_name"),
    ],
)
def test_what_is_wrong_is_named_by_place_and_code(path: str, value: Any, place: str, code: str) -> None:
    assert problems_of(put(path, value)) == {(place, code)}


@pytest.mark.parametrize("raw", [None, 3, "x", [], [LEAST]])
def test_what_is_no_object_is_no_manifest(raw: Any) -> None:
    assert problems_of(raw) == {("", "wrong_type")}


def test_all_problems_come_at_once() -> None:
    raw = put("origin_country", "gb")
    raw["gross_weigth_g"] = 3
    raw["items"] = [{"quantity": True}, {"description": "shirts", "net_weight_g": -1}, {"value": {"amount": 3}}]
    raw["sender"]["known_consignor"] = "no"
    assert problems_of(raw) == {
        ("origin_country", "not_a_country"),
        ("gross_weigth_g", "unknown_field"),
        ("items[0]", "missing"),
        ("items[0].quantity", "wrong_type"),
        ("items[1].net_weight_g", "out_of_range"),
        ("items[2]", "missing"),
        ("items[2].value.amount", "wrong_type"),
        ("items[2].value.currency", "missing"),
        ("sender.known_consignor", "wrong_type"),
    }


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("origin_country", "gb", 'did you mean "GB"'),
        ("gross_weigth_g", 3, "Did you mean `gross_weight_g`"),
        ("sender.adress", 3, "Did you mean `address`"),
        ("warehouse", 3, "`extra`"),
        ("items.0.quantity", "5", 'whole number, not "5"'),
        ("postage.amount", 18.5, "decimal string"),
        ("items.0.description", "x" * 1001, "At most 1000 characters, please; this has 1001"),
    ],
)
def test_messages_say_what_to_do(path: str, value: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_manifest(put(path, value))
    assert words in caught.value.problems[0].message


def test_a_refusal_can_always_be_written_as_utf8_and_stays_short() -> None:
    raw = put("sender.name", "\ud800" * 50)
    raw["x" * 5000] = 1
    with pytest.raises(InputError) as caught:
        parse_manifest(raw)
    for problem in caught.value.problems:
        assert len(str(problem).encode("utf-8")) < 400


def test_invalid_identifiers_and_codes_are_no_errors() -> None:
    raw = put("items.0.hs_code", "not a code")
    raw["item_id"] = "RR473124820GB"
    assert parse_manifest(raw).items[0].hs_code == "not a code"


def test_an_item_id_alone_is_no_manifest() -> None:
    assert {path for path, _ in problems_of({"item_id": "RR473124829GB"})} == {
        "channel", "origin_country", "destination_country", "items",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["2026-11-20T08:15:00.123456789+05:30", "2026-11-20t08:15:00z", "2026-11-20T08:15:00-00:00"]
)
def test_every_form_of_rfc_3339_is_read(text: str) -> None:
    moment = parse_manifest({**LEAST, "declared_at": text}).declared_at
    assert moment is not None
    assert moment.utcoffset() is not None


def test_the_manifest_comes_back_as_it_was() -> None:
    manifest = parse_manifest(FULL)
    again = manifest_to_dict(manifest)
    assert parse_manifest_json(json.dumps(again)) == manifest
    assert again["postage"] == {"amount": "18.50", "currency": "GBP"}
    assert again["declared_at"] == "2026-11-20T08:15:00Z"


@pytest.mark.parametrize(
    ("plain", "wired"),
    [
        (Manifest, wire.Manifest), (Party, wire.Party), (Item, wire.Item), (Money, wire.Money),
        (Document, wire.Document), (Marketplace, wire.Marketplace),
    ],
)  # fmt: skip
def test_the_wire_form_has_the_same_fields_as_the_manifest(plain: Any, wired: Any) -> None:
    assert [field.name for field in dataclasses.fields(plain)] == sorted(
        wired.model_fields, key=[field.name for field in dataclasses.fields(plain)].index
    )


def test_the_json_schema_is_valid_bounded_and_closed() -> None:
    schema = manifest_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in (schema, *schema["$defs"].values()):
        if part["type"] == "object":
            assert part["additionalProperties"] is False
            assert all(_bounded(field) for field in part["properties"].values()), part["title"]
        assert part.get("description")


def _bounded(field: Any) -> bool:
    """Every string, list and number of the schema has an upper bound."""
    kind = field.get("type")
    if kind == "string":
        return bool({"maxLength", "enum", "format"} & field.keys()) or "{1,15}" in field.get("pattern", "")
    if kind == "array":
        return "maxItems" in field and _bounded(field["items"])
    if kind == "object":
        return "maxProperties" in field
    if kind in ("integer", "number"):
        return "maximum" in field
    return all(_bounded(option) for option in field.get("anyOf", ()))


def test_every_problem_code_is_explained() -> None:
    assert all(PROBLEM_CODES.values())
    assert all(JSON_CODES.values())


@pytest.mark.parametrize("count", [MOST_PROBLEMS, MOST_PROBLEMS + 1, MOST_PROBLEMS + 3_000])
def test_a_refusal_lists_only_so_many_problems_and_counts_the_others(count: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_manifest({**LEAST, **{f"f{number}": 1 for number in range(count)}})
    problems = caught.value.problems
    assert caught.value.message.endswith(f"{count} problems.")
    assert len(problems) == min(count, MOST_PROBLEMS + 1)
    if count > MOST_PROBLEMS:
        assert problems[-1].code == "too_many_problems"
        assert problems[-1].message.startswith(f"{count - MOST_PROBLEMS:,} more problems")


def test_how_many_entries_an_object_has_is_told() -> None:
    with pytest.raises(InputError, match="1 problem") as caught:
        parse_manifest({**LEAST, "extra": {f"k{number}": 1 for number in range(300)}})
    assert caught.value.problems[0].message == "At most 200 entries, please; this has 300."
