"""What a carrier is told about advance data: what he can act on, the truth, and nothing that warns a smuggler."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from features.indicators.lists import DEFAULT_LISTS
from features.indicators.register import REGISTER, Raised, raise_indicators
from features.manifest_schema import parse_manifest
from features.placi import ELEMENTS, Element, missing_elements
from sop.placi.answer import CarrierAnswer, carrier_answer, named_indicators
from sop.placi.register import DECISIONS, Ask, NotForCarriers, decisions_markdown
from sop.placi.words import GAPS, OTHER_PAPERS, SCREENING_RESULT
from sop.types import OUTCOMES, AnyOf, Decision, OneOf, Outcome, Rule, Within

DOCS = Path(__file__).parents[3] / "docs"
COMPLETE: dict[str, Any] = {
    "item_id": "CP473124829GB",
    "channel": "postal",
    "mail_class": "parcel",
    "declared_at": "2026-11-20T08:15:00Z",
    "origin_country": "GB",
    "destination_country": "MX",
    "nature": "sale_of_goods",
    "gross_weight_g": 850,
    "dimensions_mm": [300, 200, 90],
    "postage": {"amount": "18.50", "currency": "GBP"},
    "sender": {"name": "Ada Example", "address": ["12 Example Street"], "city": "Leeds", "postcode": "LS1 1AA",
               "country": "GB", "account_opened": "2024-02-01"},
    "recipient": {"name": "Ben Muestra", "address": ["Calle 5 no. 10"], "city": "Puebla", "postcode": "72000",
                  "country": "MX"},
    "items": [{"description": "cotton shirts", "quantity": 2, "net_weight_g": 600, "hs_code": "610910",
               "value": {"amount": "25.00", "currency": "USD"}}],
}  # fmt: skip
BARE = {"item_id": "CP473124829GB", "channel": "postal", "origin_country": "GB", "destination_country": "MX",
        "items": [{"description": "gift"}, {"hs_code": "930510"}]}  # fmt: skip
ITEM = COMPLETE["items"][0]
RAISES: dict[str, dict[str, Any]] = {
    "S10_INVALID": {"item_id": "CP473124820GB"},
    "S10_SERVICE_MISMATCH": {"mail_class": "ems"},
    "S10_COUNTRY_MISMATCH": {"origin_country": "TR"},
    "DESCRIPTION_MISSING": {"items": [{**ITEM, "description": None}]},
    "DESCRIPTION_VAGUE": {"items": [{**ITEM, "description": "gift"}]},
    "PARTY_NAME_MISSING": {"sender": None},
    "PARTY_NAME_PLACEHOLDER": {"recipient": {**COMPLETE["recipient"], "name": "CUSTOMER"}},
    "ADDRESS_INCOMPLETE": {"recipient": {**COMPLETE["recipient"], "city": None, "postcode": None}},
    "HS_CODE_MISSING": {"items": [{**ITEM, "hs_code": None}]},
    "HS_CODE_INVALID": {"items": [{**ITEM, "hs_code": "10121"}]},
    "DESCRIPTION_HS_MISMATCH": {"items": [{**ITEM, "description": "Kugellager"}]},
    "LICENCE_MISSING": {"items": [{**ITEM, "hs_code": "930510", "description": "pistol grip"}]},
    "DOCUMENTS_WITH_GOODS": {"nature": "documents"},
    "VALUE_PER_KG_LOW": {"items": [{**ITEM, "value": {"amount": "200", "currency": "KRW"}}]},
    "VALUE_PER_KG_HIGH": {"items": [{**ITEM, "value": {"amount": "9000", "currency": "USD"}}]},
    "VALUE_TOKEN": {"items": [{**ITEM, "value": {"amount": "0.00", "currency": "USD"}}]},
    "POSTAGE_DISPROPORTIONATE": {"items": [{**ITEM, "value": {"amount": "3.00", "currency": "USD"}}]},
    "TRANSIT_WITHOUT_REASON": {"transit_countries": ["US", "CA", "GT"]},
    "NEW_ACCOUNT_HIGH_VALUE": {"sender": {**COMPLETE["sender"], "account_opened": "2026-11-05"},
                               "items": [{**ITEM, "value": {"amount": "900.00", "currency": "EUR"}}]},
    "WEIGHTS_ABOVE_GROSS": {"gross_weight_g": 300},
    "DENSITY_IMPLAUSIBLE": {"dimensions_mm": [30, 20, 9]},
    "HS_ARMS_CHAPTER": {"items": [{**ITEM, "hs_code": "930690"}]},
    "HS_COVER_HEADING": {"items": [{**ITEM, "hs_code": "846693"}]},
    "FIREARM_VOCABULARY": {"items": [{**ITEM, "description": "Pistolenlauf"}]},
    "CONVERTIBLE_VOCABULARY": {"items": [{**ITEM, "description": "blank firing replica"}]},
}  # fmt: skip
TELLING = re.compile(
    r"risk|score|probab|percent|watch|alarm|threshold|plausib|suspect|suspic|smuggl|traffick|select|random|chance|"
    r"fire-?arm|gun|weapon|pistol|rifle|ammunition|\barms?\b|barrel|calibre|cover|indicator|rule|SOP|procedure asks|"
    r"finding|history|model|XR-|RK-|PE-|AR-|DC-|new account",
    re.IGNORECASE,
)


def decided(outcome: Outcome, **more: Any) -> Decision:
    fixed = {"lane": "documents", "outcome": outcome, "rule": "DC-1", "reason": "Because.", "reference": None}
    open_values = {"instructions": None, "random_selection": False, "selection_probability": 0.01, "degraded": ()}
    values: dict[str, Any] = {**fixed, **open_values, **more}
    return Decision(**values)


def rule_on(*codes: str, **more: Any) -> Rule:
    return Rule(id="DC-1", title="Title", when=(OneOf("indicator", codes),), lane="documents", **more)


EVERY = rule_on(*RAISES)


def told(raw: dict[str, Any], outcome: Outcome, rule: Rule | None = None) -> CarrierAnswer:
    manifest = parse_manifest(copy.deepcopy(raw))
    answer = carrier_answer(manifest, raise_indicators(manifest), decided(outcome), rule, "pre_arrival")
    assert answer is not None
    return answer


def asked(answer: CarrierAnswer) -> dict[tuple[str, str], str]:
    return {(one.kind, one.path): one.code for one in answer.requests}


def declared(value: Any) -> list[str]:
    """Every text of a manifest: what the carrier wrote himself gives nothing away."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in declared(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in declared(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_nobody_is_told_anything_at_the_station_or_when_all_is_well(outcome: Outcome) -> None:
    manifest = parse_manifest(copy.deepcopy(BARE))
    raised = raise_indicators(manifest)
    assert carrier_answer(manifest, raised, decided(outcome), None, "station") is None
    assert (carrier_answer(manifest, raised, decided(outcome), None, "pre_arrival") is None) == (outcome == "AC")


