"""Which earlier parcels were declared just alike: keys of a declaration's pattern, from coarse to exact.

A key is a number without meaning: who sent or received the parcel is no part of it, so the memory that is built on
these keys (`models.memory`) remembers goods and figures and never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import isfinite

from features.declared import Declared, declared
from features.manifest import ExtraValue, Manifest, Money

LEVELS = ("goods", "weight", "exact")
"""Coarse to fine: the goods with their route; those at the same weight; those at the same weight and value."""
NO_KEY = 0
_BYTES = 8


def pattern_keys(manifest: Manifest, extras: Sequence[str] = ()) -> tuple[int, ...]:
    """Return one key for each of LEVELS.

    Args:
        manifest: The parcel.
        extras: The site's own columns that belong to the pattern: those of the mapping's `groups`.

    Returns:
        Numbers of 64 bits, of shape (len(LEVELS),); NO_KEY throughout where neither goods code nor description is
        declared, because such parcels are alike in nothing. Among two million patterns the odds that any two collide
        are one in ten million (birthday bound, n**2 / 2**65).
    """
    return keys_of(declared(manifest), extras)


def keys_of(read: Declared, extras: Sequence[str] = ()) -> tuple[int, ...]:
    """Do as `pattern_keys` does, for a manifest that was read before."""
    manifest, main, text, code = read.manifest, read.main, read.text, read.digits
    if not text and not code:
        return (NO_KEY,) * len(LEVELS)
    route = (manifest.origin_country, manifest.destination_country, main.origin_country or "")
    goods = (code, *route, text, str(len(manifest.items)), *(_plain(manifest.extra.get(name)) for name in extras))
    weighed = (*goods, _grams(read.figures.weight_kg))
    return tuple(_digest(parts) for parts in (goods, weighed, (*weighed, *_values(manifest))))


def _plain(value: ExtraValue) -> str:
    """Return a value in one form, whether it came from a table (8.0) or from JSON (8)."""
    return f"{value:g}" if isinstance(value, int | float) else value or ""


def _grams(weight: float) -> str:
    return f"{weight * 1000.0:.0f}" if isfinite(weight) else ""


def _values(manifest: Manifest) -> list[str]:
    return [_money(item.value) for item in manifest.items]


def _money(value: Money | None) -> str:
    return f"{value.amount.normalize():f} {value.currency}" if value else ""


def _digest(parts: Sequence[str]) -> int:
    number = int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=_BYTES).digest(), "big")
    return number or 1
