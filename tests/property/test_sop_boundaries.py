"""What the boundaries of any valid procedure claim, the engine does; and every proposed case passes."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from sop_strategies import band, lane

from sop.casework.boundaries import boundaries
from sop.casework.cases import cases_of
from sop.casework.proposals import as_yaml, proposals
from sop.casework.testing import run_package
from sop.package import Package
from sop.reading.packages import parse_package
from sop.signals import all_hold
from sop.types import MISSING_KEYS
from sop.vocabulary import Vocabulary

VOCABULARY = Vocabulary({"S10_INVALID": "", "DESCRIPTION_VAGUE": ""}, {"DENSE_METAL_IN_TEXTILES": ""})
DAYS = ("2026-11-21", "2026-12-01", "2026-12-02", "2027-01-31")
period = st.lists(st.sampled_from(DAYS), max_size=2, unique=True).map(
    lambda days: dict(zip(("from", "until"), sorted(days), strict=False))
)
countries = st.sampled_from([{"list": "origins"}, {"codes": ["GB"], "list": "origins"}, "SE", ["GB", "NO"]])
conditions = {
    "stage": st.sampled_from(["pre_arrival", "station"]),
    "station": st.sampled_from(["leeds-*", "hull-1"]),
    "origin_country": countries,
    "transit_country": countries,
    "hs_code": st.sampled_from(["93", ["9305", "61"], {"list": "headings"}]),
    "risk": band,
    "xray": band | st.sampled_from([{"assessment": "alarm"}, {"assessment": ["no_picture", "unknown"]}]),
    "combined": band,
    "part": st.dictionaries(st.sampled_from(["barrel", "slide"]), band, min_size=1),
    "indicator": st.sampled_from(["S10_INVALID", ["S10_INVALID", "DESCRIPTION_VAGUE"]]),
    "contradiction": st.just("any"),
    "watchlist": st.sampled_from(["any", "port"]),
    "finding_history": st.integers(0, 3).map(lambda count: {"at_least": count}),
}
# Few conditions a rule, so that most can be met.
plain_when = st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: conditions[name] for name in names})
)
when = plain_when | st.tuples(plain_when, st.lists(plain_when, min_size=1, max_size=3)).map(
    lambda pair: {**pair[0], "any": pair[1]}
)
rules = st.lists(st.tuples(when, lane, period), min_size=1, max_size=5).map(
    lambda rows: [
        {"id": f"R-{number}", "title": f"Rule {number}", "when": condition, "lane": where, **days}
        for number, (condition, where, days) in enumerate(rows)
    ]
)
entries = period.map(lambda days: {"code": "NO", **days})
share = st.sampled_from([{"at_most_share": 0.02}, {"at_least_share": 0.05}])
workload = st.dictionaries(st.sampled_from(["examine", "scan"]), share, min_size=1)


@st.composite
def packages(draw: st.DrawFn) -> Package:
    policy = {
        "sop": "generated", "version": "v1", "effective_from": "2026-11-21", "owner": "Unit",
        "lanes": {"detain": "DNL", "examine": "RFS", "scan": "RFS", "documents": "RFI", "release": "AC"},
        "rules": draw(rules), "missing_evidence": dict.fromkeys(MISSING_KEYS, "documents"),
        "random_selection": {"rate": 0.01, "lane": "examine"}, "workload": draw(workload),
        "default_lane": draw(lane),
    }  # fmt: skip
    head = {"source": "Unit", "issued": "2026-11-01"}
    origins = {"list": "origins", "kind": "country", **head, "entries": ["SE", draw(entries)]}
    headings = {"list": "headings", "kind": "hs_code", **head, "entries": ["93", {"code": "930520", "until": DAYS[1]}]}
    override = {"extends": "../policy.yaml", "version": "2", "applies_to": {"station": ["hull-*"]},
                "add": [{"id": "H-1", "title": "Here", "when": draw(when), "lane": draw(lane)}]}  # fmt: skip
    files = {"policy.yaml": policy, "lists/origins.yaml": origins, "lists/headings.yaml": headings,
             "overrides/hull.yaml": override}  # fmt: skip
    # JSON is YAML, quotes and all.
    return parse_package({name: json.dumps(file).encode() for name, file in files.items()}, "generated", VOCABULARY)


@settings(max_examples=40, deadline=None)
@given(packages())
def test_what_a_boundary_claims_the_engine_does(package: Package) -> None:
    for one in (one for policy in package.policies for one in boundaries(policy)):
        holds = one.rule.in_force(one.on) and all_hold(one.rule.when, one.evidence, one.on)
        assert holds == one.matches, one.name


@settings(max_examples=15, deadline=None)
@given(packages())
def test_a_rule_on_its_own_passes_all_its_edges(package: Package) -> None:
    for rule in package.base.rules:
        alone = replace(package, base=replace(package.base, rules=(rule,)), overrides=())
        assert run_package(alone, ()).failures == ()


@settings(max_examples=15, deadline=None)
@given(packages())
def test_every_proposed_case_passes(package: Package) -> None:
    found = [one for one in proposals(package, run_package(package, ()), VOCABULARY) if one.text is not None]
    texts = as_yaml(found, package).split("# For ")[1:]
    files = {text.split(":\n", 1)[0]: text.split(":\n", 1)[1].encode() for text in texts}
    whole = replace(package, files={**package.files, **files})
    run = run_package(whole, cases_of(whole, VOCABULARY))
    assert [one for one in run.failures if one.kind == "case"] == []
    assert run.cases == len(found)
