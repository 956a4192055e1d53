"""Watch lists: people, companies, addresses and accounts that the service's operator wants to see again.

Names match as `features.names` compares them, in any script; addresses by token-sort similarity (rapidfuzz);
identifiers exactly after normalisation. A match is evidence for the SOP, never a decision of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rapidfuzz import fuzz, process

from features.manifest import Manifest, Party
from features.names import Kind, prepare
from features.names_index import NameIndex

EntryKind = Literal["name", "company", "address", "phone", "email", "account_id", "tax_id", "seller_id"]
# A list of people's names is asked about firms too: senders write the firm where the name belongs.
NAME_KINDS: dict[EntryKind, Kind] = {"name": "any", "company": "company"}
NAME_SIMILARITY = 0.8
"""From here two names count as the same (`features.names.similarity`). On the labelled pairs of `benchmarks/names.py`,
with costs fitted on others: precision .93 (.90 to .96), recall .77 (.72 to .82). Those pairs are chosen to be hard."""
ADDRESS_SIMILARITY = 92.0
"""Token-sort similarity, 0 to 100, from which two addresses count as the same; not tuned on real lists."""


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One line of a list; `expires` is the last day on which it still matches, None for no end."""

    kind: EntryKind
    value: str
    source: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class WatchList:
    """A named list, as policies refer to it in `watchlist:`; it is indexed once, when made (0.1 ms a name)."""

    name: str
    entries: tuple[WatchEntry, ...]
    _index: _Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the entries."""
        object.__setattr__(self, "_index", _Index(self.entries))

    def expired(self, on: date) -> int:
        """Return how many entries no longer match on that day."""
        return sum(1 for entry in self.entries if not _live(entry, on))

    def matching(self, details: Sequence[tuple[EntryKind, str]], on: date) -> Iterator[WatchEntry]:
        """Yield the entries that match any of a parcel's details (kind and value as written) on that day."""
        return (entry for kind, value in details for entry in self._index.find(kind, value) if _live(entry, on))


class _Index:
    """A list's entries by how they are compared."""

    def __init__(self, entries: Sequence[WatchEntry]) -> None:
        self._named: dict[EntryKind, tuple[list[WatchEntry], NameIndex]] = {}
        for kind, how in NAME_KINDS.items():
            mine = [entry for entry in entries if entry.kind == kind]
            self._named[kind] = mine, NameIndex([prepare(entry.value, how) for entry in mine])
        self._addresses = [entry for entry in entries if entry.kind == "address" and normalise(entry.value)]
        self._address_texts = [_sorted(entry.value) for entry in self._addresses]
        self._exact: dict[tuple[EntryKind, str], list[WatchEntry]] = {}
        for entry in entries:
            if entry.kind not in NAME_KINDS and entry.kind != "address" and _joined(entry.value):
                self._exact.setdefault((entry.kind, _joined(entry.value)), []).append(entry)

    def find(self, kind: EntryKind, value: str) -> Iterator[WatchEntry]:
        if kind in NAME_KINDS:
            entries, index = self._named[kind]
            yield from (entries[place] for place, _ in index.search(prepare(value, NAME_KINDS[kind]), NAME_SIMILARITY))
        elif kind == "address":
            found = process.extract(_sorted(value), self._address_texts, scorer=fuzz.ratio, limit=None,
                                    score_cutoff=ADDRESS_SIMILARITY)  # fmt: skip
            yield from (self._addresses[place] for _, _, place in found)
        else:
            yield from self._exact.get((kind, _joined(value)), ())


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
    if not lists:
        return frozenset()
    details = _details(manifest)
    return frozenset(one.name for one in lists if next(one.matching(details, on), None) is not None)


def _live(entry: WatchEntry, on: date) -> bool:
    return entry.expires is None or entry.expires >= on


def _joined(text: str) -> str:
    return normalise(text).replace(" ", "")


def _sorted(text: str) -> str:
    return " ".join(sorted(normalise(text).split()))


def _details(manifest: Manifest) -> list[tuple[EntryKind, str]]:
    pairs: list[tuple[EntryKind, str | None]] = []
    for party in (manifest.sender, manifest.recipient):
        if party is not None:
            pairs.extend(_party_details(party))
    if manifest.marketplace is not None:
        pairs.append(("seller_id", manifest.marketplace.seller_id))
    return [(kind, value) for kind, value in dict.fromkeys(pairs) if value and normalise(value)]


def _party_details(party: Party) -> Iterable[tuple[EntryKind, str | None]]:
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
