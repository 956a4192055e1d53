"""Near-duplicate pictures find each other, so that one bag never stands on both sides of a split."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage

MOST_DIFFERENT_BITS = 6
SIDE = 8


def fingerprint(image: XrayImage) -> int:
    """Return the difference hash of the attenuation: 64 bits, 1 where a cell absorbs more than its left neighbour.

    Krawetz, "Kind of Like That", 2013. Taken from the canonical planes, so another palette changes nothing.
    """
    seen = 1.0 - np.exp(-image.attenuation)
    small = cv2.resize(seen, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def join_groups(groups: Sequence[str], fingerprints: Sequence[int]) -> tuple[str, ...]:
    """Return the groups with those joined whose pictures are near-duplicates.

    Args:
        groups: Bag or scene of each picture.
        fingerprints: Of each picture.
    """
    leader = {group: group for group in groups}

    def lead(group: str) -> str:
        while leader[group] != group:
            leader[group] = leader[leader[group]]
            group = leader[group]
        return group

    codes = np.array(fingerprints, np.uint64)
    for place, code in enumerate(codes):
        for other in np.flatnonzero(_differing_bits(codes[place + 1 :], code) <= MOST_DIFFERENT_BITS):
            first, second = sorted((lead(groups[place]), lead(groups[place + 1 + int(other)])))
            leader[second] = first
    return tuple(lead(group) for group in groups)


def _differing_bits(codes: NDArray[np.uint64], code: np.uint64) -> NDArray[np.int64]:
    different = np.bitwise_xor(codes, code).view(np.uint8).reshape(-1, 8)
    return np.asarray(np.unpackbits(different, axis=1).sum(axis=1), np.int64)
