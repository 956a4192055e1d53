"""The figures of a manifest that several features and reasons share, each computed in one place."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

from features.manifest import Item, Manifest, Money
from features.rates import usd

LITRE_MM3 = 1_000_000.0
CHAPTER_DIGITS = 2
HEADING_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Figures of one manifest; NaN where the declaration does not say.

    Attributes:
        value_usd: Declared value of all lines, approximate US dollars.
        net_kg: Net weight of all lines, kilograms.
        gross_kg: Gross weight, kilograms.
        weight_kg: Net weight where every line has one, else gross weight.
        articles: Number of articles; a line without a quantity counts once.
        value_per_kg: US dollars per kilogram.
        value_per_article: US dollars per article.
        weight_per_article_g: Grams per article.
        density: Gross kilograms per litre of the parcel's outer dimensions.
        postage_usd: Postage, approximate US dollars.
    """

    value_usd: float
    net_kg: float
    gross_kg: float
    weight_kg: float
    articles: float
    value_per_kg: float
    value_per_article: float
    weight_per_article_g: float
    density: float
    postage_usd: float


def measure(manifest: Manifest) -> Measures:
    """Compute the figures of a manifest; a line that lacks a value or a weight makes the total unknown (NaN)."""
    value = _total([money_usd(item.value) for item in manifest.items])
    net = _total([_positive(item.net_weight_g) for item in manifest.items]) / 1000.0
    gross = _positive(manifest.gross_weight_g) / 1000.0
    weight = net if isfinite(net) else gross
    articles = float(sum(item.quantity or 1 for item in manifest.items))
    return Measures(
        value_usd=value,
        net_kg=net,
        gross_kg=gross,
        weight_kg=weight,
        articles=articles,
        value_per_kg=ratio(value, weight),
        value_per_article=ratio(value, articles),
        weight_per_article_g=ratio(weight * 1000.0, articles),
        density=ratio(gross, _litres(manifest)),
        postage_usd=money_usd(manifest.postage),
    )


def money_usd(money: Money | None) -> float:
    """Return an amount in approximate US dollars; NaN where missing or the currency has no rate."""
    if money is None:
        return nan
    converted = usd(money)
    return nan if converted is None else float(converted)


def ratio(numerator: float, denominator: float) -> float:
    """Divide; NaN where the divisor is zero, negative or unknown."""
    return numerator / denominator if denominator > 0 else nan


def hs_digits(item: Item) -> str:
    """Return the HS code's digits alone; empty where none is declared."""
    code = item.hs_code or ""
    if code.isascii() and code.isdigit():
        return code
    return "".join(char for char in code if char in "0123456789")


def heading(item: Item) -> str | None:
    """Return the four-digit HS heading, None where the code is missing or shorter."""
    digits = hs_digits(item)
    return digits[:HEADING_DIGITS] if len(digits) >= HEADING_DIGITS else None


def main_item(manifest: Manifest) -> Item:
    """Return the line that stands for the parcel: the dearest, or the heaviest where no value is declared."""
    if len(manifest.items) == 1:
        return manifest.items[0]
    return max(manifest.items, key=lambda item: (_rank(money_usd(item.value)), _rank(_positive(item.net_weight_g))))


def _rank(number: float) -> float:
    return number if isfinite(number) else -1.0


def _positive(number: float | None) -> float:
    return float(number) if number is not None and number > 0 else nan


def _total(numbers: list[float]) -> float:
    return float(sum(numbers))


def _litres(manifest: Manifest) -> float:
    if manifest.dimensions_mm is None:
        return nan
    length, width, height = manifest.dimensions_mm
    return length * width * height / LITRE_MM3
