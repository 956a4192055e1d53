"""Decides one parcel by the procedure in force, and keeps all that the decision rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sop.engine import day_of, decide_drawn, draws_of
from sop.evidence_json import Stored
from sop.package import Package
from sop.types import Cut, Decision, Evidence, Policy


@dataclass(frozen=True, slots=True)
class Workload:
    """The cuts in force, by the digest of the package and the title of the policy in it; see `service.cuts`."""

    cuts: Mapping[tuple[str, str], tuple[Cut, ...]] = field(default_factory=dict)

    def of(self, digest: str, policy: Policy, stage: str) -> tuple[Cut, ...]:
        """Return the cuts for the parcels of a stage that a policy of a package decides about."""
        return tuple(cut for cut in self.cuts.get((digest, policy.title), ()) if cut.stage == stage)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, the policy that made it, and the record from which it can be made again."""

    decision: Decision
    policy: Policy
    record: Stored


def decide_parcel(package: Package, evidence: Evidence, at: datetime, secret: bytes, workload: Workload) -> Decided:
    """Decide about one parcel.

    Args:
        package: The procedure in force; an override in it may be for the parcel's station or channel.
        evidence: What is known of the parcel.
        at: The moment, timezone-aware; dated rules and lists count by its day in the policy's time zone.
        secret: Of the random selection and of ties at a cut.
        workload: The cuts in force.
    """
    digest = package.digest
    policy = package.policy_for(evidence.station, evidence.channel)
    draws = draws_of(policy.name, evidence.item_id, secret)
    cuts = workload.of(digest, policy, evidence.stage)
    decision = decide_drawn(policy, evidence, draws, on=day_of(policy, at), cuts=cuts)
    record = Stored(evidence=evidence, at=at, draw=draws.chance, tie_draw=draws.tie, cuts=cuts, policy=digest)
    return Decided(decision, policy, record)
