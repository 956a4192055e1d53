"""Every indicator: a parcel that raises it, and the nearest harmless one that does not."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from features.indicators.lists import DEFAULT_LISTS
from features.indicators.register import REGISTER, Raised, raise_indicators
from features.manifest_schema import parse_manifest

# A parcel that raises nothing at all.
QUIET: dict[str, Any] = {
    "item_id": "CP473124829GB",
    "channel": "postal",
    "mail_class": "parcel",
    "declared_at": "2026-11-20T08:15:00Z",
    "origin_country": "GB",
    "destination_country": "MX",
    "transit_countries": ["US"],
    "nature": "sale_of_goods",
    "gross_weight_g": 850,
    "dimensions_mm": [300, 200, 90],
    "postage": {"amount": "18.50", "currency": "GBP"},
    "sender": {
        "name": "Ada Example", "address": ["12 Example Street"], "city": "Leeds", "postcode": "LS1 1AA",
        "country": "GB", "account_opened": "2024-02-01",
    },
    "recipient": {
        "name": "Ben Muestra", "address": ["Calle 5 no. 10"], "city": "Puebla", "postcode": "72000", "country": "MX",
    },
    "items": [
        {"description": "cotton shirts", "quantity": 2, "net_weight_g": 600,
         "value": {"amount": "25.00", "currency": "USD"}, "hs_code": "610910", "origin_country": "CN"},
    ],
}  # fmt: skip
NEW = {"account_opened": "2026-11-05"}
DEAR = {"items.0.value": {"amount": "900.00", "currency": "EUR"}}
ARMS = {"items.0.hs_code": "930510", "items.0.description": "pistol grip"}


def changed(**changes: Any) -> dict[str, Any]:
    raw = copy.deepcopy(QUIET)
    for path, value in changes.items():
        *steps, last = path.split(".")
        place: Any = raw
        for step in steps:
            place = place[int(step)] if step.isdigit() else place[step]
        place[int(last) if last.isdigit() else last] = value
    return raw


def raised_by(raw: dict[str, Any], **lists: Any) -> dict[str, Raised]:
    raised = raise_indicators(parse_manifest(raw), replace(DEFAULT_LISTS, **lists))
    return {one.code: one for one in reversed(raised)}


# code, changes that raise it, where the evidence lies, what the text must name, changes that must not raise it
CASES: list[tuple[str, dict[str, Any], str, str, dict[str, Any]]] = [
    ("S10_INVALID", {"item_id": "CP473124820GB"}, "item_id", "check digit is 0, and 47312482 needs 9",
     {"item_id": "CP 473 124 829 GB"}),
    ("S10_INVALID", {"item_id": "1Z999AA10123456784"}, "item_id", "two letters, nine digits",
     {"item_id": "1Z999AA10123456784", "channel": "courier"}),
    ("S10_SERVICE_MISMATCH", {"item_id": "RR473124829GB"}, "mail_class", "registered", {"item_id": "ZZ473124829GB"}),
    ("S10_SERVICE_MISMATCH", {"mail_class": "ems"}, "mail_class", "parcel post", {"mail_class": None}),
    ("S10_COUNTRY_MISMATCH", {"origin_country": "TR"}, "origin_country", "issued in GB; declared origin is TR",
     {"origin_country": "JE"}),
    ("DESCRIPTION_MISSING", {"items.0.description": None}, "items[0]", "610910", {}),
    ("DESCRIPTION_VAGUE", {"items.0.description": "Gift"}, "items[0].description", '"Gift"',
     {"items.0.description": "gift wrap machine"}),
    ("PARTY_NAME_MISSING", {"sender": None}, "sender", "No sender",
     {"sender.name": None, "sender.company": "Example Ltd"}),
    ("PARTY_NAME_MISSING", {"recipient.name": None}, "recipient.name", "neither a name", {}),
    ("PARTY_NAME_PLACEHOLDER", {"recipient.name": "CUSTOMER"}, "recipient.name", '"CUSTOMER"',
     {"recipient.name": "Owner Privatsson"}),
    ("PARTY_NAME_PLACEHOLDER", {"sender.company": "xxx"}, "sender.company", '"xxx"', {"sender.company": "Li"}),
    ("ADDRESS_INCOMPLETE", {"recipient.city": None, "recipient.postcode": None}, "recipient.city",
     "a city and a postcode",
     {"recipient.postcode": None, "recipient.country": "HK"}),
    ("ADDRESS_INCOMPLETE", {"sender.address": ["N/A"]}, "sender.address", "street lines",
     {"sender.address": ["Hof 3"]}),
    ("HS_CODE_MISSING", {"items.0.hs_code": None}, "items[0]", "cotton shirts", {"items.0.hs_code": "6109"}),
    ("HS_CODE_INVALID", {"items.0.hs_code": "10121"}, "items[0].hs_code", '"10121"', {"items.0.hs_code": "6109.10.00"}),
    ("HS_CODE_INVALID", {"items.0.hs_code": "770100"}, "items[0].hs_code", "existing chapter",
     {"items.0.hs_code": "9801"}),
    ("DESCRIPTION_HS_MISMATCH", {"items.0.hs_code": "731815"}, "items[0].hs_code", "textiles and clothing",
     {"items.0.hs_code": "630900"}),
    ("DESCRIPTION_HS_MISMATCH", {"items.0.description": "Kugellager"}, "items[0].hs_code", "machinery",
     {"items.0.description": "tissue box for camera"}),
    ("LICENCE_MISSING", {**ARMS, "documents": [{"type": "licence"}]}, "documents", "chapter 93",
     {**ARMS, "documents": [{"type": "Export Licence", "reference": "EXP-2231"}]}),
    ("LICENCE_MISSING", ARMS, "items[0].hs_code", "930510",
     {**ARMS, "documents": [{"type": "permiso de importación", "reference": "44"}]}),
    ("DOCUMENTS_WITH_GOODS", {"nature": "documents"}, "items[0].hs_code", "chapter 61",
     {"nature": "documents", "items.0.hs_code": "491110"}),
    ("DOCUMENTS_WITH_GOODS", {"nature": "documents", "gross_weight_g": 4000}, "gross_weight_g", "4000 g",
     {"gross_weight_g": 4000}),
    ("VALUE_PER_KG_LOW", {"items.0.value": {"amount": "200", "currency": "KRW"}}, "items[0].value", "0.23 USD per kg",
     {"items.0.value": {"amount": "2", "currency": "XXX"}}),
    ("VALUE_PER_KG_HIGH", {"items.0.value": {"amount": "9000", "currency": "USD"}}, "items[0].value",
     "15,000.00 USD per kg", {"items.0.value": {"amount": "9000", "currency": "USD"}, "items.0.hs_code": "711319"}),
    ("VALUE_TOKEN", {"items.0.value": {"amount": "0.00", "currency": "USD"}}, "items[0].value.amount", "0.00 USD",
     {"items.0.value": {"amount": "1.01", "currency": "USD"}}),
    ("VALUE_TOKEN", {"items.0.value": {"amount": "1", "currency": "EUR"}}, "items[0].value.amount", "1 EUR", {}),
    ("POSTAGE_DISPROPORTIONATE", {"items.0.value.amount": "3.00"}, "postage", "18.50 GBP",
     {"items.0.value.amount": "6.00"}),
    ("TRANSIT_WITHOUT_REASON", {"transit_countries": ["US", "CA", "GT"]}, "transit_countries", "US - CA - GT",
     {"transit_countries": ["US", "CA"]}),
    ("TRANSIT_WITHOUT_REASON", {"transit_countries": ["US", "GB"]}, "transit_countries[1]", "origin again", {}),
    ("TRANSIT_WITHOUT_REASON", {"transit_countries": ["MX"]}, "transit_countries[0]", "already the destination",
     {"transit_countries": []}),
    ("NEW_ACCOUNT_HIGH_VALUE", {"sender.account_opened": "2026-11-05", **DEAR}, "sender.account_opened",
     "15 days before",
     {"sender.account_opened": "2026-11-05"}),
    ("NEW_ACCOUNT_HIGH_VALUE", {"recipient.account_opened": "2026-11-25", **DEAR}, "recipient.account_opened", "after",
     {"sender.account_opened": "2026-10-01", **DEAR}),
    ("WEIGHTS_ABOVE_GROSS", {"items.0.net_weight_g": 990}, "gross_weight_g", "990 g together, the whole parcel 850 g",
     {"items.0.net_weight_g": 860}),
    ("DENSITY_IMPLAUSIBLE", {"dimensions_mm": [30, 20, 9]}, "dimensions_mm", "157.4 kg per litre",
     {"dimensions_mm": [0, 0, 0]}),
    ("HS_ARMS_CHAPTER", {"items.0.hs_code": "930690"}, "items[0].hs_code", "930690", {"items.0.hs_code": "940360"}),
    ("HS_COVER_HEADING", {"items.0.hs_code": "8466.93"}, "items[0].hs_code", "8466", {"items.0.hs_code": "846729"}),
    ("FIREARM_VOCABULARY", {"items.0.description": "Pistolenlauf"}, "items[0].description", "pistolenlauf",
     {"items.0.description": "hot glue gun"}),
    ("CONVERTIBLE_VOCABULARY", {"items.0.description": "blank firing replica"}, "items[0].description", "blank firing",
     {"items.0.description": "blank video cassettes"}),
    ("CONVERTIBLE_VOCABULARY", {"items.0.hs_code": "930400"}, "items[0].hs_code", "air, spring and gas",
     {"items.0.hs_code": "930510"}),
]  # fmt: skip


def test_an_ordinary_parcel_raises_nothing() -> None:
    assert raised_by(QUIET) == {}


@pytest.mark.parametrize(("code", "changes", "evidence", "words", "_harmless"), CASES)
def test_it_is_raised_with_the_parcels_own_figures(
    code: str, changes: dict[str, Any], evidence: str, words: str, _harmless: dict[str, Any]
) -> None:
    one = raised_by(changed(**changes))[code]
    assert one.evidence == evidence
    assert words in one.text


@pytest.mark.parametrize(("code", "_changes", "_evidence", "_words", "harmless"), CASES)
def test_its_harmless_neighbour_is_left_alone(
    code: str, _changes: dict[str, Any], _evidence: str, _words: str, harmless: dict[str, Any]
) -> None:
    assert code not in raised_by(changed(**harmless))


def test_every_indicator_has_a_case() -> None:
    assert {code for code, *_ in CASES} == {one.code for one in REGISTER}


def test_missing_figures_raise_no_indicator_about_figures() -> None:
    """Missing is information of its own; it is never read as a bad figure."""
    bare = {name: QUIET[name] for name in ("item_id", "channel", "origin_country", "destination_country")}
    families = {
        one.code for one in raise_indicators(parse_manifest({**bare, "items": [{"description": "cotton shirts"}]}))
    }
    assert families == {"PARTY_NAME_MISSING", "HS_CODE_MISSING"}


def test_a_countrys_list_and_a_carriers_hubs_are_the_sites_own() -> None:
    assert "TRANSIT_WITHOUT_REASON" in raised_by(QUIET, transit_countries=frozenset({"US"}))
    hubs = {"carrier_hubs": {"EXA": frozenset({"US", "CA", "GT"})}}
    long_way = changed(transit_countries=["US", "CA", "GT"], carrier_id="EXA")
    assert "TRANSIT_WITHOUT_REASON" in raised_by(long_way)
    assert "TRANSIT_WITHOUT_REASON" not in raised_by(long_way, **hubs)


def test_thresholds_are_the_sites_own() -> None:
    raw = changed(**{"sender.account_opened": "2026-11-05", **DEAR})
    assert "NEW_ACCOUNT_HIGH_VALUE" not in raised_by(raw, high_value_usd=5000.0)
    assert "HS_COVER_HEADING" in raised_by(QUIET, cover_headings={"6109": "T-shirts"})


def test_the_gross_weight_stands_in_for_a_single_lines_net_weight_and_says_so() -> None:
    changes = {"items.0.net_weight_g": None, "items.0.value": {"amount": "200", "currency": "KRW"}}
    assert "per kg gross" in raised_by(changed(**changes))["VALUE_PER_KG_LOW"].text
    twice = changed(**changes)
    twice["items"].append(twice["items"][0])
    assert "VALUE_PER_KG_LOW" not in raised_by(twice)


def test_many_places_are_named_up_to_three_and_the_rest_is_counted() -> None:
    raw = changed(items=[{"description": "cotton shirts"}] * 7)
    missing = [one for one in raise_indicators(parse_manifest(raw)) if one.code == "HS_CODE_MISSING"]
    assert [one.evidence for one in missing] == ["items[0]", "items[1]", "items[2]"]
    assert missing[2].text.endswith("The same holds in 4 more places.")
