"""The data elements that advance data are assessed by before loading, and which of them a manifest lacks.

Source: the "7+1" of the WCO-ICAO guiding principles for pre-loading advance cargo information (PLACI): name and address
of consignor and consignee, number of pieces, gross weight and description of the goods, and the number that names the
consignment (of an air waybill, or the UPU S10 identifier of a postal item).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from features.manifest import Manifest, Party

Element = Literal[
    "consignor_name", "consignor_address", "consignee_name", "consignee_address",
    "pieces", "gross_weight", "description", "consignment_number",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataElement:
    """One of the eight: its name, and where a manifest holds it."""

    name: Element
    title: str
    where: str


ELEMENTS: tuple[DataElement, ...] = (
    DataElement("consignor_name", "consignor's name", "`sender.name` or `sender.company`"),
    DataElement(
        "consignor_address", "consignor's address", "`sender.address`, `.city`, `.country`, and `.postcode` where used"
    ),
    DataElement("consignee_name", "consignee's name", "`recipient.name` or `recipient.company`"),
    DataElement(
        "consignee_address",
        "consignee's address",
        "`recipient.address`, `.city`, `.country`, and `.postcode` where used",
    ),
    DataElement("pieces", "number of pieces", "always 1: a manifest is of one parcel"),
    DataElement("gross_weight", "gross weight", "`gross_weight_g`"),
    DataElement("description", "description of the goods", "`items[].description`"),
    DataElement("consignment_number", "number of the consignment", "`item_id`, never missing"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A data element that a manifest lacks, and the JSON path at which it belongs."""

    element: Element
    path: str


def missing_elements(manifest: Manifest) -> tuple[Gap, ...]:
    """Return every data element that is not there, in the order of ELEMENTS.

    Whether what is there makes sense is the business of the indicators. A postcode is not asked for here, as some
    countries have none: `ADDRESS_INCOMPLETE` knows them.
    """
    return tuple(_gaps(manifest))


def _gaps(manifest: Manifest) -> Iterator[Gap]:
    yield from _party_gaps("sender", manifest.sender, "consignor_name", "consignor_address")
    yield from _party_gaps("recipient", manifest.recipient, "consignee_name", "consignee_address")
    # Zero grams is nothing weighed: no parcel is without weight.
    if not manifest.gross_weight_g:
        yield Gap("gross_weight", "gross_weight_g")
    for index, item in enumerate(manifest.items):
        if item.description is None:
            yield Gap("description", f"items[{index}].description")


def _party_gaps(role: str, party: Party | None, name: Element, address: Element) -> Iterator[Gap]:
    if party is None or (party.name is None and party.company is None):
        yield Gap(name, f"{role}.name")
    if party is None or not party.address:
        yield Gap(address, f"{role}.address")
    elif not party.city or not party.country:
        yield Gap(address, f"{role}.{'country' if party.city else 'city'}")