def test_every_indicator_of_the_register_has_a_decision_and_none_is_left_over() -> None:
    assert set(DECISIONS) == {one.code for one in REGISTER}


@pytest.mark.parametrize("code", RAISES)
def test_each_indicator_asks_for_what_was_decided(code: str) -> None:
    manifest = parse_manifest({**copy.deepcopy(COMPLETE), **RAISES[code]})
    raised = [one for one in raise_indicators(manifest, replace(DEFAULT_LISTS, many_transits=3)) if one.code == code]
    assert raised, f"the example does not raise {code}"
    complete = parse_manifest(copy.deepcopy(COMPLETE))
    answer = carrier_answer(complete, raised, decided("RFI"), rule_on(code), "pre_arrival")
    assert answer
    decision = DECISIONS[code]
    if isinstance(decision, NotForCarriers):
        assert [one.kind for one in answer.requests] == ["papers"]
        return
    (request,) = answer.requests
    assert request.kind == decision.kind
    assert request.text.endswith(decision.advice)
    assert "{" not in request.element + request.text


@pytest.mark.parametrize("code", [code for code, ask in DECISIONS.items() if getattr(ask, "asked", "") == "by_rule"])
def test_what_many_honest_parcels_raise_is_asked_for_only_by_a_rule_that_names_it(code: str) -> None:
    raw = {**copy.deepcopy(COMPLETE), **RAISES[code]}
    ask = DECISIONS[code]
    assert isinstance(ask, Ask)
    seen = ask.code or code
    assert seen not in {one.code for one in told(raw, "RFI", rule_on("S10_INVALID")).requests}
    assert seen not in {one.code for one in told(raw, "RFI").requests}
    assert seen in {one.code for one in told(raw, "RFI", rule_on(code)).requests}


