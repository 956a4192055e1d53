"""Pseudo-colour palettes of scanners as data, with the forward mapping and its inverse.

A vendor's picture shows two physical quantities: how much is absorbed (brightness) and of what kind the material is
(hue: orange organic, green light metal and inorganic, blue metal; the convention of dual-energy scanners described
by Mery, Computer Vision for X-Ray Testing, 2015). Here brightness is the LUMA (Rec. 601) and hue alone carries the
material, so that both can be read back from the picture: `attenuation_from_luma` and `material_from_hue`.
Saturation follows from brightness (an 8-bit colour cannot be both light and saturated) and says how far the hue can
be trusted: `hue_confidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.errors import UsageError

Image8 = NDArray[np.uint8]
Plane = NDArray[np.float32]
Knots = tuple[float, float, float, float, float, float]
MATERIAL_KNOTS: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DARKEST_LUMA = 1.5 / 255.0
_LUMA_BGR = np.array([0.114, 0.587, 0.299], np.float32)
_STEPS = 512
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Palette:
    """One vendor-like way to colour a dual-energy scan.

    Attributes:
        name: How settings, scanner profiles and export formats call it.
        hues: Hue in degrees (0 to 360) at `MATERIAL_KNOTS`, strictly increasing, so that it can be inverted.
        saturations: Highest saturation at `MATERIAL_KNOTS`, 0 to 1.
        depth: Mean attenuation (natural logarithm) at which luma falls to 1/e of the background; larger is brighter.
        curve: Exponent of the display curve; below 1 lifts thin material and keeps detail in thick metal.
        onset: Logarithm of the darkening at which the saturation has reached two thirds of its highest value.
        background: Colour of air as BGR, 0 to 255.
    """

    name: str
    hues: Knots
    saturations: Knots
    depth: float
    curve: float
    onset: float
    background: tuple[int, int, int]


# Chosen so that hue, saturation against darkness, and darkest luma agree with published scans; no vendor's table.
PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette("classic", (33, 42, 82, 120, 178, 206), (0.8, 0.72, 0.55, 0.6, 0.75, 0.9), 2.8, 0.70, 0.5, _WHITE),
        Palette("vivid", (30, 37, 88, 124, 198, 224), (0.85, 0.75, 0.6, 0.7, 0.85, 1.0), 2.0, 0.72, 0.5, _WHITE),
        Palette(
            "muted", (36, 46, 78, 116, 176, 204), (0.55, 0.5, 0.4, 0.45, 0.6, 0.75), 3.2, 0.75, 0.8, (246, 246, 244)
        ),
        Palette(
            "grey_air", (28, 38, 86, 124, 196, 222), (0.8, 0.72, 0.6, 0.65, 0.85, 0.95), 2.1, 0.72, 0.6, (224, 228, 228)
        ),
        Palette(
            "teal", (34, 44, 90, 136, 172, 194), (0.65, 0.6, 0.5, 0.55, 0.65, 0.8), 2.3, 0.80, 0.6, (252, 255, 255)
        ),
        Palette(
            "deep_blue", (23, 29, 80, 130, 210, 234), (0.9, 0.8, 0.5, 0.6, 0.9, 1.0), 1.6, 0.75, 0.45, (250, 250, 250)
        ),
    )
}


HELD_OUT_PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette(
            "amber_violet",
            (40, 50, 95, 140, 220, 246),
            (0.95, 0.85, 0.7, 0.75, 0.9, 1.0),
            2.6,
            0.92,
            0.4,
            (250, 253, 255),
        ),
        Palette(
            "rust_slate", (20, 27, 72, 110, 182, 202), (0.6, 0.55, 0.45, 0.5, 0.6, 0.7), 1.9, 0.64, 0.8, (210, 212, 216)
        ),
    )
}
"""Palettes that no training picture is ever drawn in, to judge what an unknown console costs. One goes beyond the
others in hue and in its nearly linear display curve, the other in its pale colours, its curve and its dark air."""


def palette_named(name: str) -> Palette:
    """Return a palette, held out or not.

    Raises:
        UsageError: There is no such palette.
    """
    known = PALETTES | HELD_OUT_PALETTES
    if name not in known:
        raise UsageError(f"There is no palette {name!r}; choose from: {', '.join(known)}.")
    return known[name]


def colourise(attenuation: NDArray[Any], material: NDArray[Any], palette: Palette) -> Image8:
    """Colour a scan.

    Args:
        attenuation: Mean of the two energies' attenuation, -ln(I/I0), H x W, 0 and above.
        material: 0 organic, 0.5 inorganic or light metal, 1 metal, H x W.
        palette: The palette.

    Returns:
        H x W x 3 BGR, 8 bit.
    """
    steps = np.clip(np.asarray(material, np.float32) * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.int16)
    pure, most = _pure_colours(palette)
    luma = luma_from_attenuation(attenuation, palette)
    saturation = _saturation(luma, (pure @ _LUMA_BGR)[steps], most[steps], palette)
    chroma = pure / (pure @ _LUMA_BGR)[:, None]
    grey = 1.0 - saturation
    # Channel by channel in place: planes stay in the cache, which three at once do not.
    channels = []
    for number, background in enumerate(palette.background):
        shown = np.take(np.ascontiguousarray(chroma[:, number]), steps)
        shown *= saturation
        shown += grey
        shown *= luma
        shown *= np.float32(background)
        shown += np.float32(0.5)
        channels.append(np.clip(shown, 0, 255, out=shown).astype(np.uint8))
    return np.asarray(cv2.merge(channels), np.uint8)


def _pure_colours(palette: Palette) -> tuple[Plane, Plane]:
    """Return the fully saturated BGR of each material step, and the saturation the palette allows it."""
    at = np.linspace(0, 1, _STEPS)
    hsv = np.stack([np.interp(at, MATERIAL_KNOTS, palette.hues), np.ones(_STEPS), np.ones(_STEPS)], -1)
    pure = cv2.cvtColor(hsv[None].astype(np.float32), cv2.COLOR_HSV2BGR)[0]
    return np.asarray(pure, np.float32), np.interp(at, MATERIAL_KNOTS, palette.saturations).astype(np.float32)


def _saturation(luma: Plane, pure_luma: Plane, most: Plane, palette: Palette) -> Plane:
    wanted = most * (1.0 - luma ** np.float32(1.0 / palette.onset))
    # The brightest channel must not pass 1: the gamut decides how saturated a light colour can be.
    possible = (1.0 / np.maximum(luma, DARKEST_LUMA) - 1.0) / np.maximum(1.0 / pure_luma - 1.0, 1e-3)
    return np.asarray(np.minimum(wanted, possible), np.float32)


def luma_from_attenuation(attenuation: NDArray[Any], palette: Palette) -> Plane:
    """Return the brightness, 0 to 1 of the background, that the palette gives a mean attenuation."""
    depth = np.maximum(np.asarray(attenuation, np.float32), 0.0) / np.float32(palette.depth)
    return np.asarray(np.exp(-(depth ** np.float32(palette.curve))), np.float32)


def attenuation_from_luma(luma: NDArray[Any], palette: Palette) -> Plane:
    """Read the mean attenuation back from brightness.

    Args:
        luma: Rec. 601 luma relative to the background's luma, 0 to 1; darker than 1.5/255 counts as 1.5/255.
        palette: The palette the picture was coloured with.

    Returns:
        Attenuation, 0 and above; exact but for 8-bit rounding.
    """
    clipped = np.clip(np.asarray(luma, np.float32), DARKEST_LUMA, 1.0)
    return np.asarray((-np.log(clipped)) ** np.float32(1.0 / palette.curve) * palette.depth, np.float32)


def material_from_hue(hue: NDArray[Any], palette: Palette) -> Plane:
    """Read the material back from hue.

    Args:
        hue: Degrees, 0 to 360. Hues beyond the last knot up to 300 count as metal, all else as organic.
        palette: The palette the picture was coloured with.

    Returns:
        0 organic to 1 metal.
    """
    wrapped = np.where(np.asarray(hue, np.float32) > 300.0, 0.0, hue)
    return np.interp(wrapped, palette.hues, MATERIAL_KNOTS).astype(np.float32)


def hue_confidence(bgr: NDArray[Any]) -> Plane:
    """Say how far a pixel's hue can be trusted: 0 where the picture is grey, white or black, 1 where it is coloured.

    The spread between the largest and the smallest channel is what 8-bit rounding and JPEG noise disturb: about 3
    levels of noise make the hue of a spread of 24 certain to within some 10 degrees.
    """
    spread = bgr.max(axis=-1).astype(np.float32) - bgr.min(axis=-1).astype(np.float32)
    return np.asarray(np.clip((spread - 4.0) / 20.0, 0.0, 1.0), np.float32)
