"""What a picture shows as a whole: shares of material, and regions that no signal came through."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from features.xray_image import XrayImage

AIR = 0.05
"""Attenuation below which a pixel counts as air: one sheet of cardboard absorbs about as much."""
DENSE, METAL, ORGANIC = 2.0, 0.75, 0.25
"""Dense metal absorbs e-fold twice and stands above METAL on the material scale. For a grey picture, whose material is
unknown, attenuation DENSE_GREY stands alone: 20 mm of steel or 120 mm of water."""
DENSE_GREY = 3.0
SHIELD_DIAMETER = 0.045
SHIELD_SHARE = 0.004
"""An opaque region is a shield where a disc of 4.5 % of the parcel's longest side fits into it and it covers at least
0.4 % of the parcel's area. In a parcel of 400 mm that is a disc of 18 mm, the outer width of a slide or a magazine:
what is narrower (rods, tools, a battery seen end on) can itself be told by its outline."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares 0 to 1: the object's of all pixels, the others of the object's pixels. See models.results.PictureLook."""

    object_share: float
    dense_metal_share: float
    opaque_share: float
    organic_share: float


@dataclass(frozen=True, slots=True)
class OpaqueRegion:
    """A connected opaque region: box [x, y, width, height] in pixels, its area and the largest disc's diameter."""

    box: tuple[int, int, int, int]
    area: int
    diameter: float


def shares(image: XrayImage) -> Shares:
    """Measure how much of the picture is object, and how much of the object is dense metal, opaque and organic."""
    attenuation = image.attenuation
    thing = attenuation > AIR
    pixels = max(int(np.count_nonzero(thing)), 1)
    if image.source == "dual" or (image.source == "colour" and not image.inverted):
        dense = (attenuation >= DENSE) & (image.material >= METAL)
    else:
        dense = attenuation >= DENSE_GREY
    organic = thing & (image.material <= ORGANIC)
    return Shares(
        object_share=pixels / attenuation.size if thing.any() else 0.0,
        dense_metal_share=float(np.count_nonzero(dense)) / pixels,
        opaque_share=float(np.count_nonzero(image.opaque)) / pixels,
        organic_share=float(np.count_nonzero(organic)) / pixels,
    )


def shields(image: XrayImage) -> tuple[OpaqueRegion, ...]:
    """Return the opaque regions large enough to hide a part, largest first; see SHIELD_DIAMETER and SHIELD_SHARE."""
    opaque = image.opaque
    if not opaque.any():
        return ()
    # Noise puts single readable pixels into an opaque region; they must not break the disc.
    whole = cv2.morphologyEx(opaque.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    width, height, area = _parcel(image)
    # Beyond the picture's edge nothing is known, so a region at the edge ends there.
    depth = cv2.distanceTransform(cv2.copyMakeBorder(whole, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)[
        1:-1, 1:-1
    ]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, w, h, pixels = (int(value) for value in stats[label])
        if pixels < SHIELD_SHARE * area:
            continue
        inside = labels[y : y + h, x : x + w] == label
        diameter = 2.0 * float(depth[y : y + h, x : x + w][inside].max())
        if diameter >= SHIELD_DIAMETER * max(width, height):
            found.append(OpaqueRegion((x, y, w, h), pixels, diameter))
    return tuple(sorted(found, key=lambda region: -region.area))


def _parcel(image: XrayImage) -> tuple[int, int, int]:
    """Return width, height and area in pixels of what lies in the beam, of the whole picture where nothing does."""
    thing = (image.attenuation > AIR).astype(np.uint8)
    _, _, width, height = cv2.boundingRect(thing)
    return (width, height, int(thing.sum())) if width else (*image.size, image.attenuation.size)