@pytest.mark.parametrize("code", RAISES)
@pytest.mark.parametrize("outcome", [one for one in OUTCOMES if one != "AC"])
def test_no_answer_gives_away_what_is_looked_for(code: str, outcome: Outcome) -> None:
    raw = {**copy.deepcopy(COMPLETE), **RAISES[code]}
    answer = told(raw, outcome, EVERY)
    for text in [answer.text, *(one.text for one in answer.requests), *(one.code for one in answer.requests)]:
        for own in sorted(declared(raw), key=len, reverse=True):
            text = text.replace(f'"{own}"', '""')
        assert not TELLING.search(text), text


def test_the_words_that_give_away_are_looked_for() -> None:
    """The test above would pass with a pattern that finds nothing: the indicators' own sentences hold such words."""
    manifest = parse_manifest({**copy.deepcopy(COMPLETE), **RAISES["HS_COVER_HEADING"]})
    assert any(TELLING.search(one.text) for one in raise_indicators(manifest))


def test_nothing_but_the_data_and_the_outcome_shapes_the_answer() -> None:
    """Two parcels with the same data read the same, whether a watch list, a picture, chance or a model decided."""
    manifest = parse_manifest(copy.deepcopy(BARE))
    raised = raise_indicators(manifest)
    secret: dict[str, Any] = {
        "rule": "PE-030", "lane": "examine", "reason": "On the watch list national.", "instructions": "Tell nobody.",
        "random_selection": True, "degraded": ("risk_unavailable",), "placed_by": "chance",
    }  # fmt: skip
    on_a_list = Rule(id="PE-030", title="Watch list", when=(OneOf("watchlist", ("any",)),), lane="scan")
    by_risk = Rule(id="RK-030", title="Risk", when=(Within("risk", at_least=0.05),), lane="scan")
    for outcome in ("RFS", "RFI", "DNL"):
        answers = [
            carrier_answer(manifest, raised, decided(outcome), by_risk, "pre_arrival"),
            carrier_answer(manifest, raised, decided(outcome, **secret), on_a_list, "pre_arrival"),
            carrier_answer(manifest, raised, decided(outcome, **secret), None, "pre_arrival"),
        ]
        assert answers[0] == answers[1] == answers[2]


def test_all_that_is_missing_is_asked_for_at_once_from_the_top_of_the_manifest_down() -> None:
    answer = told(BARE, "RFI")
    assert list(asked(answer).items()) == [
        (("missing", "sender.name"), "PARTY_NAME_MISSING"),
        (("missing", "sender.address"), "ADDRESS_INCOMPLETE"),
        (("missing", "recipient.name"), "PARTY_NAME_MISSING"),
        (("missing", "recipient.address"), "ADDRESS_INCOMPLETE"),
        (("missing", "gross_weight_g"), "GROSS_WEIGHT_MISSING"),
        (("missing", "items[1].description"), "DESCRIPTION_MISSING"),
        (("missing", "documents"), "LICENCE_MISSING"),
        (("amend", "items[0].description"), "DESCRIPTION_VAGUE"),
    ]
    assert "missing and others must be amended" in answer.text


def test_a_gap_that_an_indicator_names_is_not_asked_for_twice_and_the_fourth_line_is_not_forgotten() -> None:
    raw = {**copy.deepcopy(COMPLETE), "items": [{**ITEM, "description": None, "net_weight_g": 100}] * 5}
    paths = [one.path for one in told(raw, "RFI").requests]
    assert paths == [f"items[{line}].description" for line in range(5)]


@pytest.mark.parametrize(
    ("outcome", "changes", "words"),
    [
        ("RFI", {"sender": None}, "Information is missing"),
        ("RFI", RAISES["DESCRIPTION_VAGUE"], "Nothing is missing, but data must be amended"),
        ("RFI", {}, "No data element is missing or wrong"),
        ("RFA", RAISES["WEIGHTS_ABOVE_GROSS"], "Data must be amended"),
        ("RFA", {"sender": None}, "Information is missing: send what is named below. Nothing that is there"),
        ("RFA", {}, "No data element is missing or wrong"),
    ],
)
def test_the_text_says_what_is_true_whatever_the_outcome(outcome: Outcome, changes: dict[str, Any], words: str) -> None:
    answer = told({**COMPLETE, **changes}, outcome)
    assert answer.outcome == outcome
    assert answer.text.startswith(words)
    assert answer.text.endswith("Do not load this consignment before the assessment is complete.")


