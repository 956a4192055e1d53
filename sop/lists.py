"""Named lists of countries and headings that rules refer to, as plain frozen data; each stands in a dated file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ListKind = Literal["country", "hs_code"]
KIND_NOUNS: Mapping[ListKind, tuple[str, str]] = {
    "country": ("country", "countries"),
    "hs_code": ("HS heading", "HS headings"),
}
"""What one entry of a kind is called, and several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One code of a list; it counts from `starts` to `ends`, both days included, None: no such end."""

    code: str
    starts: date | None = None
    ends: date | None = None
    note: str | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the entry counts on a day."""
        return (self.starts is None or self.starts <= on) and (self.ends is None or on <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedList:
    """A list that rules name.

    Attributes:
        name: As rules write it; the file is called so, with `.yaml`.
        kind: What its entries are: ISO 3166-1 alpha-2 codes, or beginnings of HS codes (digits only).
        source: Where the entries come from: a regulation, a decision, a unit.
        issued: The day of the source.
        expires: The day up to which somebody vouches for the list. Afterwards it still counts, because a list that
            fell silent would let parcels pass, and every check and answer says that it has expired.
        entries: Its codes.
    """

    name: str
    kind: ListKind
    source: str
    issued: date
    expires: date | None
    entries: tuple[ListEntry, ...]
    line: int = field(default=0, compare=False)

    def codes(self, on: date) -> tuple[str, ...]:
        """Return the codes that count on a day, in the order of the file."""
        return tuple(entry.code for entry in self.entries if entry.in_force(on))

    def expired(self, on: date) -> bool:
        """Return whether nobody vouches for the list any more."""
        return self.expires is not None and self.expires < on
