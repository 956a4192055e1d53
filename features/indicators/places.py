"""Small helpers that every indicator shares: article lines with their paths, and how values stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from features.manifest import Item, Manifest, Money
from features.strict_json import printable


def items(manifest: Manifest) -> Iterator[tuple[str, Item]]:
    """Yield every article line with its JSON path."""
    for index, item in enumerate(manifest.items):
        yield f"items[{index}]", item


def quoted(value: str | None) -> str:
    """Return a declared text as it stands in a sentence: in quotes, shortened."""
    return f'"{printable(value or "", 50)}"'


def money(value: Money) -> str:
    """Return an amount as it stands in a sentence."""
    return f"{value.amount:f} {value.currency}"
