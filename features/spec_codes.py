"""The codes of a declaration, and which of them are looked at together.

How many earlier declarations with the same code, or the same codes together, were illicit says more than any single
figure. Figures enter as coarse bins. Which codes cross with which is declared here and is the same everywhere; the
site's own columns cross with the standard codes by one rule (`site_crosses`), and training keeps those that help.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import exp, floor, isfinite, log
from typing import Literal

About = Literal["goods", "route", "figures", "kind", "site"]
Cross = tuple[str, ...]
BINS_PER_E = 2.0
"""Bins of a figure for each factor of e: a bin spans a factor of 1.65."""
OFFSETS = {"weight_bin": 0.05, "value_bin": 1.0, "unit_value_bin": 0.01}
"""Added before the logarithm, in kilograms, US dollars and US dollars per kilogram: below it, figures are one bin."""
DIGITS = 3
SITE_DIGITS = 2
EXTRA, BIN = "extra:", "bin:"


@dataclass(frozen=True, slots=True)
class Code:
    """One code that a declaration carries.

    Attributes:
        name: Stable name.
        meaning: One sentence for the analyst.
        about: What it says something about; names the group of reasons.
        words: How a sentence for the officer says it.
    """

    name: str
    meaning: str
    about: About
    words: str


CODES = (
    Code("hs_code", "Six-digit HS code of the main line.", "goods", "goods code {}"),
    Code("hs_heading", "Four-digit HS heading of the main line.", "goods", "HS heading {}"),
    Code("hs_chapter", "HS chapter of the main line.", "goods", "HS chapter {}"),
    Code("origin", "Country of origin of the parcel.", "route", "sent from {}"),
    Code("destination", "Country of destination.", "route", "sent to {}"),
    Code("route", "Origin with destination.", "route", "route {}"),
    Code("goods_origin", "Country the main line was made in.", "route", "made in {}"),
    Code("carrier", "Carrier.", "kind", "carrier {}"),
    Code("mail_class", "Mail class.", "kind", "mail class {}"),
    Code("nature", "Declared nature.", "kind", "declared as {}"),
    Code("weight_bin", "Weight, in bins of a factor of 1.65.", "figures", "{} kg"),
    Code("value_bin", "Declared value, in bins of a factor of 1.65.", "figures", "{} USD"),
    Code("unit_value_bin", "Value per kilogram, in bins of a factor of 1.65.", "figures", "{} USD per kg"),
    Code("weight", "Weight to three digits.", "figures", "a weight of {} kg"),
)
_GOODS = ("hs_code", "hs_heading", "hs_chapter")
_BINS = ("weight_bin", "value_bin", "unit_value_bin")
_PLACES = ("origin", "goods_origin")
CROSSES: tuple[Cross, ...] = (
    *((one.name,) for one in CODES),
    *product(_GOODS, (*_PLACES, *_BINS)),
    *product(_PLACES, _BINS),
    ("origin", "goods_origin"),
    ("hs_chapter", "origin", "goods_origin"),
    ("hs_heading", "origin", "goods_origin"),
    ("hs_chapter", "origin", "weight_bin"),
    ("hs_chapter", "goods_origin", "weight_bin"),
    ("hs_heading", "goods_origin", "weight_bin"),
    ("origin", "goods_origin", "weight_bin"),
    ("hs_chapter", "destination"),
    ("hs_chapter", "route"),
    ("hs_heading", "mail_class"),
    ("hs_chapter", "nature"),
    ("mail_class", "nature"),
    ("origin", "carrier"),
)
_SITE_PARTNERS = (*_GOODS, *_PLACES, *_BINS)


def site_crosses(names: Sequence[str]) -> tuple[Cross, ...]:
    """Return the candidates for a site's own codes: each alone, with each standard code, and with one another."""
    alone = ((name,) for name in names)
    return (*alone, *product(names, _SITE_PARTNERS), *combinations(names, 2))


def about(cross: Cross) -> str:
    """Return the group of reasons of a cross, for example GOODS_AND_ROUTE."""
    kinds = {_ABOUT.get(name, "site") for name in cross}
    if "site" in kinds:
        return "SITE_COLUMNS"
    if len(cross) == 1 and cross[0] in _ALONE:
        return _ALONE[cross[0]]
    if "kind" in kinds:
        return "SHIPMENT_KIND"
    return "_AND_".join(word for kind, word in _WORDS.items() if kind in kinds)


def bin_of(figure: float, offset: float) -> str | None:
    """Return the bin of a figure as a code; None where it is unknown or negative."""
    return str(floor(BINS_PER_E * log(figure + offset))) if isfinite(figure) and figure >= 0.0 else None


def bin_range(name: str, code: str) -> tuple[float, float]:
    """Return from what to what a bin goes, in the figure's own unit."""
    low, high = (exp((int(code) + step) / BINS_PER_E) - OFFSETS[name] for step in (0, 1))
    return max(low, 0.0), max(high, 0.0)


def column_names(crosses: Iterable[Cross]) -> tuple[str, ...]:
    """Return how crosses are named in columns, for example `hs_chapter+origin`."""
    return tuple("+".join(cross) for cross in crosses)


_ABOUT: dict[str, About] = {one.name: one.about for one in CODES}
_WORDS = {"goods": "GOODS", "route": "ROUTE", "figures": "FIGURES"}
# A single code belongs to the sentence that names it anyway.
_ALONE = {
    **dict.fromkeys(_GOODS, "GOODS_CODE"), **dict.fromkeys(("origin", "destination", "route", "goods_origin"), "ROUTE"),
    "carrier": "CARRIER", "mail_class": "SHIPMENT_KIND", "nature": "SHIPMENT_KIND", "weight_bin": "PARCEL_WEIGHT",
    "weight": "PARCEL_WEIGHT", "value_bin": "DECLARED_VALUE", "unit_value_bin": "PRICE_PER_KG",
}  # fmt: skip
