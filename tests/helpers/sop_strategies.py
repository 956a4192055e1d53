"""Random procedures with all that the language has, as their files, and random parcels; for property tests."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from models.results import PARTS, Assessment
from sop.types import LANES, MISSING_KEYS, OUTCOMES, STAGES, Cut, Evidence
from sop.vocabulary import Vocabulary

TODAY = date(2026, 11, 22)
CODES = ("S10_INVALID", "DESCRIPTION_VAGUE", "LICENCE_MISSING")
VOCABULARY = Vocabulary(dict.fromkeys(CODES, ""), {"DENSE_METAL_IN_TEXTILES": "", "PICTURE_EMPTY": ""})
COUNTRIES = ("GB", "NO", "MX")
SCORES = st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0])
NAMED_PARTS = PARTS[:3]


def day(number: int) -> str:
    """The day so many days after today, as files have it."""
    return (TODAY + timedelta(days=number)).isoformat()


days = st.integers(-40, 40).map(day)
lane = st.sampled_from(LANES)
band = st.one_of(
    SCORES.map(lambda low: {"at_least": low}),
    SCORES.filter(bool).map(lambda high: {"below": high}),
    st.tuples(SCORES, SCORES).filter(lambda pair: pair[0] < pair[1]).map(
        lambda pair: {"at_least": pair[0], "below": pair[1]}
    ),
)  # fmt: skip
period = st.lists(st.integers(-40, 40), max_size=2, unique=True).map(
    lambda numbers: dict(zip(("from", "until"), map(day, sorted(numbers)), strict=False))
) | days.map(lambda last: {"until": last})


def some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """One value, or a list of several."""
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, unique=True)


def listed(values: tuple[str, ...], name: str) -> st.SearchStrategy[Any]:
    """Values, a named list, or both."""
    return some(values) | st.sampled_from([{"list": name}, {"list": name, "codes": [values[0]]}])


assessed = st.fixed_dictionaries({"assessment": some(("alarm", "clear", "unknown", "no_picture"))})
conditions: dict[str, st.SearchStrategy[Any]] = {
    "stage": some(STAGES),
    "station": some(("leeds-*", "leeds-1", "*-1")),
    "channel": some(("postal", "courier")),
    "nature": some(("gift", "other")),
    "origin_country": listed(COUNTRIES, "origins"),
    "transit_country": listed(COUNTRIES, "origins"),
    "hs_code": listed(("93", "9305", "61"), "headings"),
    "risk": band,
    "xray": band | assessed | st.builds(lambda one, other: {**one, **other}, band, assessed),
    "combined": band,
    "part": st.dictionaries(st.sampled_from(NAMED_PARTS), band, min_size=1, max_size=2),
    "indicator": some(CODES),
    "contradiction": some(("any", "DENSE_METAL_IN_TEXTILES")),
    "watchlist": some(("any", "national", "port")),
    "finding_history": st.integers(0, 3).map(lambda count: {"at_least": count}),
}
names_of_conditions = st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=3, unique=True)


@st.composite
def whens(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three conditions, for rules of few overlap more often than rules of many; now and then with `any`."""
    own = {name: draw(conditions[name]) for name in draw(names_of_conditions)}
    if draw(st.integers(0, 2)):
        return own
    several = draw(st.lists(names_of_conditions, min_size=1, max_size=3))
    return {**own, "any": [{name: draw(conditions[name]) for name in names} for names in several]}


