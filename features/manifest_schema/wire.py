"""The manifest on the wire: the same fields as `features.manifest`, with every bound and what each field means."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from features.manifest import Channel, Direction, MailClass, Nature
from features.manifest_schema.fields import (
    MAX_ADDRESS_LINES,
    MAX_DOCUMENTS,
    MAX_EXTRA,
    MAX_EXTRA_NAME,
    MAX_ITEMS,
    MAX_TRANSITS,
    TEXT_PATTERN,
    Amount,
    Country,
    Currency,
    Day,
    ExtraName,
    ExtraValue,
    Flag,
    Grams,
    Line,
    Millimetres,
    Named,
    Quantity,
    Time,
    optional,
    text,
)

_DESCRIBED: JsonDict = {
    "required": ["description"],
    "properties": {"description": {"type": "string", "pattern": r"\S"}},
}
_CODED: JsonDict = {"required": ["hs_code"], "properties": {"hs_code": {"type": "string", "pattern": r"\S"}}}


def blank(value: Any) -> bool:
    """Tell whether a raw value counts as missing: absent, null, or text without a visible character."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


class Wire(BaseModel):
    """Base of all parts of the wire form: an unknown field is an error, blank text is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def values(self) -> dict[str, Any]:
        """Return all fields, blank text as None.

        Many systems write "" where nothing is known; missing is information and must look the same from everywhere.
        """
        # Written out, as `blank` would be called for each of some eighty values of a parcel.
        return {
            name: None if isinstance(value, str) and (not value or value.isspace()) else value
            for name, value in self.__dict__.items()
        }


class Money(Wire):
    """An amount in a currency."""

    amount: Amount
    currency: Currency = Field(description="Currency of the amount, ISO 4217, upper case")


class Party(Wire):
    """The sender or the recipient."""

    name: str | None = text(200, "Name of the person")
    company: str | None = text(200, "Name of the company")
    address: Annotated[list[Line], Field(strict=True, max_length=MAX_ADDRESS_LINES)] | None = optional(
        "Address lines without city, postcode and country"
    )
    city: str | None = text(100, "City")
    postcode: str | None = text(20, "Postcode")
    country: Country | None = optional("Country of the address")
    phone: str | None = text(40, "Telephone number")
    email: str | None = text(254, "E-mail address")
    tax_id: str | None = text(40, "Tax or trader number")
    account_id: str | None = text(100, "Customer account at the carrier")
    account_opened: Day | None = optional("Day on which the account was opened")
    known_consignor: Flag | None = optional("Whether the party holds a known-consignor status")


class Item(Wire):
    """One article line; weight and value are of the whole line. A description or an HS code is needed."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_DESCRIBED, _CODED]})

    description: str | None = text(1000, "What the goods are, in words")
    quantity: Quantity | None = optional("Number of units in the line")
    net_weight_g: Grams | None = optional("Net weight of the line in grams")
    value: Money | None = optional("Declared value of the line")
    hs_code: str | None = text(20, "Harmonized System code as declared; a malformed one is an indicator, not an error")
    origin_country: Country | None = optional("Country in which the goods were made")


class Document(Wire):
    """A document that travels with the parcel."""

    type: Named = Field(description="Kind of document: licence, invoice, certificate, ...")
    reference: str | None = text(100, "Number of the document")


class Marketplace(Wire):
    """The platform on which the goods were sold."""

    platform: str | None = text(100, "Name of the platform")
    seller_id: str | None = text(100, "Seller's number on the platform")
    listing_id: str | None = text(100, "Number of the offer")


class Manifest(Wire):
    """The electronic CN22/CN23 of a postal item, or a courier's advance data for one parcel."""

    item_id: Named = Field(description="Identifier of the item: UPU S10 for postal items, free text for couriers")
    channel: Channel = Field(description="Who carries the parcel")
    mail_class: MailClass | None = optional("Class of mail")
    direction: Direction | None = optional("Direction as seen from the screening country")
    declared_at: Time | None = optional("When the data was declared")
    origin_country: Country = Field(description="Country from which the parcel was sent")
    destination_country: Country = Field(description="Country to which the parcel goes")
    transit_countries: Annotated[list[Country], Field(strict=True, max_length=MAX_TRANSITS)] | None = optional(
        "Countries passed on the way, in order; an empty list says there were none"
    )
    carrier_id: str | None = text(64, "Postal operator or courier")
    nature: Nature | None = optional("Nature of the transaction, as on the CN23")
    gross_weight_g: Grams | None = optional("Gross weight of the parcel in grams")
    dimensions_mm: Annotated[list[Millimetres], Field(strict=True, min_length=3, max_length=3)] | None = optional(
        "Length, width and height in millimetres"
    )
    postage: Money | None = optional("Postage paid")
    sender: Party | None = optional("Who sends")
    recipient: Party | None = optional("Who receives")
    items: Annotated[list[Item], Field(strict=True, min_length=1, max_length=MAX_ITEMS)] = Field(
        description="The article lines"
    )
    documents: Annotated[list[Document], Field(strict=True, max_length=MAX_DOCUMENTS)] | None = optional(
        "Documents that travel with the parcel"
    )
    marketplace: Marketplace | None = optional("Where the goods were sold")
    extra: Annotated[dict[ExtraName, ExtraValue], Field(strict=True, max_length=MAX_EXTRA)] = Field(
        default_factory=dict,
        description="The site's own columns: name to text, number, true, false or null",
        json_schema_extra={"propertyNames": {"minLength": 1, "maxLength": MAX_EXTRA_NAME, "pattern": TEXT_PATTERN}},
    )
