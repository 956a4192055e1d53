"""A few numbers of a picture that tell one scanner, or one setting of it, from another.

They say nothing of a firearm: they are what a scanner's profile remembers of its pictures, so that a change of gain,
palette, sharpening or export is noticed before anyone wonders at the alarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_colour import channel_spread
from features.xray_image import XrayImage, air_level, is_inverted
from features.xray_look import AIR, DENSE, METAL
from features.xray_read import Decoded, Pixels

SMALL = 200
"""Shares and hues are counted on about so many pixels a side; more would not change them."""
DETAIL = 384
"""Sharpness is measured on a square of so many pixels a side, at full resolution, in the middle of the parcel."""
DIGITS = 4
_COLOURED = 20
_LEAST_COLOURED = 30
_ORGANIC_HUES, _METAL_HUES = (10, 60), (160, 260)


@dataclass(frozen=True, slots=True)
class PictureStatistics:
    """What a picture looks like as a product of its scanner.

    Attributes:
        air: Level of air, 0 to 1 of the full scale.
        object_share: Pixels that are not air, 0 to 1 of all.
        attenuation: Median attenuation of the object.
        dark_share: Pixels that absorb more than e-fold twice, 0 to 1 of the object's.
        metal_share: Pixels of metal, 0 to 1 of the object's.
        material: Mean material of the object, 0 organic to 1 metal.
        sharpness: Mean absolute Laplacian of the levels over the object, by the level of air.
        colour: Mean difference between the channels of the object, 0 to 1; 0 for a grey picture.
        organic_hue: Median hue in degrees of what is orange; None where hardly anything is.
        metal_hue: Median hue in degrees of what is blue; None where hardly anything is.
        size: Logarithm to base 2 of the longest side in pixels.
    """

    air: float
    object_share: float
    attenuation: float
    dark_share: float
    metal_share: float
    material: float
    sharpness: float
    colour: float
    organic_hue: float | None
    metal_hue: float | None
    size: float


@dataclass(frozen=True, slots=True)
class Trait:
    """What a statistic is called in a sentence, and how far it may move before anybody should care."""

    words: str
    tolerance: float


TRAITS: dict[str, Trait] = {
    "air": Trait("the brightness of air", 0.03),
    "object_share": Trait("how much of the picture the parcel fills", 0.04),
    "attenuation": Trait("how dark the contents are", 0.06),
    "dark_share": Trait("how much of the contents is nearly black", 0.01),
    "metal_share": Trait("how much of the contents is shown as metal", 0.02),
    "material": Trait("the balance of organic and metal", 0.02),
    "sharpness": Trait("how sharp the picture is", 0.01),
    "colour": Trait("how strong the colours are", 0.02),
    "organic_hue": Trait("the orange of organic material", 5.0),
    "metal_hue": Trait("the blue of metal", 5.0),
    "size": Trait("the size of the picture in pixels", 0.1),
}
"""Every statistic. The tolerances are set by hand: half of what pictures of one scanner differ by among themselves, or
less."""


def statistics_of(decoded: Decoded, image: XrayImage) -> PictureStatistics:
    """Measure a picture.

    Args:
        decoded: Its pixels as they came.
        image: The same in canonical form.
    """
    attenuation, material = _small(image.attenuation), _small(image.material)
    thing = attenuation > AIR
    page = decoded.pages[0]
    small = _small(page)
    colour, organic_hue, metal_hue = _colours(small, thing) if page.ndim == 3 else (0.0, None, None)
    return PictureStatistics(
        air=_rounded(_air(small)),
        object_share=_rounded(thing.mean()),
        attenuation=_of(np.median, attenuation[thing]),
        dark_share=_of(np.mean, attenuation[thing] >= DENSE),
        metal_share=_of(np.mean, material[thing] >= METAL),
        material=_of(np.mean, material[thing]),
        sharpness=_rounded(_sharpness(page, image.attenuation)),
        colour=_rounded(colour),
        organic_hue=organic_hue,
        metal_hue=metal_hue,
        size=_rounded(np.log2(max(image.size))),
    )


def _rounded(value: Any) -> float:
    return round(float(value), DIGITS)


def _of(measure: Any, values: NDArray[Any]) -> float:
    return _rounded(measure(values)) if values.size else 0.0


def _small(page: Pixels) -> Pixels:
    """Take nearest pixels: means would change hues and smooth what is to be told."""
    step = -(-max(page.shape[:2]) // SMALL)
    return np.ascontiguousarray(page[::step, ::step])


def _air(page: Pixels) -> float:
    luma = _luma(page)
    top = float(np.iinfo(luma.dtype).max)
    return (0.0 if is_inverted(luma) else air_level(luma)) / top


def _luma(page: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)) if page.ndim == 3 else page


def _sharpness(page: Pixels, attenuation: NDArray[np.float32]) -> float:
    rows, columns = _middle(attenuation)
    luma = _luma(page[rows, columns]).astype(np.float32)
    thing = attenuation[rows, columns] > AIR
    if not thing.any():
        return 0.0
    edges = np.abs(cv2.Laplacian(luma, cv2.CV_32F))
    return float(edges[thing].mean()) / max(float(luma.max()), 1.0)


def _middle(attenuation: NDArray[np.float32]) -> tuple[slice, slice]:
    """Return the square of DETAIL pixels in the middle of what lies in the beam."""
    step = -(-max(attenuation.shape) // SMALL)
    x, y, width, height = cv2.boundingRect((attenuation[::step, ::step] > AIR).astype(np.uint8))
    middle = (step * (y + height // 2), step * (x + width // 2))
    starts = [
        min(max(0, place - DETAIL // 2), max(0, side - DETAIL))
        for place, side in zip(middle, attenuation.shape, strict=True)
    ]
    return slice(starts[0], starts[0] + DETAIL), slice(starts[1], starts[1] + DETAIL)


def _colours(page: Pixels, thing: NDArray[np.bool_]) -> tuple[float, float | None, float | None]:
    spread = channel_spread(page.astype(np.uint8, copy=False))
    # OpenCV counts 8-bit hues in steps of two degrees.
    steps = np.asarray(cv2.extractChannel(cv2.cvtColor(page, cv2.COLOR_BGR2HSV), 0), np.uint8)
    counts = np.bincount(steps[thing & (spread >= _COLOURED)], minlength=180)
    strength = _of(np.mean, spread[thing]) / 255.0
    return strength, _median_hue(counts, _ORGANIC_HUES), _median_hue(counts, _METAL_HUES)


def _median_hue(counts: NDArray[np.intp], limits: tuple[int, int]) -> float | None:
    """Return the median of the hues between two limits in degrees, from the counts by steps of two."""
    summed = np.cumsum(counts[limits[0] // 2 : limits[1] // 2 + 1])
    if summed[-1] < _LEAST_COLOURED:
        return None
    return float(limits[0] + 2 * int(np.searchsorted(summed, summed[-1] / 2)))
