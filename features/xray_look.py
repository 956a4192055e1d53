"""What a picture shows as a whole: shares of material, and regions that no signal came through."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

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
5 count as shielded instead of 34 (16 bit, two energies); of 999 real scans 0.8 % instead of 3.2 %."""
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
    small, step = _on_grid(image)
    return _large(small.opaque, small, step, image.size)


def dense_regions(image: XrayImage) -> tuple[DenseRegion, ...]:
    """Return the regions of the same size through which little came, opaque or not, largest first; see DEEP."""
    small, step = _on_grid(image)
    deep = np.asarray(small.attenuation >= DEEP, np.bool_)
    return _large(deep | small.opaque, small, step, image.size)


def _on_grid(image: XrayImage) -> tuple[XrayImage, int]:
    """Return every n-th pixel, and n; a disc of the least diameter still has 20 px at any resolution."""
    step = max(1, max(image.size) // _GRID)
    attenuation, material = (np.ascontiguousarray(p[::step, ::step]) for p in (image.attenuation, image.material))
    flat = None if image.flat is None else image.flat[::step, ::step]
    return replace(image, attenuation=attenuation, material=material, flat=flat), step


def _large(mask: Mask, image: XrayImage, step: int, size: tuple[int, int]) -> tuple[DenseRegion, ...]:
    width, height, area = _parcel(image)
    pixels = mask.view(np.uint8)
    if cv2.countNonZero(pixels) < SHIELD_SHARE * area:
        return ()
    # Noise puts single readable pixels into an opaque region; they must not break the disc.
    whole = cv2.morphologyEx(pixels, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    found, least = [], SHIELD_DIAMETER * max(width, height)
    for label in range(1, count):
        x, y, w, h, cells = (int(value) for value in stats[label])
        if cells < SHIELD_SHARE * area or min(w, h) < least - 1:
            continue
        diameter = _diameter(np.asarray(labels[y : y + h, x : x + w] == label, np.bool_))
        if diameter >= least:
            box = _inside((x * step, y * step, w * step, h * step), size)
            found.append(DenseRegion(box, cells * step * step, cells / area, diameter * step))
    return tuple(sorted(found, key=lambda region: -region.area))


def _inside(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    return x, y, min(width, size[0] - x), min(height, size[1] - y)


def _diameter(region: Mask) -> float:
    """Return the diameter of the largest disc; beyond the box nothing of it is known, so it ends there."""
    rimmed = cv2.copyMakeBorder(region.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return 2.0 * float(cv2.distanceTransform(rimmed, cv2.DIST_L2, 3).max())


def _parcel(image: XrayImage) -> tuple[int, int, int]:
    """Return width, height and area in pixels of what is in the beam, of the whole picture where nothing is."""
    thing = np.asarray(image.attenuation > AIR, np.bool_).view(np.uint8)
    _, _, width, height = cv2.boundingRect(thing)
    return (width, height, cv2.countNonZero(thing)) if width else (*image.size, thing.size)
