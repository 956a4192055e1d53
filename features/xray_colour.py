"""Pseudo-colour back to physics: brightness to attenuation, hue to material, with the palette stated or estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import MATERIAL_KNOTS, Palette, hue_confidence

Plane = NDArray[np.float32]
Image8 = NDArray[np.uint8]

TYPICAL_DEPTH, TYPICAL_CURVE = 2.2, 0.75
"""Brightness of an unknown palette: the middle of `features.palettes.PALETTES`. A wrong depth scales all attenuations
by one factor, at most 1.7 among those palettes, and the detector is trained to bear such factors."""
TYPICAL_HUES = (31.0, 40.0, 83.0, 123.0, 189.0, 216.0)
"""Degrees of hue at MATERIAL_KNOTS: the mean of the palettes, used where a picture shows no such material."""
PLATEAU_ATTENUATION, PLATEAU_SPREAD, PLATEAU_LEVELS = 3.0, 3.0, 8.0
"""Measured on synthetic scenes whose 16-bit export is opaque: found in 65 to 100 % of the colour exports, depending on
the palette (24 to 100 % without the plateau), while 4.4 % of 250 real scans count as shielded instead of 2.0 %."""
_ORGANIC, _METAL = (10.0, 52.0), (162.0, 250.0)
_ENOUGH = 0.002
_COLOURED = 14


@dataclass(frozen=True, slots=True)
class ColourReading:
    """Attenuation and material, both H x W, and the name of the palette they were read with."""

    attenuation: Plane
    material: Plane
    palette: str


def read_colour(bgr: Image8, luma: Image8, air: float, palette: Palette | None = None) -> ColourReading:
    """Read attenuation and material from a pseudo-colour picture.

    Args:
        bgr: H x W x 3, 8 bit.
        luma: Its Rec. 601 luma, H x W.
        air: The luma of air.
        palette: The scanner's palette; None estimates the hues of its organic and its metal end from the picture.
    """
    of_luma = attenuation_table(air, palette)
    # OpenCV counts 8-bit hues in steps of two degrees.
    steps = np.asarray(cv2.extractChannel(cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV), 0), np.uint8)
    spread = channel_spread(bgr)
    hues = palette.hues if palette else estimate_hues(steps, spread)
    # All that depends on one 8-bit quantity is looked up; only the products run over the pixels.
    dark = np.clip(of_luma - 5.0, 0.0, 1.0)
    trusted = _look_up(spread, hue_confidence(_greys_of_spread())) * _look_up(
        luma, np.clip(of_luma * 10.0, 0.0, 1.0) * (1.0 - dark)
    )
    index = _look_up(steps, _material_table(hues) - 0.5) * trusted + _look_up(luma, 0.5 + 0.5 * dark)
    return ColourReading(_look_up(luma, of_luma), index, palette.name if palette else "estimated")


def attenuation_table(air: float, palette: Palette | None = None) -> Plane:
    """Return the attenuation of each of the 256 levels of luma, given that of air; without a palette, typical ones."""
    depth, curve = (palette.depth, palette.curve) if palette else (TYPICAL_DEPTH, TYPICAL_CURVE)
    darkening = np.maximum(np.log(air) - np.log(np.maximum(np.arange(256), 1.5)), 0.0)
    return np.asarray(darkening ** (1.0 / curve) * depth, np.float32)


def _look_up(levels: Image8, table: NDArray[Any]) -> Plane:
    whole = np.zeros(256, np.float32)
    whole[: table.size] = table
    return np.asarray(cv2.LUT(levels, whole), np.float32)


def channel_spread(bgr: Image8) -> Image8:
    """Return the largest less the smallest channel, H x W."""
    blue, green, red = cv2.split(bgr)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return np.asarray(spread, np.uint8)


def _greys_of_spread() -> Image8:
    """Return one pixel of each spread 0 to 255, 256 x 3."""
    return np.stack([np.zeros(256), np.zeros(256), np.arange(256)], -1).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Plateau:
    """What counts as dark and even: from this attenuation on, so many levels above the darkest, with this deviation."""

    attenuation: float = PLATEAU_ATTENUATION
    levels: float = PLATEAU_LEVELS
    spread: float = PLATEAU_SPREAD


def dark_and_flat(luma: Image8, attenuation: Plane, plateau: Plateau) -> NDArray[np.bool_]:
    """Return where a picture is as dark as it gets and shows no detail at all.

    How dark a palette shows what lets nothing through is unknown, from 10 to 45 of 255 levels; but it is the darkest
    thing in the picture, and even, while metal that lets something through has structure.

    Args:
        luma: H x W.
        attenuation: As read with a typical palette, H x W.
        plateau: What counts.
    """
    deep = np.asarray(attenuation >= plateau.attenuation, np.bool_)
    x, y, width, height = cv2.boundingRect(deep.view(np.uint8))
    if not width:
        return deep
    counts = cv2.calcHist([luma], [0], None, [256], [0.0, 256.0]).ravel()
    darkest = int(np.searchsorted(np.cumsum(counts), 0.005 * luma.size))
    # Only around what is deep, with the three pixels beside it that the filters look at.
    rows, columns = slice(max(y - 3, 0), y + height + 3), slice(max(x - 3, 0), x + width + 3)
    levels = luma[rows, columns]
    mean = cv2.boxFilter(levels, cv2.CV_32F, (7, 7))
    spread = cv2.sqrBoxFilter(levels, cv2.CV_32F, (7, 7)) - cv2.multiply(mean, mean)
    deep[rows, columns] &= np.asarray((spread <= plateau.spread**2) & (mean <= darkest + plateau.levels), np.bool_)
    return deep


def estimate_hues(steps: Image8, spread: Image8) -> tuple[float, ...]:
    """Return the hues in degrees at MATERIAL_KNOTS, bent so that its ends meet the picture's own orange and blue.

    Scanners agree on orange for organic and blue for metal, but not on which orange and which blue. The commonest
    hue of each is taken for the middle of its range; where there is too little of it, the typical hue stays.

    Args:
        steps: Hue in steps of two degrees, H x W.
        spread: Largest less smallest channel, H x W; hues of nearly grey pixels are not counted.
    """
    counts = cv2.calcHist([steps], [0], cv2.inRange(spread, _COLOURED, 255), [180], [0.0, 180.0]).ravel()
    counts = np.convolve(np.r_[counts[-2:], counts, counts[:2]], np.ones(5) / 5, mode="valid")
    enough = _ENOUGH * steps.size
    organic = _commonest(counts, _ORGANIC, enough)
    metal = _commonest(counts, _METAL, enough)
    hues = np.array(TYPICAL_HUES)
    if organic is not None:
        hues[:2] += organic - 32.0
    if metal is not None:
        hues[4:] += metal - 205.0
    return tuple(float(hue) for hue in np.maximum.accumulate(hues))


def _commonest(counts: NDArray[Any], limits: tuple[float, float], enough: float) -> float | None:
    low, high = (int(limit / 2) for limit in limits)
    part = counts[low:high]
    return None if float(part.sum()) < enough else 2.0 * (low + int(np.argmax(part)))


def _material_table(hues: tuple[float, ...]) -> Plane:
    """Return the material of each of the 180 hue steps; beyond blue comes violet, still metal, then red: organic."""
    degrees = np.arange(180) * 2.0
    return np.interp(np.where(degrees > 300.0, 0.0, degrees), hues, MATERIAL_KNOTS).astype(np.float32)
