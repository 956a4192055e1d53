"""What a picture shows as a whole: shares of material, and regions that no signal came through."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import Mask, XrayImage

AIR = 0.05
"""Attenuation below which a pixel counts as air: one sheet of cardboard absorbs about as much."""
DENSE, METAL, ORGANIC = 2.0, 0.75, 0.25
"""Dense metal absorbs e-fold twice and stands above METAL on the material scale. For a grey picture, whose material is
unknown, attenuation DENSE_GREY stands alone: 20 mm of steel or 120 mm of water."""
DENSE_GREY = 3.0
SHIELD_DIAMETER = 0.065
SHIELD_SHARE = 0.01
"""An opaque region is a shield where a disc of 6.5 % of the parcel's longest side fits into it and it covers at least
1 % of the parcel's area: in a parcel of 400 x 300 mm 26 mm across and 12 cm2, as much as a magazine or a slide needs.
What is smaller (a tool, a battery seen end on) can itself be told by its outline. Chosen on 240 synthetic scenes of
all densities (docs/detector.md): 114 of 120 plates are found, as with 4.5 % and 0.4 %, and of 120 scenes without one
5 count as shielded instead of 34 (16 bit, two energies); of 999 real scans 0.9 % instead of 3.2 %."""
_GRID = 300
DEEP = 4.0
"""Attenuation from which a region is told as dense: 2 % of the beam comes through, and metal on metal hardly shows."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares 0 to 1: the object's of all pixels, the others of the object's pixels. See models.results.PictureLook."""

    object_share: float
    dense_metal_share: float
    opaque_share: float
    organic_share: float


@dataclass(frozen=True, slots=True)
class DenseRegion:
    """A connected dense region.

    Attributes:
        box: [x, y, width, height] in pixels.
        area: Its pixels.
        share: Of the parcel's pixels, 0 to 1.
        diameter: Of the largest disc in it, in pixels.
    """

    box: tuple[int, int, int, int]
    area: int
    share: float
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


def shields(image: XrayImage) -> tuple[DenseRegion, ...]:
    """Return the opaque regions large enough to hide a part, largest first; see SHIELD_DIAMETER and SHIELD_SHARE."""
    return _large(image.opaque, image)


def dense_regions(image: XrayImage) -> tuple[DenseRegion, ...]:
    """Return the regions of the same size through which little came, opaque or not, largest first; see DEEP."""
    return _large(np.asarray(image.attenuation >= DEEP, np.bool_) | image.opaque, image)


def _large(mask: Mask, image: XrayImage) -> tuple[DenseRegion, ...]:
    width, height, area = _parcel(image)
    pixels = mask.view(np.uint8)
    if cv2.countNonZero(pixels) < SHIELD_SHARE * area:
        return ()
    # Noise puts single readable pixels into an opaque region; they must not break the disc.
    whole = cv2.morphologyEx(pixels, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    grid, step = _on_grid(np.asarray(whole, np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    found, least = [], SHIELD_DIAMETER * max(width, height)
    large = (stats[:, 4] * step * step >= SHIELD_SHARE * area) & ((stats[:, 2:4].min(axis=1) + 1) * step >= least)
    for label in (int(number) for number in np.flatnonzero(large) if number):
        x, y, w, h, cells = (int(value) for value in stats[label])
        diameter = _diameter(np.asarray(labels[y : y + h, x : x + w] == label, np.bool_), step)
        if diameter >= least:
            box = _inside((x * step, y * step, w * step, h * step), image.size)
            found.append(DenseRegion(box, cells * step * step, cells * step * step / area, diameter))
    return tuple(sorted(found, key=lambda region: -region.area))


def _on_grid(mask: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Return the mask in cells of n x n pixels, set where most of a cell's pixels are, and n.

    A disc of the least diameter still has 20 cells, whatever the scanner's resolution.
    """
    step = max(1, max(mask.shape) // _GRID)
    if step == 1:
        return mask, 1
    height, width = (-(-side // step) * step for side in mask.shape)
    whole = cv2.copyMakeBorder(mask, 0, height - mask.shape[0], 0, width - mask.shape[1], cv2.BORDER_REPLICATE)
    shares = cv2.resize(whole * np.uint8(255), (width // step, height // step), interpolation=cv2.INTER_AREA)
    return np.asarray(shares > 127, np.bool_).view(np.uint8), step


def _inside(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    return x, y, min(width, size[0] - x), min(height, size[1] - y)


def _diameter(region: Mask, step: int) -> float:
    """Return the diameter of the largest disc in pixels; beyond the box nothing of the region is known: it ends there.

    The distance transform counts up to half a cell too much, which on a grid is more than a pixel.
    """
    rimmed = cv2.copyMakeBorder(region.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return 2.0 * float(cv2.distanceTransform(rimmed, cv2.DIST_L2, 3).max()) * step - (step - 1) / 2


def _parcel(image: XrayImage) -> tuple[int, int, int]:
    """Return width, height and area in pixels of what is in the beam, of the whole picture where nothing is."""
    thing = np.asarray(image.attenuation > AIR, np.bool_).view(np.uint8)
    _, _, width, height = cv2.boundingRect(thing)
    return (width, height, cv2.countNonZero(thing)) if width else (*image.size, thing.size)
