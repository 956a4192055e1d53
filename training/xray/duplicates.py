"""Near-duplicate pictures find each other, so that one bag never stands on both sides of a split."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage

MOST_DIFFERENT_BITS = 12
LEAST_ALIKE = 0.9
MOST_STRETCHED = 0.12
"""Chosen on 999 real scans by looking at the groups: a hash of the whole picture joined 62 different suitcases through
their air, for a white rim is most of what it sees; the contents alone, confirmed by correlation, joined none."""
SIDE, THUMB = 8, 24
_THING, _LEAST_PIXELS = 0.08, 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What near-duplicates share.

    Attributes:
        code: Difference hash of the contents: 64 bits, 1 where a cell absorbs more than its left neighbour.
        thumbnail: The contents at THUMB x THUMB pixels, mean 0 and length 1, flat.
        shape: Natural logarithm of width over height of the contents.
        exact: Hash of the pixels; equal only for the very same picture.
    """

    code: int
    thumbnail: NDArray[np.float32]
    shape: float
    exact: str


def fingerprint(image: XrayImage) -> Fingerprint:
    """Return the fingerprint of a picture's contents.

    The hash is that of Krawetz, "Kind of Like That", 2013. All is taken from the attenuation, so another palette
    changes little; the rim of air is cut off first, for it is alike in all pictures.
    """
    seen = np.asarray(1.0 - np.exp(-_contents(image.attenuation)), np.float32)
    small = cv2.resize(seen, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    thumbnail = np.asarray(cv2.resize(seen, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.float32).ravel()
    thumbnail = thumbnail - thumbnail.mean()
    length = max(float(np.linalg.norm(thumbnail)), 1e-6)
    digest = hashlib.sha256(np.ascontiguousarray(image.attenuation).tobytes())
    digest.update(np.ascontiguousarray(image.material).tobytes())
    shape = float(np.log(seen.shape[1] / seen.shape[0]))
    return Fingerprint(_number(bits), thumbnail / length, shape, digest.hexdigest())


def _contents(attenuation: NDArray[np.float32]) -> NDArray[np.float32]:
    thing = attenuation > _THING
    columns = np.flatnonzero(thing.sum(axis=0) >= _LEAST_PIXELS)
    rows = np.flatnonzero(thing.sum(axis=1) >= _LEAST_PIXELS)
    if columns.size < SIDE or rows.size < SIDE:
        return attenuation
    return attenuation[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _number(bits: NDArray[np.bool_]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)


def join_groups(groups: Sequence[str], fingerprints: Sequence[Fingerprint]) -> tuple[str, ...]:
    """Return the groups with those joined whose pictures are near-duplicates.

    The hash finds candidates; they are joined where their contents are of one shape and their thumbnails correlate.

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

    codes = np.array([one.code for one in fingerprints], np.uint64)
    shapes = np.array([one.shape for one in fingerprints])
    for place, one in enumerate(fingerprints):
        later = slice(place + 1, None)
        near = _differing_bits(codes[later], codes[place]) <= MOST_DIFFERENT_BITS
        near &= np.abs(shapes[later] - one.shape) <= MOST_STRETCHED
        for other in place + 1 + np.flatnonzero(near):
            if float(one.thumbnail @ fingerprints[int(other)].thumbnail) >= LEAST_ALIKE:
                first, second = sorted((lead(groups[place]), lead(groups[int(other)])))
                leader[second] = first
    return tuple(lead(group) for group in groups)


def exact_copies(fingerprints: Sequence[Fingerprint]) -> tuple[tuple[int, ...], ...]:
    """Return the indices of pictures that are pixel for pixel the same, set by set of two or more."""
    places: dict[str, list[int]] = {}
    for index, one in enumerate(fingerprints):
        places.setdefault(one.exact, []).append(index)
    return tuple(tuple(indices) for indices in places.values() if len(indices) > 1)


def _differing_bits(codes: NDArray[np.uint64], code: np.uint64) -> NDArray[np.int64]:
    different = np.bitwise_xor(codes, code).view(np.uint8).reshape(-1, 8)
    return np.asarray(np.unpackbits(different, axis=1).sum(axis=1), np.int64)
