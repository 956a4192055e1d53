"""Codes and crosses of codes as 64-bit numbers, so that a table of them is two arrays and not a dictionary of texts.

An unseen cross meets one of m known ones by chance with odds of m / 2**64: nothing that could be observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from features.spec_codes import Cross
from models.coded import Coded

Keys = npt.NDArray[np.uint64]
NO_KEY = np.uint64(0)
LONGEST = 3
"""Codes in a cross at most; a shorter one is filled up with a constant."""
_FILLED = np.uint64(1)
# The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
_STEPS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
_LAST = np.uint64(31)


def digest(text: str) -> int:
    """Return the number of a text, never 0."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") or 1


def code_keys(codes: Coded) -> Keys:
    """Return the number of each parcel's code, uint64 of shape (n,); 0 where it has none."""
    used = codes.used().tolist()
    known = [digest(value) if there else 0 for value, there in zip(codes.values, used, strict=True)]
    return np.array([*known, 0], dtype=np.uint64)[codes.ids]


def keyed(codes: Mapping[str, Coded], names: Iterable[str]) -> dict[str, Keys]:
    """Return the numbers of some codes, by name; for whoever asks for many crosses of them, one after the other."""
    return {name: code_keys(codes[name]) for name in sorted(set(names))}


def cross_keys(codes: Mapping[str, Coded] | Mapping[str, Keys], crosses: Sequence[Cross]) -> Keys:
    """Return the number of each parcel's crosses, uint64 of shape (n, len(crosses)); 0 where a code is missing."""
    names = sorted({name for cross in crosses for name in cross})
    known = (codes[name] for name in names)
    singles = [code_keys(one) if isinstance(one, Coded) else one for one in known]
    rows = max((len(one) for one in codes.values()), default=0)
    table = np.column_stack([*singles, np.full(rows, _FILLED)])
    places = [[*(names.index(name) for name in cross), *[len(names)] * (LONGEST - len(cross))] for cross in crosses]
    parts = table[:, np.array(places, dtype=np.int64).reshape(len(crosses), LONGEST)]
    keys = np.array([digest("+".join(cross)) for cross in crosses], dtype=np.uint64)[None, :]
    for place in range(LONGEST):
        keys = _mix(keys ^ parts[:, :, place])
    return np.where((parts == NO_KEY).any(axis=2), NO_KEY, np.maximum(keys, _FILLED))


def _mix(numbers: Keys) -> Keys:
    for shift, factor in _STEPS:
        numbers = (numbers ^ (numbers >> shift)) * factor
    return numbers ^ (numbers >> _LAST)
