"""Indicators of the goods themselves: weights, density, their nature by code and by word."""

from __future__ import annotations

from collections.abc import Iterator

from features.codes import hs_chapter, hs_heading
from features.indicators.document import ARMS_CHAPTER
from features.indicators.lists import IndicatorLists
from features.indicators.places import items, quoted
from features.indicators.types import Found
from features.indicators.wording import convertible_words, firearm_words
from features.manifest import Manifest

ROUNDING_G = 20.0
MM3_PER_LITRE = 1_000_000.0
# Heading 9303 takes other firearms (blank-firing, signal, line-throwing), 9304 air, spring and gas weapons.
CONVERTIBLE_HEADINGS = {
    "9303": "blank-firing, signal and muzzle-loading weapons",
    "9304": "air, spring and gas weapons",
}


def weights_above_gross(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """Article weights that together exceed the parcel's gross weight."""
    net = sum(item.net_weight_g or 0.0 for item in manifest.items)
    gross = manifest.gross_weight_g
    if gross and net > gross * (1.0 + lists.weight_tolerance) + ROUNDING_G:
        yield Found(f"The articles weigh {net:g} g together, the whole parcel {gross:g} g.", "gross_weight_g")


def density_implausible(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A parcel denser than packed metal."""
    if not manifest.gross_weight_g or not manifest.dimensions_mm:
        return
    length, width, height = manifest.dimensions_mm
    litres = length * width * height / MM3_PER_LITRE
    if litres <= 0:
        return
    density = manifest.gross_weight_g / 1000.0 / litres
    if density > lists.densest_kg_per_litre:
        text = f"{manifest.gross_weight_g:g} g in {litres:.2g} litres is {density:.1f} kg per litre; steel is 7.9."
        yield Found(text, "dimensions_mm")


def hs_arms_chapter(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line declared in HS chapter 93."""
    for path, item in items(manifest):
        if hs_chapter(item.hs_code) == ARMS_CHAPTER:
            yield Found(f"HS code {item.hs_code} is of chapter 93, arms and ammunition.", f"{path}.hs_code")


def hs_cover_heading(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line declared under a heading that often covers for parts."""
    for path, item in items(manifest):
        heading = hs_heading(item.hs_code)
        if heading is not None and heading in lists.cover_headings:
            text = f"HS heading {heading} ({lists.cover_headings[heading]}) often covers for firearm parts."
            yield Found(text, f"{path}.hs_code")


def firearm_vocabulary(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A description that names firearms, parts or ammunition."""
    for path, item in items(manifest):
        words = firearm_words(item.description, lists) if item.description else ()
        if words:
            text = f"{quoted(item.description)} names firearms, parts or ammunition: {', '.join(words[:4])}."
            yield Found(text, f"{path}.description")


def convertible_vocabulary(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A description or HS heading of convertible, blank-firing or imitation weapons."""
    for path, item in items(manifest):
        words = convertible_words(item.description, lists) if item.description else ()
        heading = hs_heading(item.hs_code)
        if words:
            text = f"{quoted(item.description)} names convertible or imitation weapons: {', '.join(words[:4])}."
            yield Found(text, f"{path}.description")
        elif heading in CONVERTIBLE_HEADINGS:
            text = f"HS heading {heading} takes {CONVERTIBLE_HEADINGS[heading]}."
            yield Found(text, f"{path}.hs_code")
