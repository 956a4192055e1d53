"""Several pictures of one parcel: one answer, and which regions of two views may be the same thing.

The parcel's score is the highest of its pictures: an alarm in one view is never averaged away. Measured on 500
synthetic parcels in two views (docs/detector.md), no way of adding up the views' evidence found more parts at the same
rate of false alarms than that, because what looks like a part from above looks like one from the side too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.geometry import corners
from models.results import Ability, Assessment, ImageResult, ProfileUsed, Region, ViewLink, XrayResult
from models.scanner_profile import ScannerProfile

_WORST: tuple[Assessment, ...] = ("alarm", "unknown", "clear")
_LEAST_ABLE: tuple[Ability, ...] = ("unreadable", "shield", "no_interference")
LEAST_SCORE, LEAST_OVERLAP, MOST_STRETCH = 0.3, 0.6, 0.02
"""Two regions are linked from these scores on, where their stretches along the belt (x) have this intersection over
union, in pictures whose widths differ by no more than this share: other pictures show other stretches of the belt. Of
187 links in 250 synthetic parcels with parts, both regions were the same part in 106, and one at least in 139."""


def together(images: Sequence[ImageResult], profile: ScannerProfile | None) -> XrayResult:
    """Return the worst of all pictures; no picture at all is unknown, never clear."""
    scores = [image.score for image in images if image.score is not None]
    return XrayResult(
        assessment=min((image.assessment for image in images), key=_WORST.index, default="unknown"),
        ability=min((image.ability for image in images), key=_LEAST_ABLE.index, default="unreadable"),
        score=max(scores, default=None),
        scanner="calibrated" if profile else "uncalibrated",
        images=tuple(images),
        profile=ProfileUsed(profile.digest, profile.threshold_told, profile.false_alarms.value) if profile else None,
        links=link_views(images),
    )


def link_views(images: Sequence[ImageResult]) -> tuple[ViewLink, ...]:
    """Return which regions of different pictures lie at the same place of the belt, best matches first.

    A belt scanner's views share the belt's direction, x: a thing has the same x and width in each of them. A region is
    linked to one region of another picture at most.

    Args:
        images: Of one parcel, in their order.
    """
    return tuple(link for pair in combinations(range(len(images)), 2) for link in _between(images, pair))


def _between(images: Sequence[ImageResult], pair: tuple[int, int]) -> list[ViewLink]:
    first, second = (images[number] for number in pair)
    if abs(first.width - second.width) > MOST_STRETCH * max(first.width, second.width):
        return []
    overlap = _overlap_along_belt(first.regions, second.regions)
    links = []
    while overlap.size and float(overlap.max()) >= LEAST_OVERLAP:
        here, there = (int(place) for place in np.unravel_index(int(overlap.argmax()), overlap.shape))
        links.append(ViewLink(pair, (here, there)))
        overlap[here], overlap[:, there] = 0.0, 0.0
    return links


def _overlap_along_belt(first: Sequence[Region], second: Sequence[Region]) -> NDArray[np.float32]:
    """Return intersection over union of the stretches of x, N x M; 0 for regions too weak to be linked."""
    one, other = (corners([region.box for region in regions]) for regions in (first, second))
    common = np.minimum(one[:, None, 2], other[None, :, 2]) - np.maximum(one[:, None, 0], other[None, :, 0])
    both = np.maximum(one[:, None, 2], other[None, :, 2]) - np.minimum(one[:, None, 0], other[None, :, 0])
    strong = [np.array([region.score >= LEAST_SCORE for region in regions], bool) for regions in (first, second)]
    return np.asarray(np.maximum(common, 0) / np.maximum(both, 1) * np.outer(*strong), np.float32)
