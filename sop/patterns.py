"""Names of stations in which `*` stands for any characters, and whether one name could fit two of them."""

from __future__ import annotations

from functools import lru_cache

ANYTHING = "*"


def matches(name: str, pattern: str) -> bool:
    """Return whether a name fits a pattern; nothing but `*` is special, and capitals count."""
    first, *others = pattern.split(ANYTHING)
    if not others:
        return name == first
    *middle, last = others
    place, end = len(first), len(name) - len(last)
    if place > end or not (name.startswith(first) and name.endswith(last)):
        return False
    # The first fit of each piece leaves the most room for those behind it, so one pass is enough.
    for piece in middle:
        found = name.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def common_name(one: str, other: str) -> str | None:
    """Return a name that fits both patterns, as short as possible, or None where no name does."""
    return _common(one, other)


@lru_cache(maxsize=1 << 16)
def _common(one: str, other: str) -> str | None:
    if not one or not other:
        return "" if set(one + other) <= {ANYTHING} else None
    found: list[str | None] = []
    if one[0] == ANYTHING:
        # The star stands for nothing, or takes what the other pattern begins with.
        found += [_common(one[1:], other), _taken(other[0], _common(one, other[1:]))]
    if other[0] == ANYTHING:
        found += [_common(one, other[1:]), _taken(one[0], _common(one[1:], other))]
    if one[0] == other[0] != ANYTHING:
        found.append(_taken(one[0], _common(one[1:], other[1:])))
    return min((name for name in found if name is not None), key=lambda name: (len(name), name), default=None)


def _taken(character: str, rest: str | None) -> str | None:
    return None if rest is None else ("" if character == ANYTHING else character) + rest
