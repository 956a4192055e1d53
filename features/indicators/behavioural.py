"""Indicators of how the parcel travels and who trades."""

from __future__ import annotations

from collections.abc import Iterator

from features.indicators.commercial import total_usd
from features.indicators.lists import IndicatorLists
from features.indicators.types import Found
from features.manifest import Manifest


def transit_without_reason(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A route that the carrier's network does not explain.

    Raised where the transit touches the origin or the destination again, passes a country twice, passes a country of
    the site's list, or passes many countries; a country where the declared carrier sorts (`carrier_hubs`) is left out.
    """
    hubs = lists.carrier_hubs.get(manifest.carrier_id or "", frozenset())
    passed = [(index, country) for index, country in enumerate(manifest.transit_countries or ()) if country not in hubs]
    seen: set[str] = set()
    for index, country in passed:
        reason = _reason(manifest, country, seen, lists)
        seen.add(country)
        if reason:
            yield Found(f"Transit through {country}, {reason}.", f"transit_countries[{index}]")
    if len(passed) >= lists.many_transits:
        route = " - ".join(country for _, country in passed)
        yield Found(
            f"Transit through {len(passed)} countries without a hub of the carrier: {route}.", "transit_countries"
        )


def new_account_high_value(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A party whose account was opened shortly before a parcel of high value was declared."""
    if manifest.declared_at is None:
        return
    declared = manifest.declared_at.date()
    for role, party in (("sender", manifest.sender), ("recipient", manifest.recipient)):
        if party is None or party.account_opened is None:
            continue
        days = (declared - party.account_opened).days
        # Few accounts are new: only then the value is worked out.
        value = total_usd(manifest) if days < lists.new_account_days else None
        if value is not None and value >= lists.high_value_usd:
            when = f"{days} days before" if days >= 0 else "after"
            text = f"The {role}'s account was opened {when} the declaration of about {value:,.0f} USD."
            yield Found(text, f"{role}.account_opened")


def _reason(manifest: Manifest, country: str, seen: set[str], lists: IndicatorLists) -> str | None:
    if country == manifest.origin_country:
        return "which is the origin again"
    if country == manifest.destination_country:
        return "which is already the destination"
    if country in seen:
        return "which the route passes twice"
    return "which is on the site's list" if country in lists.transit_countries else None
