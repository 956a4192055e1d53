"""How each signal of the rule language is read from the evidence, and whether a condition holds on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from models.results import PARTS
from sop.patterns import matches
from sop.types import AnyOf, BeginsWith, Condition, Evidence, Like, OneOf, When, Within

PART_PREFIX = "part."
ANY = "any"
"""Stands for every watch list, and for every contradiction."""

NO_PICTURE = "no_picture"


def _single(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _part_score(part: str) -> Callable[[Evidence], float | None]:
    return lambda evidence: evidence.parts.get(part)


def _with_any(values: frozenset[str]) -> Collection[str]:
    return values | {ANY} if values else ()


VALUES: Mapping[str, Callable[[Evidence], Collection[str]]] = {
    "stage": lambda e: _single(e.stage),
    "station": lambda e: _single(e.station),
    "channel": lambda e: _single(e.channel),
    "mail_class": lambda e: _single(e.mail_class),
    "direction": lambda e: _single(e.direction),
    "nature": lambda e: _single(e.nature),
    "origin_country": lambda e: _single(e.origin_country),
    "destination_country": lambda e: _single(e.destination_country),
    "transit_country": lambda e: e.transit_countries,
    # Declared as 9301.20 or 9301 20 as often as 930120; a rule must not miss a parcel for its punctuation.
    "hs_code": lambda e: ["".join(filter(str.isdigit, code)) for code in e.hs_codes],
    "xray_assessment": lambda e: _single(e.xray_assessment or NO_PICTURE),
    "indicator": lambda e: e.indicators,
    "contradiction": lambda e: _with_any(e.contradictions),
    "watchlist": lambda e: _with_any(e.watchlists),
}

NUMBERS: Mapping[str, Callable[[Evidence], float | None]] = {
    "risk": lambda e: e.risk,
    "xray": lambda e: e.xray,
    "combined": lambda e: e.combined,
    "finding_history": lambda e: e.finding_history,
    **{PART_PREFIX + part: _part_score(part) for part in PARTS},
}


def holds(condition: Condition, evidence: Evidence) -> bool:
    """Return whether one condition holds."""
    match condition:
        case OneOf(signal, values):
            return any(value in values for value in VALUES[signal](evidence))
        case BeginsWith(signal, prefixes):
            return any(value.startswith(prefixes) for value in VALUES[signal](evidence))
        case Within(signal, at_least, below):
            return within(NUMBERS[signal](evidence), at_least, below)
        case Like(signal, patterns):
            return any(matches(value, pattern) for value in VALUES[signal](evidence) for pattern in patterns)
        case AnyOf(alternatives):
            return any(all_hold(alternative, evidence) for alternative in alternatives)


def all_hold(when: When, evidence: Evidence) -> bool:
    """Return whether all conditions hold."""
    return all(holds(condition, evidence) for condition in when)


def within(value: float | None, at_least: float | None, below: float | None) -> bool:
    """Return whether a known number meets its bounds, the lower inclusive and the upper exclusive."""
    # Written so that NaN, which no comparison accepts, never counts as "low enough".
    if value is None or value != value:
        return False
    return (at_least is None or value >= at_least) and (below is None or value < below)
