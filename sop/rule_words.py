"""Dates, lists, scopes and what workload may do, in words that an officer reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sop.lists import KIND_NOUNS, NamedList
from sop.moves import trim_lane
from sop.package import Scope
from sop.types import Rule


def period_words(starts: date | None, ends: date | None) -> str | None:
    """Return a period, for example `from 2026-12-01 until 2027-01-31`; None where it has no end on either side."""
    parts = [f"from {starts}"] if starts else []
    parts += [f"until {ends}"] if ends else []
    return " ".join(parts) or None


def in_force_words(rule: Rule) -> str | None:
    """Return when a rule is in force, for example `in force from 2026-12-01`; None where it always is."""
    period = period_words(rule.starts, rule.ends)
    return f"in force {period}" if period else None


def count_words(named: NamedList) -> str:
    """Return how many codes a list's file has, for example `12 countries`."""
    one, many = KIND_NOUNS[named.kind]
    count = len({entry.code for entry in named.entries})
    return f"{count} {one if count == 1 else many}"


def list_words(named: NamedList) -> str:
    """Return a list as conditions name it, for example `the list high-risk-origins (12 countries)`."""
    return f"the list {named.name} ({count_words(named)})"


def entry_words(named: NamedList) -> dict[str, str]:
    """Return each code of a list with its periods and notes, as one phrase by code."""
    phrases: dict[str, list[str]] = {}
    for entry in named.entries:
        parts = (period_words(entry.starts, entry.ends), entry.note)
        phrases.setdefault(entry.code, []).append(": ".join(part for part in parts if part) or "always")
    return {code: "; ".join(found) for code, found in phrases.items()}


def expiry_words(named: NamedList, on: date) -> str:
    """Return until when somebody vouches for a list, for example `expired on 2026-11-01, counts all the same`."""
    if named.expires is None:
        return "no expiry"
    if named.expired(on):
        return f"expired on {named.expires}, counts all the same"
    return f"expires on {named.expires}"


def scope_words(scope: Scope) -> str:
    """Return which parcels an override is for, for example `courier parcels at station leeds-*`."""
    channels = f"{either(scope.channels)} parcels" if scope.channels else "all parcels"
    return f"{channels} at station {either(scope.stations)}" if scope.stations else channels


def trim_words(rule: Rule) -> str:
    """Return what the workload may do with the rule's parcels when their lane is too full."""
    lane = trim_lane(rule)
    if lane is None:
        return "parcels stay when the lane is too full"
    return f"lowest-ranked parcels go to {lane} when the lane is too full"


def either(values: Sequence[str]) -> str:
    """Return values as a list in words, the last after `or`."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def rule_aspects(rule: Rule) -> dict[str, str | None]:
    """Return everything a rule says besides its conditions, by the keys of the file, as text; None: it is silent."""
    return {
        "title": rule.title,
        "lane": rule.lane,
        "outcome": rule.outcome,
        "from": rule.starts.isoformat() if rule.starts else None,
        "until": rule.ends.isoformat() if rule.ends else None,
        "trim": rule.trim,
        "reference": rule.reference,
        "reviewed": rule.reviewed.isoformat() if rule.reviewed else None,
        "instructions": rule.instructions,
        "carrier_text": rule.carrier_text,
        **{f"accept.{code}": reason for code, reason in rule.accepted},
    }
