"""Watch lists: people, companies, addresses and accounts that the service's operator wants to see again.

Identifiers match exactly after normalisation, names by token-set similarity (rapidfuzz), because transliteration and
word order differ between declarations. A match is evidence for the SOP, never a decision of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz

from features.manifest import Manifest, Party

EntryKind = Literal["name", "company", "address", "phone", "email", "account_id", "tax_id", "seller_id"]
FUZZY_KINDS: frozenset[str] = frozenset({"name", "company", "address"})
NAME_SIMILARITY = 92.0
"""Token-sort similarity, 0 to 100, from which two names count as the same; below it, spelling variants of different
people begin to match."""


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One line of a list; `expires` is the last day on which it still matches, None for no end."""

    kind: EntryKind
    value: str
    source: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class WatchList:
    """A named list, as policies refer to it in `watchlist:`."""

    name: str
    entries: tuple[WatchEntry, ...]

    def expired(self, on: date) -> int:
        """Return how many entries no longer match on that day."""
        return sum(1 for entry in self.entries if entry.expires is not None and entry.expires < on)


def normalise(text: str) -> str:
    """Fold case, accents, width and punctuation, so that spellings of one thing compare equal."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    return " ".join(kept.split())


def matching_lists(manifest: Manifest, lists: Sequence[WatchList], on: date) -> frozenset[str]:
    """Return the names of the lists that a sender's, recipient's or seller's detail is on.

    Args:
        manifest: The parcel.
        lists: The operator's lists.
        on: The day of screening; entries that ended before it do not match.
    """
    details = _details(manifest)
    return frozenset(one.name for one in lists if any(_hit(entry, details, on) for entry in one.entries))


def _hit(entry: WatchEntry, details: Sequence[tuple[str, str]], on: date) -> bool:
    if entry.expires is not None and entry.expires < on:
        return False
    wanted = normalise(entry.value)
    if not wanted:
        return False
    values = (value for kind, value in details if kind == entry.kind)
    if entry.kind in FUZZY_KINDS:
        return any(fuzz.token_sort_ratio(wanted, value) >= NAME_SIMILARITY for value in values)
    return any(wanted.replace(" ", "") == value.replace(" ", "") for value in values)


def _details(manifest: Manifest) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str | None]] = []
    for party in (manifest.sender, manifest.recipient):
        if party is not None:
            pairs.extend(_party_details(party))
    if manifest.marketplace is not None:
        pairs.append(("seller_id", manifest.marketplace.seller_id))
    return [(kind, folded) for kind, value in pairs if value and (folded := normalise(value))]


def _party_details(party: Party) -> Iterable[tuple[str, str | None]]:
    # The three kinds of name are compared with each other's lists too: senders write the firm where the name belongs.
    yield "name", party.name
    yield "name", party.company
    yield "company", party.company
    yield "company", party.name
    yield "address", " ".join([*(party.address or ()), party.postcode or "", party.city or ""]).strip()
    yield "phone", party.phone
    yield "email", party.email
    yield "account_id", party.account_id
    yield "tax_id", party.tax_id