def test_a_request_without_a_gap_asks_for_papers_unless_the_author_says_what_to_send() -> None:
    assert [one.code for one in told(COMPLETE, "RFI").requests] == ["SUPPORTING_DOCUMENTS"]
    answer = told(COMPLETE, "RFI", rule_on("S10_INVALID", carrier_text="Send a copy of the permit."))
    assert answer.requests == ()
    assert answer.text.endswith("Send a copy of the permit.")
    assert "named below" not in answer.text


def test_a_request_for_screening_says_how_and_what_to_send_back_and_names_the_gaps() -> None:
    clean, gaps = told(COMPLETE, "RFS"), told(BARE, "RFS")
    assert [one.kind for one in clean.requests] == ["screening"]
    assert "CP473124829GB" in clean.requests[0].text
    assert "who screened" in clean.requests[0].text
    assert "Besides" not in clean.text
    assert "Besides" in gaps.text
    assert {one.kind for one in gaps.requests} == {"screening", "missing", "amend"}


def test_do_not_load_says_whom_to_call_to_tell_nobody_and_asks_for_nothing() -> None:
    answer = told(BARE, "DNL", EVERY)
    assert answer.requests == ()
    assert "duty officer" in answer.text
    assert "nothing of this message may be disclosed" in answer.text


def test_the_authors_words_come_last_and_of_the_rule_that_decided_only() -> None:
    rule = rule_on("S10_INVALID", carrier_text="Call the export desk.")
    assert told(BARE, "RFS", rule).text.endswith(" Call the export desk.")
    assert "export desk" not in told(BARE, "RFS", None).text


def test_the_eight_data_elements_are_looked_for() -> None:
    assert {one.name for one in ELEMENTS} == set(get_args(Element))
    assert missing_elements(parse_manifest(copy.deepcopy(COMPLETE))) == ()
    gaps = missing_elements(parse_manifest(copy.deepcopy(BARE)))
    # A manifest cannot be without a number, and it is of one piece.
    assert {one.element for one in gaps} == set(get_args(Element)) - {"pieces", "consignment_number"}


def test_the_conditions_of_alternatives_name_indicators_too() -> None:
    either = AnyOf(((OneOf("indicator", ("S10_INVALID",)),), (Within("risk", 0.1), OneOf("stage", ("station",)))))
    assert named_indicators((either, OneOf("indicator", ("HS_CODE_INVALID",)))) == {"S10_INVALID", "HS_CODE_INVALID"}


def test_the_answer_is_plain_data() -> None:
    plain = asdict(told(BARE, "RFI"))
    assert set(plain) == {"outcome", "text", "requests"}
    assert all(isinstance(value, str) for one in plain["requests"] for value in one.values())


def test_the_documentation_has_the_registers_table_and_every_code() -> None:
    page = (DOCS / "placi.md").read_text(encoding="utf-8")
    assert decisions_markdown() in page
    fixed = {SCREENING_RESULT[1], OTHER_PAPERS[1], *(code for code, _ in GAPS.values())}
    assert all(f"`{code}`" in page for code in fixed)


def test_the_example_of_the_documentation_is_what_comes_out() -> None:
    text = (DOCS / "placi.md").read_text(encoding="utf-8")
    given, answer = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL))
    raw = {**copy.deepcopy(COMPLETE), **given}
    del raw["gross_weight_g"]
    assert asdict(told(raw, answer["outcome"])) == {**answer, "requests": tuple(answer["requests"])}


def test_an_indicator_without_a_decision_would_be_refused_loudly() -> None:
    """A code that nobody decided about must not pass in silence as nothing to tell."""
    manifest = parse_manifest(copy.deepcopy(COMPLETE))
    with pytest.raises(KeyError):
        carrier_answer(manifest, [Raised("NEW_ONE", "document", "x", "items[0]")], decided("RFI"), None, "pre_arrival")