@st.composite
def rules(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A rule as it stands in a file."""
    where = draw(lane)
    rule = {"id": name, "title": f"Rule {name}", "when": draw(whens()), "lane": where, "reviewed": "2026-11-01",
            **draw(period)}  # fmt: skip
    milder = [one for one in LANES if LANES.index(one) > LANES.index(where)]
    if where != "detain" and draw(st.booleans()):
        rule["trim"] = draw(st.sampled_from(["never", *milder]))
    if draw(st.booleans()):
        rule["outcome"] = draw(st.sampled_from([one for one in OUTCOMES if one != "AC" or where == "release"]))
    return rule


entries = st.lists(st.sampled_from(COUNTRIES), min_size=1, unique=True).flatmap(
    lambda codes: st.tuples(*(period.map(lambda dated, code=code: {"code": code, **dated}) for code in codes))
)
# At most a quarter each, so that the shares can hold together.
share = st.one_of(
    st.just({"at_least_share": 0.02}), st.just({"at_most_share": 0.25}),
    st.just({"at_least_share": 0.02, "at_most_share": 0.25}),
)  # fmt: skip
chance = st.fixed_dictionaries({"rate": SCORES, "lane": lane})


@st.composite
def procedures(draw: st.DrawFn) -> dict[str, Any]:
    """A valid procedure: its files by path, each as a document."""
    names = [f"R-{number}" for number in range(draw(st.integers(1, 5)))]
    head = {"source": "Unit", "issued": "2026-10-01", "expires": draw(st.integers(-20, 60).map(day))}
    files: dict[str, Any] = {
        "policy.yaml": {
            "sop": "generated", "version": "v1", "effective_from": draw(days), "owner": "Unit",
            "time_zone": draw(st.sampled_from(["UTC", "America/Mexico_City"])),
            "lanes": {name: draw(st.sampled_from(OUTCOMES)) for name in LANES},
            "rules": [draw(rules(name)) for name in names],
            "missing_evidence": {key: draw(lane) for key in MISSING_KEYS},
            "random_selection": draw(chance),
            "workload": draw(st.dictionaries(st.sampled_from(LANES[:4]), share, min_size=1)),
            "default_lane": draw(lane),
        },
        "lists/origins.yaml": {"list": "origins", "kind": "country", **head, "entries": list(draw(entries))},
        "lists/headings.yaml": {"list": "headings", "kind": "hs_code", **head, "entries": ["93", "6109"]},
    }  # fmt: skip
    for number, scope in enumerate(draw(st.sampled_from(SCOPES))):
        files[f"overrides/o{number}.yaml"] = draw(overrides(names, scope, f"O-{number}"))
    return files


SCOPES: tuple[tuple[dict[str, str], ...], ...] = (
    (), ({"station": "leeds-*"},), ({"channel": "courier"},),
    ({"station": "leeds-*", "channel": "postal"}, {"channel": "courier"}),
)  # fmt: skip
"""Scopes of the overrides of one procedure: no parcel fits two of them."""


@st.composite
def overrides(draw: st.DrawFn, names: list[str], scope: dict[str, str], own: str) -> dict[str, Any]:
    """An override of a procedure with rules of these names; it has a rule called `own`."""
    file: dict[str, Any] = {"extends": "../policy.yaml", "version": "2", "applies_to": scope}
    changed, *kept = draw(st.permutations(names))
    place = draw(st.sampled_from([{}, {"before": changed}, {"after": changed}]))
    file["add"] = [{**draw(rules(own)), **place}]
    values = draw(rules(changed))
    file["change"] = [{key: values[key] for key in ("id", "when")}]
    if kept and draw(st.booleans()):
        file["remove"] = kept[:1]
    if draw(st.booleans()):
        file["missing_evidence"] = {key: draw(lane) for key in MISSING_KEYS[:2]}
        file["random_selection"] = draw(chance)
        file["default_lane"] = draw(lane)
    return file


def as_files(procedure: dict[str, Any]) -> dict[str, bytes]:
    """The files as bytes; JSON is YAML, quotes and all."""
    return {path: json.dumps(document).encode() for path, document in procedure.items()}


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same with the keys of every block in another order; the order of lists stays, for it has meaning."""
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    return {key: shuffled(value[key], chance) for key in keys}


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Cut, ...]:
    """Any cuts, at most one for each stage and lane, whether or not parcels before could have led to them."""
    places = draw(st.lists(st.tuples(st.sampled_from(STAGES), lane), unique=True, max_size=5))
    fraction = SCORES | st.floats(0, 1)
    return tuple(
        Cut(stage=stage, lane=where, moves=draw(st.sampled_from(["in", "out"])), rank=draw(fraction),
            tie=draw(fraction), share=0.1, parcels=1000)
        for stage, where in places
    )  # fmt: skip


number = st.none() | SCORES | st.floats(0, 1) | st.just(float("nan"))
declared: dict[str, st.SearchStrategy[Any]] = {
    "item_id": st.text(max_size=10),
    "stage": st.sampled_from(STAGES),
    "station": st.sampled_from([None, "leeds-1", "leeds-2", "hull-1", "Leeds-1"]),
    "channel": st.sampled_from(["postal", "courier"]),
    "nature": st.sampled_from([None, "gift", "other"]),
    "origin_country": st.sampled_from([None, "SE", *COUNTRIES]),
    "transit_countries": st.lists(st.sampled_from(COUNTRIES), max_size=2).map(tuple),
    "hs_codes": st.lists(st.sampled_from(["930520", "610910", "9303.30", "93"]), max_size=2).map(tuple),
    "indicators": st.frozensets(st.sampled_from(CODES)),
    "watchlists": st.frozensets(st.sampled_from(["national", "port", "airport"])),
    "finding_history": st.integers(0, 4),
    "missing": st.frozensets(st.sampled_from(MISSING_KEYS)),
}
contradictions = st.frozensets(st.sampled_from(sorted(VOCABULARY.contradictions)))
parcels = st.builds(
    Evidence,
    **declared,
    risk=number,
    xray=number,
    xray_assessment=st.sampled_from([None, *get_args(Assessment)]),
    combined=number,
    parts=st.dictionaries(st.sampled_from(NAMED_PARTS), st.floats(0, 1) | SCORES),
    contradictions=contradictions,
)
"""Any parcel, also one that no scanner and no model could have led to."""


@st.composite
def possible_parcels(draw: st.DrawFn) -> Evidence:
    """A parcel as stations and models give them: scores only where a picture is, no part above its picture."""
    known = SCORES | st.floats(0, 1)
    fields = {name: draw(strategy) for name, strategy in declared.items()}
    fields |= {"risk": draw(st.none() | known), "combined": draw(st.none() | known)}
    verdict = draw(st.sampled_from([None, *get_args(Assessment)]))
    if verdict is not None:
        score = draw(st.none() | known if verdict == "unknown" else known)
        parts = draw(st.dictionaries(st.sampled_from(NAMED_PARTS), known)) if score is not None else {}
        fields |= {"xray": score, "parts": {part: min(value, score or 0.0) for part, value in parts.items()},
                   "contradictions": draw(contradictions)}  # fmt: skip
    return Evidence(**fields, xray_assessment=verdict)
