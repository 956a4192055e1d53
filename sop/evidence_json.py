"""What a decision rested on, as it is stored: one line of JSON from which the same decision can be made again, exactly.

Every field of `Evidence` by its own name, and beside it `at`, `draw`, `tie_draw`, `cuts` and `policy`, see `Stored`.
What a parcel has nothing of is left out. Numbers are written with as many digits as bring back the same number.
`sop.bulk.columns` reads many such lines at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sop.engine import Draws, day_of, decide_drawn
from sop.package import Package
from sop.signals import known
from sop.types import Cut, Decision, Evidence

WORDS = (
    "item_id",
    "stage",
    "station",
    "channel",
    "mail_class",
    "direction",
    "nature",
    "origin_country",
    "destination_country",
    "xray_assessment",
)
SCORES = ("risk", "xray", "combined")
SEQUENCES = ("transit_countries", "hs_codes")
SETS = ("indicators", "contradictions", "watchlists", "missing")
"""The fields of `Evidence` by what they hold; `parts` and `finding_history` are the others."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """All that one decision rested on.

    Attributes:
        evidence: What was known of the parcel.
        at: The moment of the decision, with a time zone.
        draw: The parcel's fraction in [0, 1) for the random selection, see `sop.engine.draw_of`.
        tie_draw: The one that settles ties at cuts, see `sop.engine.tie_draw_of`.
        cuts: The cuts of the workload that were in force for the policy that decided.
        policy: Digest of the package that decided, see `sop.package.Package.digest`.
    """

    evidence: Evidence
    at: datetime
    draw: float
    tie_draw: float
    policy: str
    cuts: tuple[Cut, ...] = ()


def decide_again(package: Package, stored: Stored) -> Decision:
    """Decide a stored parcel by a package with its stored draws, cuts and day.

    Under the package whose digest it names this is the decision that was made then, in every field.
    """
    evidence = stored.evidence
    policy = package.policy_for(evidence.station, evidence.channel)
    draws = Draws(stored.draw, stored.tie_draw)
    return decide_drawn(policy, evidence, draws, on=day_of(policy, stored.at), cuts=stored.cuts)


def to_json(stored: Stored) -> str:
    """Return one line of JSON (RFC 8259) without a line end.

    A number that is not a number (NaN) is left out, as it is to the rules one that is not known.

    Raises:
        ValueError: A number is infinite, or the moment has no time zone.
    """
    if stored.at.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    record = _of_evidence(stored.evidence) | {
        "at": stored.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "draw": stored.draw,
        "tie_draw": stored.tie_draw,
        "policy": stored.policy,
    }
    if stored.cuts:
        record["cuts"] = [asdict(cut) for cut in stored.cuts]
    return _ENCODER.encode(record)


def from_json(text: str | bytes) -> Stored:
    """Return what `to_json` wrote.

    Raises:
        ValueError: The text is not such a record.
    """
    try:
        return from_record(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no stored evidence: {error!r}") from error


def from_record(record: Mapping[str, Any]) -> Stored:
    """Return a stored parcel from its fields, as JSON or a row of `sop.bulk.columns` gives them; None: nothing known.

    Raises:
        KeyError: One of item_id, stage, at, draw, tie_draw and policy is missing.
    """
    at = record["at"]
    return Stored(
        evidence=_evidence(record),
        at=(at if isinstance(at, datetime) else datetime.fromisoformat(at)).astimezone(UTC),
        draw=float(record["draw"]),
        tie_draw=float(record["tie_draw"]),
        policy=record["policy"],
        cuts=tuple(Cut(**cut) for cut in record.get("cuts") or ()),
    )


def _of_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return what is known as JSON has it; sets in order, so that equal evidence gives equal text."""
    found: dict[str, Any] = {name: value for name in WORDS if (value := getattr(evidence, name)) is not None}
    found |= {name: float(value) for name in SCORES if known(value := getattr(evidence, name))}
    found |= {name: list(value) for name in SEQUENCES if (value := getattr(evidence, name))}
    found |= {name: sorted(value) for name in SETS if (value := getattr(evidence, name))}
    if parts := {part: float(score) for part, score in sorted(evidence.parts.items()) if known(score)}:
        found["parts"] = parts
    if evidence.finding_history:
        found["finding_history"] = evidence.finding_history
    return found


def _evidence(record: Mapping[str, Any]) -> Evidence:
    there = {name: value for name, value in record.items() if value is not None}
    fields: dict[str, Any] = {name: there[name] for name in (*WORDS, "finding_history") if name in there}
    fields |= {name: float(there[name]) for name in SCORES if name in there}
    fields |= {name: tuple(there[name]) for name in SEQUENCES if name in there}
    fields |= {name: frozenset(there[name]) for name in SETS if name in there}
    parts = there.get("parts", {})
    return Evidence(**fields, parts={part: float(score) for part, score in parts.items() if score is not None})
