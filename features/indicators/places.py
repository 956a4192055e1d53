"""Small helpers that every indicator shares: article lines with their paths, and how values stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from features.manifest import Item, Manifest, Money
from features.strict_json import printable

_PATHS = tuple(f"items[{index}]" for index in range(100))
"""Of the lines that nearly all manifests have at most: every indicator asks for them."""


def items(manifest: Manifest) -> Iterable[tuple[str, Item]]:
    """Return every article line with its JSON path."""
    if len(manifest.items) <= len(_PATHS):
        return zip(_PATHS, manifest.items, strict=False)
    return ((f"items[{index}]", item) for index, item in enumerate(manifest.items))


def quoted(value: str | None) -> str:
    """Return a declared text as it stands in a sentence: in quotes, shortened."""
    return f'"{printable(value or "", 50)}"'


def money(value: Money) -> str:
    """Return an amount as it stands in a sentence."""
    return f"{value.amount:f} {value.currency}"
