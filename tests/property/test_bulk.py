"""Many parcels at once are decided as one by one, and the workload keeps its promises, for every policy and parcel."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.results import PARTS
from sop.bulk.columns import checked, from_stored, to_stored
from sop.bulk.cuts import STORED
from sop.bulk.decide import decide_all
from sop.bulk.decided import PLACED_BY, Decided
from sop.engine import day_of, decide, decide_selected, first_match
from sop.evidence_json import Stored, decide_again, from_json, to_json
from sop.lists import ListEntry, NamedList
from sop.package import Override, Package, Scope
from sop.types import (
    LANES,
    MISSING_KEYS,
    OUTCOMES,
    STAGES,
    AnyOf,
    BeginsWith,
    Cut,
    Decision,
    Evidence,
    Like,
    MissingPolicy,
    OneOf,
    Policy,
    RandomSelection,
    Rule,
    Share,
    Within,
    severity,
)

SCORES = st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0])
COUNTRIES = ("GB", "NO", "MX")
HEADINGS = ("93", "9305", "61")
STATIONS = ("leeds-1", "leeds-2", "hull")
INDICATORS = ("S10_INVALID", "DESCRIPTION_VAGUE")
DAYS = [date(2026, 11, 20) + timedelta(days=number) for number in range(5)]
MOMENTS = [
    datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=7 * number, microseconds=number) for number in range(16)
]
MOMENTS += [datetime(2026, 11, 21, 4, 59, 59, 999999, UTC), datetime(2026, 11, 21, 5, tzinfo=UTC)]

MANY = 60

# The first of a choice is drawn most often.
lane = st.sampled_from(("examine", "scan", "documents", "release", "detain"))
day = st.none() | st.sampled_from(DAYS)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


def lists(values: tuple[str, ...]) -> st.SearchStrategy[tuple[NamedList, ...]]:
    entry = st.builds(ListEntry, code=st.sampled_from(values), starts=day, ends=day)
    named = st.builds(
        NamedList,
        name=st.sampled_from(["one", "two"]),
        kind=st.just("country"),
        source=st.just("a regulation"),
        issued=st.just(DAYS[0]),
        expires=st.none(),
        entries=st.lists(entry, max_size=3).map(tuple),
    )
    return st.lists(named, max_size=2).map(tuple)


number = st.none() | SCORES
signals = st.sampled_from(["risk", "xray", "combined", "finding_history", "part.barrel", "part.slide"])
# Such rules stand first among the kinds and often alone: they are the ones that workload may trim.
on_score = st.builds(Within, st.sampled_from(["risk", "combined"]), st.sampled_from([0.0, 0.05, 0.2]))
plain = st.one_of(
    on_score,
    st.builds(OneOf, st.just("stage"), some(STAGES)),
    st.builds(OneOf, st.sampled_from(["origin_country", "transit_country"]), some(COUNTRIES), lists(COUNTRIES)),
    st.builds(OneOf, st.just("nature"), some(("gift", "other"))),
    st.builds(OneOf, st.just("xray_assessment"), some(("no_picture", "alarm", "clear", "unknown"))),
    st.builds(OneOf, st.just("indicator"), some(INDICATORS)),
    st.builds(OneOf, st.just("watchlist"), some(("any", "national"))),
    st.builds(OneOf, st.just("contradiction"), some(("any", "DENSE_METAL_IN_TEXTILES"))),
    st.builds(BeginsWith, st.just("hs_code"), some(HEADINGS), lists(HEADINGS)),
    st.builds(Like, st.just("station"), some(("leeds-*", "hull"))),
    st.builds(Within, signals, number, number),
)
alternatives = st.lists(st.lists(plain, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple)
when = on_score.map(lambda one: (one,)) | st.lists(plain | st.builds(AnyOf, alternatives), min_size=1, max_size=3).map(
    tuple
)
rule = st.builds(
    Rule,
    id=st.sampled_from(["A", "B", "C", "D"]),
    title=st.just("A rule"),
    when=when,
    lane=lane,
    starts=day,
    ends=day,
    outcome=st.none() | st.sampled_from(OUTCOMES),
    trim=st.sampled_from([None, "scan", "release", "never", "documents", "examine"]),
)
share = st.builds(Share, at_least_share=st.none() | SCORES, at_most_share=st.none() | SCORES)
policy = st.builds(
    Policy,
    name=st.sampled_from(["national", "other"]),
    version=st.just("1"),
    effective_from=st.just(DAYS[0]),
    owner=st.just("Unit"),
    lanes=st.fixed_dictionaries({name: st.sampled_from(OUTCOMES) for name in LANES}),
    rules=st.lists(rule, min_size=1, max_size=4).map(tuple),
    missing_evidence=st.fixed_dictionaries({key: st.builds(MissingPolicy, lane=lane) for key in MISSING_KEYS}),
    default_lane=lane,
    random_selection=st.builds(RandomSelection, rate=st.sampled_from([0.1, 0.0, 1.0]), lane=lane),
    workload=st.dictionaries(lane, share, max_size=3),
    time_zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
)
scope = st.builds(Scope, stations=some(("leeds-*", "hull", "*")), channels=some(("postal", "courier")))
override = st.builds(Override, file=st.just("overrides/one.yaml"), scope=scope, policy=policy)
package = st.builds(Package, base=policy, overrides=st.lists(override, max_size=2).map(tuple), files=st.just({}))
seeds = st.integers(0, 2**32).map(random.Random)


def score(chance: random.Random) -> float | None:
    """Mostly a threshold of the rules and cuts, so that ties and bounds are met."""
    return chance.choice([0.0, 0.05, 0.2, 0.5, 0.9, 1.0, chance.random(), chance.random(), None])


def parcel(chance: random.Random) -> Evidence:
    """A parcel of which anything may be known."""
    return Evidence(
        item_id=f"{chance.random()} \u00e9",
        stage=chance.choice(STAGES),
        station=chance.choice([None, *STATIONS]),
        channel=chance.choice([None, "postal", "courier"]),
        nature=chance.choice([None, "gift", "other"]),
        origin_country=chance.choice([None, *COUNTRIES]),
        transit_countries=tuple(chance.sample(COUNTRIES, chance.choice([0, 1, 2]))),
        hs_codes=tuple(chance.sample(["930520", "610910", "9303.30"], chance.choice([0, 1, 2]))),
        risk=score(chance),
        xray=score(chance),
        xray_assessment=chance.choice([None, None, "alarm", "clear", "clear", "unknown"]),
        combined=score(chance),
        parts={part: chance.random() for part in chance.sample(PARTS[:3], chance.choice([0, 1, 2]))},
        indicators=frozenset(chance.sample(INDICATORS, chance.choice([0, 1, 2]))),
        contradictions=frozenset(chance.choice([(), (), ("DENSE_METAL_IN_TEXTILES",)])),
        watchlists=frozenset(chance.choice([(), (), ("national",), ("port",)])),
        finding_history=chance.choice([0, 0, 1, 2]),
        missing=frozenset(chance.choice([(), (), (), (), (chance.choice(MISSING_KEYS),), MISSING_KEYS[:2]])),
    )


def some_cuts(chance: random.Random) -> tuple[Cut, ...]:
    """At most one cut for every stage and lane."""
    return tuple(
        Cut(
            stage=stage,
            lane=where,
            moves=chance.choice(["in", "out", "out"]),  # type: ignore[arg-type]
            rank=chance.choice([0.05, 0.2, 0.5, 0.9, 1.0]),
            tie=chance.choice([0.0, 0.3, 0.5, 1.0]),
            share=0.1,
            parcels=10_000,
        )
        for stage in STAGES
        for where in LANES
        if chance.random() < 0.6
    )


def stored(chance: random.Random) -> Stored:
    """A parcel with what its decision rested on."""
    draws = (chance.choice([0.05, chance.random()]), chance.random())
    at, own = chance.choice(MOMENTS), some_cuts(chance)
    return Stored(evidence=parcel(chance), at=at, draw=draws[0], tie_draw=draws[1], policy="digest", cuts=own)


def row(decided: Decided, number: int) -> tuple[object, ...]:
    """One decision of many, in the words of one by one."""
    moved = decided.cut[number] >= 0
    degraded = tuple(key for bit, key in enumerate(MISSING_KEYS) if decided.degraded[number] >> bit & 1)
    return (
        LANES[decided.lane[number]],
        OUTCOMES[decided.outcome[number]],
        decided.rules[decided.rule[number]],
        PLACED_BY[decided.placed_by[number]],
        decided.probability[number],
        decided.selected[number],
        degraded,
        decided.cuts[decided.cut[number]] if moved else None,
    )


def fields(one: Decision) -> tuple[object, ...]:
    return (
        one.lane,
        one.outcome,
        one.rule,
        one.placed_by,
        one.placement_probability,
        one.random_selection,
        one.degraded,
        one.cut,
    )


@settings(max_examples=25, deadline=None)
@given(package, seeds)
def test_many_at_once_as_one_by_one_with_what_was_stored(package: Package, chance: random.Random) -> None:
    parcels = [stored(chance) for _ in range(MANY)]
    decided = decide_all(package, from_stored(parcels), cuts=STORED)
    for number, one in enumerate(parcels):
        assert row(decided, number) == fields(decide_again(package, one))


@settings(max_examples=20, deadline=None)
@given(package, seeds, st.binary(max_size=4))
def test_many_at_once_as_one_by_one_with_draws_and_cuts_of_its_own(
    package: Package, chance: random.Random, secret: bytes
) -> None:
    parcels = [stored(chance) for _ in range(MANY)]
    cuts = [some_cuts(chance) for _ in package.policies]
    table = checked(from_stored(parcels).drop_columns(["draw", "tie_draw", "cuts"]), "parcels")
    decided = decide_all(package, table, secret, cuts=cuts)
    for number, one in enumerate(parcels):
        found = one.evidence
        policy = package.policy_for(found.station, found.channel)
        own = next(own for each, own in zip(package.policies, cuts, strict=True) if each is policy)
        expected = decide(policy, found, secret, on=day_of(policy, one.at), cuts=own)
        assert row(decided, number) == fields(expected)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_stored_evidence_comes_back_exactly(chance: random.Random) -> None:
    parcels = [stored(chance) for _ in range(MANY)]
    assert [from_json(to_json(one)) for one in parcels] == parcels
    table = from_stored(parcels)
    assert [to_stored(table, number) for number in range(5)] == parcels[:5]


@settings(max_examples=25, deadline=None)
@given(policy, seeds, st.sampled_from(DAYS), st.booleans())
def test_the_workload_moves_out_only_what_it_may(
    policy: Policy, chance: random.Random, on: date, selected: bool
) -> None:
    for _ in range(MANY):
        found, cuts, tie = parcel(chance), some_cuts(chance), chance.random()
        before = decide_selected(policy, found, selected, on=on)
        after = decide_selected(policy, found, selected, on=on, cuts=cuts, tie_draw=tie)
        assert (after.placed_by == "workload") == (after.rule == "WORKLOAD") == (after.cut is not None)
        assert after.placement_probability > 0 or before.placement_probability == 0
        if after.cut is None:
            assert after.lane == before.lane
        elif after.cut.moves == "in":
            assert severity(after.lane) > severity(before.lane)
        else:
            assert_may_go_out(policy, before, after, first_match(policy, found, on))


def assert_may_go_out(policy: Policy, before: Decision, after: Decision, rule: Rule | None) -> None:
    assert after.cut is not None
    assert rule is not None
    assert before.placed_by == "rule"
    assert before.lane == rule.lane == after.cut.lane != "detain"
    assert not before.random_selection
    assert severity(after.lane) < severity(before.lane)
    assert after.lane != "release" or rule.trim == "release"
    assert rule.trim != "never"
    for key in after.degraded:
        assert severity(after.lane) >= severity(policy.missing_evidence[key].lane)
