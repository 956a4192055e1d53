"""Names of stations in which `*` stands for any characters, and whether one name could fit two of them."""

from __future__ import annotations

import re
from functools import cache

ANYTHING = "*"


def matches(name: str, pattern: str) -> bool:
    """Return whether a name fits a pattern; nothing but `*` is special, and capitals count."""
    return _compiled(pattern).fullmatch(name) is not None


def common_name(one: str, other: str) -> str | None:
    """Return a name that fits both patterns, as short as possible, or None where no name does."""
    return _common(one, other)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split(ANYTHING))), re.DOTALL)


@cache
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
