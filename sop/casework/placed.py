"""Puts a case where it belongs: the policy that decides it, the day, the station, and the lanes' cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sop.casework.cases import Case, override_of
from sop.casework.given import Pressure
from sop.casework.witness import example_of
from sop.engine import decide_selected
from sop.package import Package, Scope
from sop.types import Cut, Decision, Evidence, Policy

BASE = "policy.yaml"
PARCELS_BEFORE = 10_000
"""How many parcels a case's cut claims to rest on: as many as the service looks back on at most."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A case with all that its run needs; `file` is the policy's: `policy.yaml` or an override's path."""

    case: Case
    file: str
    policy: Policy
    evidence: Evidence
    on: date
    cuts: tuple[Cut, ...]

    def decide(self) -> Decision:
        """Return what the policy decides."""
        return decide_selected(self.policy, self.evidence, self.case.selected, on=self.on, cuts=self.cuts)


def place(package: Package, case: Case) -> Placed:
    """Return a case with its policy: that of the override which takes its station and channel, or the base.

    A case of an override's own file stands at one of its stations and comes by its channel unless it says otherwise.
    """
    own = next((one.scope for one in package.overrides if one.file == override_of(case.file)), Scope())
    evidence = at_scope(case.evidence, own)
    file, policy = deciding(package, evidence)
    on = case.day or policy.effective_from
    return Placed(case, file, policy, evidence, on, cuts_of_case(policy, evidence.stage, case.pressures))


def deciding(package: Package, evidence: Evidence) -> tuple[str, Policy]:
    """Return the policy that decides about a parcel, and its file."""
    taken = (one for one in package.overrides if one.scope.fits(evidence.station, evidence.channel))
    override = next(taken, None)
    return (override.file, override.policy) if override else (BASE, package.base)


def at_scope(evidence: Evidence, scope: Scope) -> Evidence:
    """Return the parcel at the first station and by the first channel of a scope, where it has none of its own."""
    station = example_of(scope.stations[0]) if scope.stations else None
    channel = scope.channels[0] if scope.channels else None
    return replace(evidence, station=evidence.station or station, channel=evidence.channel or channel)


def cuts_of_case(policy: Policy, stage: str, pressures: Sequence[Pressure]) -> tuple[Cut, ...]:
    """Return the cuts that a case speaks of; none for a lane to which the policy gives no such share."""
    cuts = []
    for one in pressures:
        share = policy.workload.get(one.lane)
        if share is None:
            continue
        value = share.at_most_share if one.moves == "out" else share.at_least_share
        if value is not None:
            cut = Cut(stage=stage, lane=one.lane, moves=one.moves, rank=one.rank, tie=one.tie, share=value,
                      parcels=PARCELS_BEFORE)  # fmt: skip
            cuts.append(cut)
    return tuple(cuts)
