"""Indicators of the declared value."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from features.codes import HS_CHAPTERS, hs_chapter
from features.indicators.lists import IndicatorLists
from features.indicators.places import items, money
from features.indicators.types import Found
from features.manifest import Item, Manifest
from features.rates import usd

# Under 20 g a scale's rounding alone moves the price of a kilogram by half.
LEAST_WEIGHT_G = 20.0


def value_per_kg_low(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line valued per kilogram below what its HS chapter plausibly costs."""
    for path, item, price, weighed, (low, high) in _priced(manifest, lists):
        # A value of zero or one unit is VALUE_TOKEN's; saying it twice would count one fact for two.
        if price < low and not _token(item):
            yield Found(_price_text(item, price, weighed, low, high), f"{path}.value")


def value_per_kg_high(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line valued per kilogram above what its HS chapter plausibly costs."""
    for path, item, price, weighed, (low, high) in _priced(manifest, lists):
        if price > high:
            yield Found(_price_text(item, price, weighed, low, high), f"{path}.value")


def value_token(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line valued at nothing, or at one unit of its currency or less."""
    for path, item in items(manifest):
        if item.value is not None and _token(item) and manifest.nature != "documents":
            yield Found(f"The declared value is {money(item.value)}.", f"{path}.value.amount")


def postage_disproportionate(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """Postage that is a multiple of the declared value."""
    postage = usd(manifest.postage) if manifest.postage else None
    if manifest.postage is None or postage is None or manifest.nature == "documents":
        return
    value = _total_usd(manifest) if float(postage) >= lists.postage_floor_usd else None
    if value is not None and float(postage) >= lists.postage_ratio * float(value):
        times = f"{float(postage) / float(value):.1f} times the" if value else "against a"
        shown = f"{times} declared value of about {float(value):,.2f} USD"
        yield Found(f"Postage of {money(manifest.postage)} is {shown}.", "postage")


def total_usd(manifest: Manifest) -> float | None:
    """Return the declared value of all lines in approximate US dollars, None where a line's is not known."""
    total = _total_usd(manifest)
    return None if total is None else float(total)


def _total_usd(manifest: Manifest) -> Decimal | None:
    total = Decimal(0)
    for item in manifest.items:
        value = usd(item.value) if item.value else None
        if value is None:
            return None
        total += value
    return total


def _token(item: Item) -> bool:
    return item.value is not None and item.value.amount <= 1


def _priced(manifest: Manifest, lists: IndicatorLists) -> Iterator[tuple[str, Item, float, str, tuple[float, float]]]:
    for path, item in items(manifest):
        chapter = hs_chapter(item.hs_code)
        value = usd(item.value) if item.value else None
        grams, weighed = _weight(manifest, item)
        if chapter is not None and chapter in lists.value_per_kg and value is not None and grams >= LEAST_WEIGHT_G:
            yield path, item, float(value) / grams * 1000.0, weighed, lists.value_per_kg[chapter]


def _weight(manifest: Manifest, item: Item) -> tuple[float, str]:
    if item.net_weight_g:
        return item.net_weight_g, "net"
    # The gross weight stands in only where there is one line; it makes the price look lower, which the text says.
    if len(manifest.items) == 1 and manifest.gross_weight_g:
        return manifest.gross_weight_g, "gross"
    return 0.0, ""


def _price_text(item: Item, price: float, weighed: str, low: float, high: float) -> str:
    chapter = hs_chapter(item.hs_code) or 0
    goods = f"HS chapter {chapter:02d} ({HS_CHAPTERS[chapter]})"
    return f"About {price:,.2f} USD per kg {weighed}; plausible for {goods} are {low:,g} to {high:,g} USD."
