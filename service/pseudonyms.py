"""Replaces whatever names a person or a parcel by keyed pseudonyms, so that the same one stays recognisable as itself.

A pseudonym is HMAC-SHA-256 under a secret of the home: who has the secret can compute it from a name, nobody can
compute the name. Two spellings that the history takes for one person get one pseudonym, so that counts of earlier
parcels come out as they were. What is missing stays missing, and a placeholder stays one: models learn from both.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

from features.identifiers import parse_s10, s10_check_digit
from features.indicators.lists import DEFAULT_LISTS
from features.indicators.terms import read
from features.manifest import Document, Manifest, Marketplace, Party
from features.names import address_skeleton, skeleton
from features.text import letters_and_digits

Grain = Literal["exact", "day", "week"]
GRAINS: tuple[Grain, ...] = get_args(Grain)
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va")
SERIAL = 8
BESIDE = "-"
"""Stands in the further lines of an address: the first says all of it, whatever its line breaks were."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes pseudonyms under one secret; dates are cut down to `grain`, the beginning of the day or week in UTC."""

    secret: bytes
    grain: Grain = "exact"

    def manifest(self, manifest: Manifest, extra: frozenset[str] = frozenset()) -> Manifest:
        """Return a manifest without people and numbers; of the site's own columns only those named are left."""
        return replace(
            manifest,
            item_id=self.item_id(manifest.item_id),
            declared_at=self.moment(manifest.declared_at) if manifest.declared_at else None,
            sender=self._party(manifest.sender),
            recipient=self._party(manifest.recipient),
            documents=self._documents(manifest.documents),
            marketplace=self._marketplace(manifest.marketplace),
            extra={name: value for name, value in manifest.extra.items() if name in extra},
        )

    def item_id(self, text: str) -> str:
        """Return another number; of a valid S10 identifier one of the same kind and country, else free text."""
        digest = self._digest("item", text.strip())
        valid = parse_s10(text)
        if valid is None:
            return f"item-{digest.hex()[:20]}"
        number = int.from_bytes(digest[:8], "big")
        letter, serial = chr(ord("A") + number % 26), f"{number // 26 % 10**SERIAL:0{SERIAL}}"
        return f"{valid.service[0]}{letter}{serial}{s10_check_digit(serial)}{valid.country}"

    def moment(self, at: datetime) -> datetime:
        """Return a moment as exactly as it may be told."""
        if self.grain == "exact":
            return at
        day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return day - timedelta(days=day.weekday()) if self.grain == "week" else day

    def _party(self, party: Party | None) -> Party | None:
        if party is None:
            return None
        where = address_skeleton(" ".join([*(party.address or ()), party.city or "", party.postcode or ""]))
        code = self._code("address", where)
        lines = party.address and (code, *[BESIDE] * (len(party.address) - 1))
        return replace(
            party,
            name=_unless_placeholder(party.name, self._name),
            company=_unless_placeholder(party.company, self._name),
            address=lines,
            city=party.city and (BESIDE if lines else code),
            postcode=party.postcode and (BESIDE if lines or party.city else code),
            phone=party.phone and f"+{self._number('phone', letters_and_digits(party.phone))}",
            email=party.email and f"{self._code('email', party.email.strip().casefold())}@example.invalid",
            tax_id=party.tax_id and self._code("tax", letters_and_digits(party.tax_id)),
            account_id=party.account_id and self._code("account", party.account_id.strip().casefold()),
            account_opened=self._day(party.account_opened),
        )

    def _documents(self, documents: tuple[Document, ...] | None) -> tuple[Document, ...] | None:
        if documents is None:
            return None
        return tuple(
            replace(one, reference=one.reference and self._code("document", one.reference)) for one in documents
        )

    def _marketplace(self, market: Marketplace | None) -> Marketplace | None:
        if market is None:
            return None
        seller = market.seller_id and self._code("seller", market.seller_id.casefold())
        return replace(
            market, seller_id=seller, listing_id=market.listing_id and self._code("listing", market.listing_id)
        )

    def _name(self, text: str) -> str:
        digest = self._digest("name", skeleton(text))
        word = "".join(SYLLABLES[byte % len(SYLLABLES)] for byte in digest[:12])
        return f"{word[:12].title()} {word[12:].title()}"

    def _day(self, day: date | None) -> date | None:
        if day is None:
            return None
        return self.moment(datetime(day.year, day.month, day.day, tzinfo=UTC)).date()

    def _code(self, kind: str, text: str) -> str:
        # Begins with a figure: words with one are compared as they are, and never by their sound.
        return f"1{self._digest(kind, text).hex()[:15]}"

    def _number(self, kind: str, text: str) -> str:
        return f"{int.from_bytes(self._digest(kind, text)[:5], 'big'):013}"

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.new(self.secret, f"{kind}\x00{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _unless_placeholder(text: str | None, change: Callable[[str], str]) -> str | None:
    """Return the text changed; as it is where it names nobody anyway."""
    if text is None or (text.isascii() and DEFAULT_LISTS.placeholders.without(read(text)).empty):
        return text
    return change(text)
