"""How a console works on a scan before it shows it, in the range of what belt scanners and frame grabbers do.

Looked up in real colour scans: metal ends at a dark green or blue (luma 25 to 60 of 255) rather than in black, edges
have dark rims, thin fabric shows as pale lines, thick metal slides from blue to green (two hardened energies hardly
differ, and scatter evens them out), and the material is noisier and coarser than the brightness.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import Palette
from training.phantom.dice import Dice

Plane = NDArray[np.float32]
PLAIN_QUALITY = 90
MOST_SHOWN = 12.0
"""Attenuation up to which tables reach; `features.dual_energy.attenuation` never gives more than 9.3."""
_STEPS_PER_UNIT = 200
_THICK, _SLIDE = 1.5, 2.5
_COARSE = 8


@dataclass(frozen=True, slots=True)
class Rendition:
    """How the console shows a scan; without arguments, plainly.

    Attributes:
        energy: Which signal a single-energy picture shows.
        sharpen: Strength of the unsharp mask, 0 for none.
        radius: Of the unsharp mask, in pixels.
        outline: How much steep edges are darkened, 0 for not at all.
        relief: How much the surroundings set the contrast (local contrast), 0 for not at all.
        speckle: Noise of the material where things are, which shows as specks of other colours.
        coarseness: Blur of the material in pixels, because its resolution is below that of the brightness.
        hardening: How far thick metal falls from metal towards the middle of the material scale, 0 to 1.
        grain: Noise of the shown attenuation, as displays and frame grabbers add it.
        gamma: Exponent on the 8-bit grey value; below 1 lifts the dark.
        floor: Brightness of the darkest colour as a share of air; only what lets nothing through goes below it.
        air: Grey level of air as a share of full scale.
        tint: Factors on blue, green and red of air.
        stretch: Factor on the palette's depth.
        hue_shift: Degrees added to every hue of the palette.
        vividness: Factor on the palette's saturations; the square of it on how early they set in.
        resample: Factor by which the picture was scaled and back again; 1 for never.
        quality: JPEG quality.
        subsampled: Whether the JPEG keeps colour at half the resolution.
        black_from: Attenuation from which a colour picture runs into black, because hardly a signal is left to show.
    """

    energy: str = "mean"
    sharpen: float = 0.0
    radius: float = 1.2
    outline: float = 0.0
    relief: float = 0.0
    speckle: float = 0.0
    coarseness: float = 0.0
    hardening: float = 0.0
    grain: float = 0.0
    gamma: float = 1.0
    floor: float = 0.0
    air: float = 1.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    stretch: float = 1.0
    hue_shift: float = 0.0
    vividness: float = 1.0
    resample: float = 1.0
    quality: int = PLAIN_QUALITY
    subsampled: bool = True
    black_from: float = 6.8


def random_rendition(rng: np.random.Generator) -> Rendition:
    """Draw a rendition from the range of real consoles."""
    dice = Dice(rng)
    return Rendition(
        energy=dice.pick(("low", "high", "mean")),
        sharpen=dice.between(0.8, 5.5) if dice.chance(0.92) else 0.0,
        radius=dice.between(0.8, 2.2),
        outline=dice.between(0.1, 1.2) if dice.chance(0.5) else 0.0,
        relief=dice.between(0.1, 0.6) if dice.chance(0.3) else 0.0,
        speckle=dice.between(0.02, 0.2) if dice.chance(0.7) else 0.0,
        coarseness=dice.between(0.5, 1.3) if dice.chance(0.3) else 0.0,
        hardening=dice.between(0.15, 0.9) if dice.chance(0.45) else 0.0,
        grain=dice.between(0.005, 0.05) if dice.chance(0.8) else 0.0,
        gamma=dice.between(0.4, 1.15) if dice.chance(0.6) else 1.0,
        floor=dice.between(0.02, 0.2) if dice.chance(0.8) else 0.0,
        air=dice.between(0.82, 1.0) if dice.chance(0.4) else 1.0,
        tint=_tint(dice) if dice.chance(0.25) else (1.0, 1.0, 1.0),
        stretch=float(np.exp(dice.normal(0.2))),
        hue_shift=dice.normal(3.0),
        vividness=dice.between(0.8, 1.7),
        resample=dice.between(0.6, 1.6) if dice.chance(0.2) else 1.0,
        quality=dice.count(50, 97),
        subsampled=dice.chance(0.6),
        black_from=dice.between(6.2, 9.0),
    )


def _tint(dice: Dice) -> tuple[float, float, float]:
    return dice.between(0.94, 1.0), dice.between(0.94, 1.0), dice.between(0.94, 1.0)


def palette_as_shown(palette: Palette, how: Rendition) -> Palette:
    """Return the palette as this console has it adjusted."""
    first, second, third, fourth, fifth, sixth = (max(0.0, hue + how.hue_shift) for hue in palette.hues)
    blue, green, red = (int(level * how.air * tint) for level, tint in zip(palette.background, how.tint, strict=True))
    most = np.minimum(np.array(palette.saturations) * how.vividness, 1.0)
    return replace(
        palette,
        depth=palette.depth * how.stretch,
        hues=(first, second, third, fourth, fifth, sixth),
        saturations=tuple(float(one) for one in most),  # type: ignore[arg-type]  # six, as before
        onset=palette.onset / how.vividness**2,
        background=(blue, green, red),
    )


def processed(attenuation: Plane, how: Rendition, most: float, rng: np.random.Generator | None) -> Plane:
    """Return an attenuation (H x W) as the console works on it before it is shown.

    Args:
        attenuation: H x W, 0 and above.
        how: The rendition; its grain needs `rng`.
        most: The attenuation whose brightness is the rendition's floor; infinite for no floor.
        rng: Where the grain comes from.
    """
    plane = attenuation
    if how.grain > 0 and rng is not None:
        plane = plane + np.float32(how.grain) * (0.3 + plane) * rng.standard_normal(plane.shape, np.float32)
    if how.relief > 0:
        plane = plane * (1 + np.float32(how.relief) * 0.5) / (1 + np.float32(how.relief) * _surroundings(plane))
    if np.isfinite(most):
        plane = _limited(plane, most)
    if how.sharpen > 0 or how.outline > 0:
        plane = _edged(plane, how)
    return np.asarray(np.clip(plane, 0, min(most * 1.15, MOST_SHOWN)), np.float32)


def _surroundings(plane: Plane) -> Plane:
    """Return the mean over about a tenth of the picture around each pixel."""
    small = cv2.resize(plane, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    wide = soft(np.asarray(small, np.float32), max(min(small.shape) / 20, 0.5))
    return np.asarray(cv2.resize(wide, plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _limited(plane: Plane, most: float) -> Plane:
    """Bend the scale so that it never passes `most`: what is far below is left alone, and order is kept."""
    at = np.arange(int(MOST_SHOWN * _STEPS_PER_UNIT) + 1, dtype=np.float64) / _STEPS_PER_UNIT
    table = (at / (1 + (at / most) ** 4) ** 0.25).astype(np.float32)
    steps = np.clip(plane * np.float32(_STEPS_PER_UNIT) + 0.5, 0, table.size - 1).astype(np.int16)
    return np.asarray(np.take(table, steps), np.float32)


def _edged(plane: Plane, how: Rendition) -> Plane:
    smooth = soft(plane, how.radius)
    detail = plane - smooth
    shown = plane + np.float32(how.sharpen) * detail
    if how.outline > 0:
        shown = shown + np.float32(how.outline) * np.abs(detail)
    return np.asarray(shown, np.float32)


def material_as_shown(material: Plane, attenuation: Plane, how: Rendition, rng: np.random.Generator | None) -> Plane:
    """Return the material (H x W, 0 to 1) as the console tells it: hardened, coarse, and with specks."""
    if how.coarseness > 0:
        material = soft(material, how.coarseness)
    if how.hardening > 0:
        thick = np.clip((attenuation - np.float32(_THICK)) / np.float32(_SLIDE), 0, 1)
        material = material - np.float32(how.hardening) * thick * np.maximum(material - np.float32(0.5), 0)
    if how.speckle > 0 and rng is not None:
        # Where hardly anything absorbs, the ratio of two energies is least certain.
        spread = np.float32(how.speckle) / (1 + attenuation)
        material = material + spread * rng.standard_normal(material.shape, np.float32)
    return np.asarray(np.clip(material, 0, 1), np.float32)


def resampled(picture: NDArray[Any], factor: float) -> NDArray[Any]:
    """Return a picture (H x W or H x W x 3) that was scaled by a factor and back again, as screen grabs are."""
    if factor == 1:
        return picture
    height, width = picture.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cv2.resize(picture, size, interpolation=how), (width, height)))


def jpeg_options(how: Rendition) -> list[int]:
    """Return OpenCV's options for the rendition's JPEG."""
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if how.subsampled else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    return [cv2.IMWRITE_JPEG_QUALITY, how.quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, int(sampling)]


def soft(plane: Plane, radius: float) -> Plane:
    """Return a plane blurred with a Gaussian of that standard deviation, in pixels."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), radius), np.float32)
