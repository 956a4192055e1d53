"""The type of a kind of goods in the synthetic world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal[
    "machine", "tool", "metalware", "car", "toy", "sport", "household", "electronics", "clothing", "paper", "food",
    "beauty", "optics", "medicine", "chemical", "jewellery", "hobby", "hobby_arms", "licensed_arms",
]  # fmt: skip
LANGUAGES = ("en", "es", "fr", "de", "zh")


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of goods.

    Attributes:
        hs: Six-digit HS code.
        family: What it belongs to.
        unit_g: Median grams of one article.
        usd_per_kg: Median price per kilogram in US dollars.
        density: Median kilograms per litre as packed.
        quantity: Usual highest number of articles in a parcel.
        names: Names in the order of `LANGUAGES`.
    """

    hs: str
    family: Family
    unit_g: float
    usd_per_kg: float
    density: float
    quantity: int
    names: tuple[str, str, str, str, str]


def make_good(hs: str, family: Family, figures: tuple[float, float, float, int], names: str) -> Good:
    """Make one from (grams, US dollars per kilogram, kilograms per litre, articles) and its names, parted by bars."""
    unit, price, density, quantity = figures
    en, es, fr, de, zh = (name.strip() for name in names.split("|"))
    return Good(hs, family, unit, price, density, quantity, (en, es, fr, de, zh))
