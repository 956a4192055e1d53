"""Close names, for messages about names that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from sop.findings import Report

SHORT_LIST = 20
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "name": ("title", "list", "sop"),
    "description": ("title", "note"),
    "condition": ("when",),
    "conditions": ("when",),
    "if": ("when",),
    "then": ("lane",),
    "action": ("lane",),
    "start": ("from",),
    "since": ("from",),
    "end": ("until",),
    "to": ("until",),
    "expiry": ("expires",),
    "type": ("kind",),
    "countries": ("entries", "origin_country"),
    "origin": ("origin_country",),
    "destination": ("destination_country",),
    "transit": ("transit_country",),
    "or": ("any",),
    **dict.fromkeys(("at_most", "max", "maximum", "under", "less_than", "below"), ("at_most_share",)),
    **dict.fromkeys(("at_least", "min", "minimum", "above", "over", "more_than"), ("at_least_share",)),
    "default": ("default_lane",),
    "hold": ("detain",),
    "seize": ("detain",),
    "inspect": ("examine",),
    "open": ("examine",),
    "pass": ("release",),
    "clear": ("release",),
}
"""What authors write for a name of the language, with what they may mean; the first that is known counts."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that an author most likely meant, or None where none is close."""
    folded = {name.casefold().replace("-", "_"): name for name in known}
    plain = word.casefold().replace("-", "_")
    meant = next((name for name in SYNONYMS.get(plain, ()) if name in folded), None)
    found = [meant] if meant else get_close_matches(plain, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], report: Report | None = None) -> str:
    """Return the end of a sentence: `; did you mean ...?`, or `; use` and the names where they are few, or a stop.

    Args:
        word: What the author wrote.
        known: What can stand there.
        report: Where the message goes, which gets no more guesses once it is long; None: it stands alone.
    """
    names = list(known)
    if (report is None or report.guesses) and (meant := closest(word, names)):
        return f"; did you mean `{meant}`?"
    return f"; use {', '.join(names)}." if len(names) <= SHORT_LIST else "."
