"""What holds of the carrier's answer for every manifest, not only for the ones somebody thought of."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from features.indicators.register import REGISTER, Raised, raise_indicators
from features.manifest_schema import parse_manifest
from features.placi import missing_elements
from sop.placi.answer import ORDER, carrier_answer
from sop.placi.register import DECISIONS, NotForCarriers
from sop.types import Decision, OneOf, Outcome, Rule

words = st.sampled_from(["gift", "cotton shirts", "pistol barrel", "xxx", "Kugellager", "glue gun", "N/A", "9mm"])
parties = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | words,
        "company": st.none() | words,
        "address": st.none() | st.lists(words, min_size=1, max_size=2),
        "city": st.none() | st.just("Leeds"),
        "postcode": st.none() | st.just("LS1 1AA"),
        "country": st.none() | st.sampled_from(["GB", "HK"]),
    },
)
items = st.fixed_dictionaries(
    {"description": words | st.none(), "hs_code": st.sampled_from(["610910", "930510", "10121", "846693"])},
    optional={"net_weight_g": st.sampled_from([10, 600, 9000]), "value": st.just({"amount": "0", "currency": "EUR"})},
)
manifests = st.fixed_dictionaries(
    {
        "item_id": st.sampled_from(["CP473124829GB", "CP473124820GB", "1Z999"]),
        "channel": st.sampled_from(["postal", "courier"]),
        "origin_country": st.sampled_from(["GB", "TR"]),
        "destination_country": st.just("MX"),
        "items": st.lists(items, min_size=1, max_size=6),
    },
    optional={
        "mail_class": st.sampled_from(["parcel", "ems"]),
        "nature": st.sampled_from(["documents", "gift"]),
        "gross_weight_g": st.sampled_from([0, 100, 5000]),
        "dimensions_mm": st.just([30, 20, 9]),
        "sender": parties,
        "recipient": parties,
        "transit_countries": st.just(["US", "CA", "GT"]),
    },
)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(["DNL", "RFS", "RFI", "RFA"])
codes = st.lists(st.sampled_from([one.code for one in REGISTER]), min_size=1, max_size=4)
rules = st.none() | codes.map(
    lambda chosen: Rule(id="DC-1", title="Title", when=(OneOf("indicator", tuple(chosen)),), lane="documents")
)


def decided(outcome: Outcome) -> Decision:
    return Decision(
        lane="documents", outcome=outcome, rule="DC-1", reason="", reference=None, instructions=None,
        random_selection=False, selection_probability=0.01, degraded=(),
    )  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(manifests, outcomes, rules)
def test_every_gap_is_asked_for_once_in_order_and_the_text_fits(
    raw: dict[str, Any], outcome: Outcome, rule: Rule | None
) -> None:
    manifest = parse_manifest(raw)
    answer = carrier_answer(manifest, raise_indicators(manifest), decided(outcome), rule, "pre_arrival")
    assert answer is not None
    requests = answer.requests
    if outcome == "DNL":
        assert requests == ()
        return
    assert len({(one.path, one.code) for one in requests}) == len(requests)
    assert all(one.path.split(".")[0].split("[")[0] in ORDER for one in requests)
    kinds = [one.kind for one in requests]
    assert kinds == sorted(kinds, key=["screening", "missing", "amend", "papers"].index)
    for gap in missing_elements(manifest):
        part = gap.path.split(".")[0]
        # A name or description that is a placeholder is there, and is asked for as an amendment.
        asked = [one for one in requests if one.element == gap.element and one.path.split(".")[0] == part]
        assert len(asked) == 1, gap
    assert ("Nothing is missing, but" in answer.text) == (outcome == "RFI" and set(kinds) == {"amend"})
    assert ("papers" in kinds) == (outcome in ("RFI", "RFA") and not {"missing", "amend"} & set(kinds))


@settings(max_examples=60, deadline=None)
@given(manifests, outcomes, st.sets(st.sampled_from([one.code for one in REGISTER])))
def test_what_is_not_for_carriers_changes_nothing_he_reads(
    raw: dict[str, Any], outcome: Outcome, more: set[str]
) -> None:
    manifest = parse_manifest(raw)
    raised = raise_indicators(manifest)
    secret = [
        Raised(code, "physical", "Looks like a firearm.", "items[0].hs_code")
        for code in sorted(more)
        if isinstance(DECISIONS[code], NotForCarriers)
    ]
    told = [one for one in raised if not isinstance(DECISIONS[one.code], NotForCarriers)]
    rule = Rule(id="X", title="X", when=(OneOf("indicator", tuple(DECISIONS)),), lane="documents")
    with_secret = carrier_answer(manifest, [*secret, *raised], decided(outcome), rule, "pre_arrival")
    assert with_secret == carrier_answer(manifest, told, decided(outcome), rule, "pre_arrival")
