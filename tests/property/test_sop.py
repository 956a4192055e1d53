"""What holds for every policy that passes the check, and for every parcel."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sop_strategies import SCORES, band, lane, shuffled

from models.results import PARTS
from sop.casework.boundaries import boundaries
from sop.casework.testing import run_tests
from sop.engine import decide, decide_selected
from sop.reading.loader import examine_policy, parse_policy
from sop.types import LANES, MISSING_KEYS, OUTCOMES, Evidence, Policy, severity
from sop.vocabulary import Vocabulary

DAY = date(2026, 11, 22)
CODES = ("S10_INVALID", "DESCRIPTION_VAGUE", "LICENCE_MISSING")
VOCABULARY = Vocabulary(dict.fromkeys(CODES, ""), {"DENSE_METAL_IN_TEXTILES": ""})
COUNTRIES = ("GB", "NO", "MX")


def some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, unique=True)


plain_when = st.fixed_dictionaries(
    {},
    optional={
        "stage": some(("pre_arrival", "station")),
        "nature": some(("gift", "other")),
        "origin_country": some(COUNTRIES),
        "transit_country": some(COUNTRIES),
        "hs_code": some(("93", "9305", "61")),
        "risk": band,
        "xray": band,
        "combined": band,
        "part": st.dictionaries(st.sampled_from(PARTS[:3]), band, min_size=1),
        "indicator": some(CODES),
        "contradiction": some(("any", "DENSE_METAL_IN_TEXTILES")),
        "watchlist": some(("any", "national")),
        "finding_history": st.integers(0, 3).map(lambda count: {"at_least": count}),
    },
).filter(bool)
when = plain_when | st.tuples(plain_when, st.lists(plain_when, min_size=1, max_size=3)).map(
    lambda pair: {**pair[0], "any": pair[1]}
)
rules = st.lists(st.tuples(when, lane), min_size=1, max_size=6).map(
    lambda pairs: [
        {"id": f"R-{number}", "title": f"Rule {number}", "when": condition, "lane": where, "reviewed": "2026-11-01"}
        for number, (condition, where) in enumerate(pairs)
    ]
)
documents = st.fixed_dictionaries(
    {
        "sop": st.just("generated"),
        "version": st.just("v1"),
        "effective_from": st.just("2026-11-21"),
        "owner": st.just("Unit"),
        "lanes": st.fixed_dictionaries({name: st.sampled_from(OUTCOMES) for name in LANES}),
        "rules": rules,
        "missing_evidence": st.fixed_dictionaries(dict.fromkeys(MISSING_KEYS, lane)),
        "random_selection": st.fixed_dictionaries({"rate": SCORES, "lane": lane}),
        "default_lane": lane,
    }
)
number = st.none() | st.floats(0, 1) | SCORES
parcels = st.builds(
    Evidence,
    item_id=st.text(max_size=10),
    stage=st.sampled_from(["pre_arrival", "station"]),
    nature=st.sampled_from([None, "gift", "other"]),
    origin_country=st.sampled_from([None, *COUNTRIES]),
    transit_countries=st.lists(st.sampled_from(COUNTRIES), max_size=2).map(tuple),
    hs_codes=st.lists(st.sampled_from(["930520", "610910", "9303.30"]), max_size=2).map(tuple),
    risk=number,
    xray=number,
    xray_assessment=st.sampled_from([None, "alarm", "clear", "unknown"]),
    combined=number,
    parts=st.dictionaries(st.sampled_from(PARTS[:3]), st.floats(0, 1) | SCORES),
    indicators=st.frozensets(st.sampled_from(CODES)),
    contradictions=st.frozensets(st.just("DENSE_METAL_IN_TEXTILES")),
    watchlists=st.frozensets(st.sampled_from(["national", "port"])),
    finding_history=st.integers(0, 4),
    missing=st.frozensets(st.sampled_from(MISSING_KEYS)),
)


def load(document: dict[str, Any]) -> Policy:
    # JSON is YAML, quotes and all.
    return parse_policy(json.dumps(document), "generated.yaml", VOCABULARY)


@settings(max_examples=20, deadline=None)
@given(documents, parcels, st.binary(max_size=4))
def test_every_parcel_gets_a_lane_with_its_outcome_and_a_reason(
    document: dict[str, Any], parcel: Evidence, secret: bytes
) -> None:
    policy = load(document)
    decision = decide(policy, parcel, secret, on=DAY)
    assert decision.lane in LANES
    assert decision.outcome == policy.lanes[decision.lane]
    assert decision.rule
    assert decision.reason.endswith(".")
    assert decision.selection_probability == policy.random_selection.rate


@settings(max_examples=20, deadline=None)
@given(documents, parcels, st.booleans())
def test_missing_evidence_decides_release_only_where_the_policy_says_so(
    document: dict[str, Any], parcel: Evidence, selected: bool
) -> None:
    policy = load(document)
    decision = decide_selected(policy, parcel, selected, on=DAY)
    for key in decision.degraded:
        assert severity(decision.lane) >= severity(policy.missing_evidence[key].lane)
    assert set(parcel.missing) <= set(decision.degraded)
    if parcel.risk is None:
        assert "risk_unavailable" in decision.degraded


@settings(max_examples=20, deadline=None)
@given(documents, parcels, st.sampled_from(MISSING_KEYS), st.booleans())
def test_more_missing_evidence_never_lowers_the_lane(
    document: dict[str, Any], parcel: Evidence, key: str, selected: bool
) -> None:
    policy = load(document)
    before = decide_selected(policy, parcel, selected, on=DAY)
    # From what the engine itself found missing: naming the cause of an `unknown` replaces the guess.
    more = replace(parcel, missing=frozenset(before.degraded) | {key})
    after = decide_selected(policy, more, selected, on=DAY)
    assert severity(after.lane) >= severity(before.lane)


@settings(max_examples=20, deadline=None)
@given(documents, parcels)
def test_chance_never_lowers_the_lane(document: dict[str, Any], parcel: Evidence) -> None:
    policy = load(document)
    least = policy.random_selection.lane
    selected, other = decide_selected(policy, parcel, True, on=DAY), decide_selected(policy, parcel, False, on=DAY)
    assert severity(selected.lane) == max(severity(other.lane), severity(least))


@settings(max_examples=20, deadline=None)
@given(documents, parcels, st.randoms(use_true_random=False), st.binary(max_size=4))
def test_the_order_of_keys_means_nothing(
    document: dict[str, Any], parcel: Evidence, chance: random.Random, secret: bytes
) -> None:
    first, second = load(document), load(shuffled(document, chance))
    assert first == second
    assert decide(first, parcel, secret, on=DAY) == decide(second, parcel, secret, on=DAY)


@settings(max_examples=20, deadline=None)
@given(documents)
def test_a_rule_on_its_own_passes_all_its_boundaries(document: dict[str, Any]) -> None:
    policy = load(document)
    for rule in policy.rules:
        alone = replace(policy, rules=(rule,))
        # Another alternative of `any` may catch the parcel just outside; what must hold is the inside.
        failed = {one.name for one in run_tests(alone, ()).failures}
        inside = {one.name for one in boundaries(alone) if one.matches}
        outside = {one.name for one in boundaries(alone) if not one.matches}
        assert not failed & (inside - outside)


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="{}[]:-,&*!#'\"\n aNO01.|>?%@", max_size=60))
def test_no_text_makes_the_loader_raise(text: str) -> None:
    examined = examine_policy(text, VOCABULARY)
    assert examined.policy is None
    assert examined.errors
