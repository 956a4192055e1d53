"""The manifest of a parcel: the electronic CN22/CN23 of a postal item, or a courier's advance data.

Plain frozen dataclasses. Everything but `item_id`, `channel`, the two countries and one item may be missing, and
missing is information: it stays None here and becomes a feature, never a guessed value. Validation from JSON stands
in `features.manifest_schema`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Channel = Literal["postal", "courier"]
MailClass = Literal["letter", "parcel", "ems", "express"]
Direction = Literal["import", "export", "transit"]
Nature = Literal["gift", "documents", "sale_of_goods", "commercial_sample", "returned_goods", "other"]
ExtraValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The sender or the recipient."""

    name: str | None = None
    company: str | None = None
    address: tuple[str, ...] | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    tax_id: str | None = None
    account_id: str | None = None
    account_opened: date | None = None
    known_consignor: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article line of the declaration; `net_weight_g` and `value` are of the whole line, not of one unit."""

    description: str | None = None
    quantity: int | None = None
    net_weight_g: float | None = None
    value: Money | None = None
    hs_code: str | None = None
    origin_country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that travels with the parcel: licence, invoice, certificate."""

    type: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """The platform on which the goods were sold."""

    platform: str | None = None
    seller_id: str | None = None
    listing_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that was declared about one parcel. Countries are ISO 3166-1 alpha-2, weights grams, lengths millimetres."""

    item_id: str
    channel: Channel
    origin_country: str
    destination_country: str
    items: tuple[Item, ...]
    mail_class: MailClass | None = None
    direction: Direction | None = None
    declared_at: datetime | None = None
    transit_countries: tuple[str, ...] | None = None
    carrier_id: str | None = None
    nature: Nature | None = None
    gross_weight_g: float | None = None
    dimensions_mm: tuple[float, float, float] | None = None
    postage: Money | None = None
    sender: Party | None = None
    recipient: Party | None = None
    documents: tuple[Document, ...] | None = None
    marketplace: Marketplace | None = None
    extra: dict[str, ExtraValue] = field(default_factory=dict)
