"""Close names, for messages about names that are not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHORT_LIST = 20


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: `; did you mean ...?`, or `; use` and the names where they are few, or a stop."""
    names = list(known)
    folded = {name.casefold().replace("-", "_"): name for name in names}
    close = get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{folded[close[0]]}`?"
    return f"; use {', '.join(names)}." if len(names) <= SHORT_LIST else "."
