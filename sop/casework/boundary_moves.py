"""Cases that nobody need write about a whole procedure: which policy takes a station, and what workload may move."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sop.casework.given import harmless
from sop.casework.placed import BASE, PARCELS_BEFORE, at_scope
from sop.casework.witness import first_witness, ways
from sop.engine import first_match
from sop.moves import least_lane, milder, rank_of, trim_lane
from sop.package import Override, Package
from sop.signals import all_hold
from sop.types import LANES, WORKLOAD_RULE, Cut, Evidence, Lane, Policy, Rule

ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Move:
    """A parcel at the cut of a lane: the lane and the rule, or WORKLOAD, that it must get."""

    rule: Rule
    name: str
    evidence: Evidence
    on: date
    cut: Cut
    lane: Lane
    by: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A parcel at a station, and the file of the policy that must decide about it."""

    override: Override
    name: str
    evidence: Evidence
    file: str


def moves(policy: Policy) -> Iterator[Move]:
    """Return a parcel of every rule below, at and above the cut of its lane, and at that of a lane that takes it in.

    Only parcels whose own rule decides them: what another rule takes shows nothing about this one.
    """
    for rule in policy.rules:
        if (found := _own_parcel(policy, rule)) is None:
            continue
        evidence, on, rank = found
        for lane, share in policy.workload.items():
            if lane == rule.lane and share.at_most_share is not None:
                yield from _out(policy, rule, evidence, on, rank, share.at_most_share)
            if milder(rule.lane, lane) and share.at_least_share is not None:
                yield from _in(rule, evidence, on, rank, lane, share.at_least_share)


def taken(package: Package) -> Iterator[Taken]:
    """Return for every override a parcel at each of its stations and by each channel, and one that it is not for."""
    for override in package.overrides:
        scope = override.scope
        for station in scope.stations or (None,):
            for channel in scope.channels or (None,):
                one = type(scope)(stations=(station,) if station else (), channels=(channel,) if channel else ())
                evidence = at_scope(harmless("pre_arrival"), one)
                yield Taken(override, _where(evidence), evidence, override.file)
        outside = at_scope(harmless("pre_arrival"), type(scope)(stations=(ELSEWHERE,)))
        if not any(one.scope.fits(outside.station, outside.channel) for one in package.overrides):
            yield Taken(override, _where(outside), outside, BASE)


def _own_parcel(policy: Policy, rule: Rule) -> tuple[Evidence, date, float] | None:
    for alternative in ways(rule):
        if (found := first_witness(policy, rule, alternative)) and first_match(policy, *found) == rule:
            rank = rank_of(found[0])
            return (*found, rank[1]) if rank else None
    return None


def _out(policy: Policy, rule: Rule, evidence: Evidence, on: date, rank: float, share: float) -> Iterator[Move]:
    # The plainest parcel of a rule may meet others too, and these may hold it.
    others = [one for one in policy.rules if one.in_force(on) and all_hold(one.when, evidence, on)]
    target = min((least_lane(one) for one in (rule, *others)), key=LANES.index)
    free = trim_lane(rule) is not None and milder(target, rule.lane)
    goes: tuple[Lane, str] = (target, WORKLOAD_RULE) if free else (rule.lane, rule.id)
    stays: tuple[Lane, str] = (rule.lane, rule.id)
    what = f"{rule.lane} over its share, ranked"
    for side, cut_rank, (lane, by) in _sides(rank, below=goes, rest=stays):
        cut = Cut(stage=evidence.stage, lane=rule.lane, moves="out", rank=cut_rank, tie=1.0, share=share,
                  parcels=PARCELS_BEFORE)  # fmt: skip
        yield Move(rule, f"{what} {side} the cut", evidence, on, cut, lane, by)


def _in(rule: Rule, evidence: Evidence, on: date, rank: float, into: Lane, share: float) -> Iterator[Move]:
    what = f"{into} under its share, ranked"
    comes: tuple[Lane, str] = (into, WORKLOAD_RULE)
    for side, cut_rank, (lane, by) in _sides(rank, below=(rule.lane, rule.id), rest=comes):
        cut = Cut(stage=evidence.stage, lane=into, moves="in", rank=cut_rank, tie=1.0, share=share,
                  parcels=PARCELS_BEFORE)  # fmt: skip
        yield Move(rule, f"{what} {side} the cut", evidence, on, cut, lane, by)


def _sides(
    rank: float, below: tuple[Lane, str], rest: tuple[Lane, str]
) -> Iterator[tuple[str, float, tuple[Lane, str]]]:
    if rank < 1:
        yield "just below", math.nextafter(rank, math.inf), below
    yield "at", rank, rest
    if rank > 0:
        yield "just above", math.nextafter(rank, -math.inf), rest


def _where(evidence: Evidence) -> str:
    parts = [f"station {evidence.station}"] if evidence.station else []
    return ", ".join(parts + ([f"channel {evidence.channel}"] if evidence.channel else []))
