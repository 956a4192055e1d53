"""English names of countries, for authors who write one instead of its code, and for editors that show both."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources

ALIASES: Mapping[str, str] = {
    "uk": "GB",
    "el": "GR",
    "usa": "US",
    "uae": "AE",
    "united kingdom": "GB",
    "great britain": "GB",
    "england": "GB",
    "south korea": "KR",
    "north korea": "KP",
    "holland": "NL",
    "czechia": "CZ",
    "türkiye": "TR",
}
"""What authors write and the table calls otherwise."""


@cache
def country_names() -> Mapping[str, str]:
    """Return the English name of every assigned code, from the table of the IANA time zone data (public domain)."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name for code, _, name in rows}


@cache
def _by_name() -> Mapping[str, str]:
    return {name.casefold(): code for code, name in country_names().items()} | dict(ALIASES)


def code_for(text: str, *, guess: bool = True) -> str | None:
    """Return the code that an author meant who wrote a name, an alias or small letters; None where that is not clear.

    Args:
        text: What the author wrote.
        guess: Whether to look for a name that is only alike, which takes long.

    Codes are not guessed from alike codes: GE is as close to GER as DE is to DEU, and would catch other parcels.
    """
    word = " ".join(text.casefold().replace(" and ", " & ").split())
    names = _by_name()
    if word.upper() in country_names() or word in names:
        return names.get(word) or word.upper()
    close = get_close_matches(word, names, n=1, cutoff=0.85) if guess and len(word) > 3 else []
    return names[close[0]] if close else None
