"""The words that rules may use and that other packages own: indicators, contradictions, countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from features.codes import COUNTRIES, HS_CHAPTERS

NATIONAL_CHAPTERS = frozenset({98, 99})
"""Chapters that the Harmonized System leaves to each country's own use."""

USER_ASSIGNED = frozenset(
    {"AA", "ZZ", "YY", *(f"Q{c}" for c in "MNOPQRSTUVWXYZ"), *(f"X{c}" for c in map(chr, range(65, 91)))}
)
"""ISO 3166-1 leaves these to its users (XK is Kosovo's on much post); YY is not theirs, but a common placeholder."""

MISTAKEN_COUNTRIES = {"UK": "GB", "EL": "GR"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known codes with what each means."""

    indicators: Mapping[str, str]
    contradictions: Mapping[str, str]


@cache
def default_vocabulary() -> Vocabulary:
    """Return the codes of this installation's indicator register and contradiction checks."""
    # Imported here, so that types and engine can be used without the register and its vocabularies.
    from features.indicators.register import REGISTER
    from models.fusion import CONTRADICTIONS

    return Vocabulary({one.code: one.meaning for one in REGISTER}, dict(CONTRADICTIONS))


def country_words() -> Mapping[str, str]:
    """Return every country code; their names are not needed."""
    return {code: code for code in sorted(COUNTRIES)}


def unusual_country(code: str) -> str | None:
    """Return the warning for a code that ISO does not assign to a country but that may appear on post."""
    if code in USER_ASSIGNED:
        return f"`{code}` is no country of ISO 3166-1; the rule matches only where post really declares it."
    return None


def known_chapter(hs_code: str) -> bool:
    """Return whether the first two digits are a chapter of the Harmonized System or of national use."""
    return int(hs_code[:2]) in HS_CHAPTERS or int(hs_code[:2]) in NATIONAL_CHAPTERS
