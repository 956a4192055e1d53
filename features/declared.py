"""What several readers of one manifest ask of it, worked out once: figures, main line, its HS digits, words, text."""

from __future__ import annotations

from dataclasses import dataclass

from features.manifest import Item, Manifest
from features.measures import Measures, hs_digits, main_item, measure
from features.text import text_of_words, words


@dataclass(frozen=True, slots=True)
class Declared:
    """One manifest, read.

    Attributes:
        manifest: The manifest.
        figures: Its figures.
        main: The line that stands for the parcel, see `features.measures.main_item`.
        digits: The digits of its HS code; empty where none is declared.
        words: The words of each line's description, in order; none for a line without a description.
        text: The descriptions in normal form, see `features.text.manifest_text`.
    """

    manifest: Manifest
    figures: Measures
    main: Item
    digits: str
    words: tuple[tuple[str, ...], ...]
    text: str


def declared(manifest: Manifest) -> Declared:
    """Read one manifest."""
    main = main_item(manifest)
    said = tuple(tuple(words(item.description)) if item.description else () for item in manifest.items)
    return Declared(manifest, measure(manifest), main, hs_digits(main), said, text_of_words(said))
