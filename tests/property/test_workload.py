"""Cuts keep lanes to their shares as far as parcels may move, for every policy and every row of parcels."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.moves import move
from sop.types import LANES, MISSING_KEYS, Cut, Lane, MissingPolicy, Policy, Share
from sop.workload import Ranked, cuts_of

STAGE = "station"
SHARES = st.sampled_from([None, 0.0, 0.02, 0.07, 0.2, 0.5, 1.0])
seeds = st.integers(0, 2**32).map(random.Random)


def policy_with(workload: dict[Lane, Share]) -> Policy:
    return Policy(
        name="national",
        version="1",
        effective_from=date(2026, 11, 21),
        owner="Unit",
        lanes=dict.fromkeys(LANES, "AC"),
        rules=(),
        missing_evidence=dict.fromkeys(MISSING_KEYS, MissingPolicy(lane="examine")),
        default_lane="release",
        workload=workload,
    )


share = st.builds(Share, at_least_share=SHARES, at_most_share=SHARES).filter(
    lambda one: one.at_least_share is None or one.at_most_share is None or one.at_least_share <= one.at_most_share
)
policies = st.dictionaries(st.sampled_from(LANES), share, max_size=4).map(policy_with)


@dataclass(frozen=True)
class Parcels:
    lane: list[Lane]
    out: list[Lane | None]
    rank: list[float]

    @property
    def ranked(self) -> Ranked:
        out = [-1 if one is None else LANES.index(one) for one in self.out]
        lane = [LANES.index(one) for one in self.lane]
        return Ranked(np.array(lane, np.int8), np.array(out, np.int8), np.array(self.rank))

    def after(self, cuts: tuple[Cut, ...], chance: random.Random) -> list[Lane]:
        return [
            one if math.isnan(rank) else move(one, out, rank, chance.random(), cuts).lane
            for one, out, rank in zip(self.lane, self.out, self.rank, strict=True)
        ]


def parcels(chance: random.Random, distinct: bool) -> Parcels:
    """A few hundred parcels; some may move out, some have no rank; without `distinct` many share their rank."""
    count = chance.randrange(1, 300)
    lanes = [chance.choice(LANES) for _ in range(count)]
    places = [LANES.index(one) for one in lanes]
    outs = [LANES[chance.randrange(1 + place, 5)] if 0 < place < 4 and chance.random() < 0.5 else None
            for place in places]  # fmt: skip
    ranks = [chance.random() if distinct else chance.choice([0.1, 0.2, 0.3]) for _ in range(count)]
    return Parcels(lanes, outs, [rank if chance.random() < 0.9 else math.nan for rank in ranks])


@settings(max_examples=60, deadline=None)
@given(policies, seeds)
def test_on_the_parcels_they_come_from_the_shares_are_met_as_far_as_parcels_may_move(
    policy: Policy, chance: random.Random
) -> None:
    before = parcels(chance, distinct=True)
    cuts = cuts_of(policy, before.ranked, STAGE, least=1)
    after = before.after(cuts, chance)
    count = len(after)
    for lane, share in policy.workload.items():
        held = after.count(lane)
        if share.at_most_share is not None and held >= share.at_most_share * count + 1:
            assert_only_these_stay(before, after, lane)
        if share.at_least_share is not None and held <= share.at_least_share * count - 1:
            # What is milder and could come in has been moved by a more severe lane, or has no rank.
            left = [
                rank
                for now, was, rank in zip(after, before.lane, before.rank, strict=True)
                if LANES.index(now) > LANES.index(lane) and now == was and not math.isnan(rank)
            ]
            assert left == []


def assert_only_these_stay(before: Parcels, after: list[Lane], lane: Lane) -> None:
    """Nothing that may go out has stayed: what is there may not, came in, or has no rank."""
    for was, now, out, rank in zip(before.lane, after, before.out, before.rank, strict=True):
        if now == lane == was:
            assert out is None or math.isnan(rank)


@settings(max_examples=50, deadline=None)
@given(policies, seeds, st.booleans())
def test_nothing_leaves_a_lane_that_may_not_and_nothing_is_moved_without_need(
    policy: Policy, chance: random.Random, distinct: bool
) -> None:
    before = parcels(chance, distinct)
    cuts = cuts_of(policy, before.ranked, STAGE, least=1)
    assert [cut.lane for cut in cuts] == sorted((cut.lane for cut in cuts), key=LANES.index)
    assert len({cut.lane for cut in cuts}) == len(cuts)
    for cut in cuts:
        share = policy.workload[cut.lane]
        assert cut.share == (share.at_least_share if cut.moves == "in" else share.at_most_share)
        assert (cut.parcels, cut.stage) == (len(before.lane), STAGE)
        assert 0 <= cut.tie <= 1
    for was, now, out in zip(before.lane, before.after(cuts, chance), before.out, strict=True):
        assert now in (was, out) or LANES.index(now) < LANES.index(was)


@settings(max_examples=50, deadline=None)
@given(policies, seeds)
def test_a_lane_gives_up_its_lowest_ranks_and_takes_the_highest(policy: Policy, chance: random.Random) -> None:
    before = parcels(chance, distinct=True)
    cuts = cuts_of(policy, before.ranked, STAGE, least=1)
    for cut in cuts:
        after = before.after((cut,), chance)
        moved = [one for one, was, now in zip(before.rank, before.lane, after, strict=True) if was != now]
        may = [
            rank
            for rank, was, now, out in zip(before.rank, before.lane, after, before.out, strict=True)
            if was == now and not math.isnan(rank) and (out is not None and was == cut.lane
            if cut.moves == "out" else LANES.index(was) > LANES.index(cut.lane))
        ]  # fmt: skip
        if moved and may:
            assert max(moved) < min(may) if cut.moves == "out" else min(moved) > max(may)


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_ties_are_drawn_with_the_probability_that_the_decision_names(chance: random.Random) -> None:
    count, ranks = 4000, [0.3] * 4000
    lanes: list[Lane] = ["examine"] * 1000 + ["release"] * 3000
    before = Parcels(lanes, ["scan"] * 1000 + [None] * 3000, ranks)
    workload = {"examine": Share(at_most_share=0.1), "scan": Share(at_least_share=0.4)}
    cuts = cuts_of(policy_with(workload), before.ranked, STAGE)  # type: ignore[arg-type]
    moves = [move(one, out, 0.3, chance.random(), cuts) for one, out in zip(lanes, before.out, strict=True)]
    after = [one.lane for one in moves]
    for lane, share in (("examine", 0.1), ("scan", 0.4)):
        # Five standard deviations of a binomial count.
        assert abs(after.count(lane) / count - share) < 5 * math.sqrt(share * (1 - share) / count)  # type: ignore[arg-type]
    for was in ("examine", "release"):
        fates = {(one.lane, one.probability) for one, lane in zip(moves, lanes, strict=True) if lane == was}
        assert math.isclose(sum(probability for _, probability in fates), 1.0)


def test_a_draw_that_one_cut_has_used_is_uniform_again_for_the_next() -> None:
    both = [
        Cut(stage=STAGE, lane=lane, moves="in", rank=0.5, tie=tie, share=0.1, parcels=1000)
        for lane, tie in (("examine", 0.3), ("scan", 0.5))
    ]
    draws = np.arange(10_000) / 10_000
    found = [move("release", None, 0.5, draw, both) for draw in draws]
    shares = {lane: sum(one.lane == lane for one in found) / len(found) for lane in ("examine", "scan", "release")}
    assert shares == {"examine": 0.3, "scan": 0.35, "release": 0.35}
    for one in found:
        assert math.isclose(one.probability, shares[one.lane])


def test_from_too_few_parcels_no_cut_is_worked_out() -> None:
    policy = policy_with({"examine": Share(at_most_share=0.1)})
    full = Parcels(["examine"] * 499, ["scan"] * 499, [0.5] * 499)
    assert cuts_of(policy, full.ranked, STAGE) == ()
    assert cuts_of(policy, full.ranked, STAGE, least=499) != ()


def test_a_share_that_is_no_whole_number_of_parcels_is_kept_and_not_nearly_kept() -> None:
    ranks = [number / 1000 for number in range(510)]
    full = Parcels(["examine"] * 510, ["scan"] * 510, ranks)
    (out,) = cuts_of(policy_with({"examine": Share(at_most_share=0.02)}), full.ranked, STAGE)
    assert full.after((out,), random.Random(1)).count("examine") == 10  # 2 % are 10.2: eleven would be too many
    short = Parcels(["release"] * 510, [None] * 510, ranks)
    (into,) = cuts_of(policy_with({"scan": Share(at_least_share=0.05)}), short.ranked, STAGE)
    assert short.after((into,), random.Random(1)).count("scan") == 26  # 5 % are 25.5: 25 would be too few
