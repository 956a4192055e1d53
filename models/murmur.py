"""MurmurHash3 of short texts (Appleby 2011, the 32-bit variant of x86), as scikit-learn's HashingVectorizer counts.

Written out here because scoring one parcel needs nothing else of that library, whose import takes a second.
"""

from __future__ import annotations

_FIRST, _SECOND, _ADDED = 0xCC9E2D51, 0x1B873593, 0xE6546B64
_ALL = 0xFFFFFFFF
_SIGN = 0x80000000


def murmur3(text: str) -> int:
    """Return the hash of a text's UTF-8 form with the seed 0, from -2**31 to 2**31 - 1."""
    data = text.encode()
    state, whole = 0, len(data) & ~3
    for start in range(0, whole, 4):
        state ^= _mixed(int.from_bytes(data[start : start + 4], "little"))
        state = ((state << 13 | state >> 19) * 5 + _ADDED) & _ALL
    state ^= _mixed(int.from_bytes(data[whole:], "little")) ^ len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & _ALL
    state = (state ^ state >> 13) * 0xC2B2AE35 & _ALL
    state ^= state >> 16
    return state - ((state & _SIGN) << 1)


def _mixed(block: int) -> int:
    block = block * _FIRST & _ALL
    return (block << 15 | block >> 17) * _SECOND & _ALL
