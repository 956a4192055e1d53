"""From any scanner's picture to the same three planes, so that the detector sees physics and not a vendor's colours.

The planes, each 0 to 1: 1 - exp(-a) shows thin things, a/8 shows what lies behind thick ones (a: attenuation, the
natural logarithm of air over signal), and the material from organic (0) over unknown (0.5) to metal (1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from features.dual_energy import material_index
from features.palettes import Palette
from features.xray_colour import Plateau, attenuation_table, dark_and_flat, read_colour
from features.xray_header import UnreadablePicture
from features.xray_read import Decoded, Pixels

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Source = Literal["dual", "grey16", "grey8", "colour"]
MOST = 8.0
"""Attenuation at which the second plane is full: 1/3000 of the beam, less than any belt scanner measures."""

OPAQUE: dict[Source, float] = {"dual": 6.0, "grey16": 6.0, "grey8": 5.2, "colour": 6.0}
"""Attenuation from which on no useful signal came through. 16 bit: a detector's scatter and offset stand at about
0.25 % of air. 8-bit grey: below 2 of 255 levels nothing is left. Colour: the darkest 12 %
of the brightness scale, where the palettes of `features.palettes` put what lets nothing through."""

COLOUR_PLATEAU, GREY_PLATEAU = Plateau(), Plateau(attenuation=3.6, levels=2.0, spread=2.0)
"""Consoles that lift the blacks show in grey what lets nothing through as a dark grey: the darkest there is, and even.
Of 120 plates in synthetic scenes as such consoles show them 0.86 are found with it, 0.78 without."""

_BINS = 1024


@dataclass(frozen=True, slots=True)
class XrayImage:
    """A picture in canonical form.

    Attributes:
        attenuation: H x W, 0 and above.
        material: H x W, 0 organic, 0.5 unknown or light metal, 1 metal.
        source: What it was made from.
        inverted: Air was black; read as a negative. Whether such a picture is a negative or hidden under a plate
            cannot be known from the pixels, so nobody may call it clear.
        palette: Name of the palette that was stated, or "estimated"; None for a grey picture.
        flat: Where an 8-bit picture is as dark as it gets and shows no detail, H x W; None otherwise.
    """

    attenuation: Plane
    material: Plane
    source: Source
    inverted: bool = False
    palette: str | None = None
    flat: Mask | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.attenuation.shape
        return width, height

    @property
    def opaque(self) -> Mask:
        """Where no useful signal came through."""
        deep = self.attenuation >= OPAQUE[self.source]
        return np.asarray(deep if self.flat is None else deep | self.flat, np.bool_)


def canonical(decoded: Decoded, palette: Palette | None = None) -> XrayImage:
    """Turn decoded pixels into attenuation and material.

    Args:
        decoded: One grey or colour page, or two grey pages (low energy, high energy).
        palette: The scanner's palette where it is known; otherwise its hues are estimated from the picture.

    Raises:
        UnreadablePicture: unsupported_pixels for two pages in colour.
    """
    if len(decoded.pages) == 2:
        return _dual(decoded)
    page = decoded.pages[0]
    if page.ndim == 3:
        return _colour(page, palette)
    return _grey(page)


def planes(image: XrayImage) -> Plane:
    """Return the detector's input, 3 x H x W, 0 to 1: 1 - exp(-a), a/8, material."""
    return stack_planes(image.attenuation, image.material)


def stack_planes(attenuation: Plane, material: Plane) -> Plane:
    """Return the three canonical planes, 3 x H x W, of attenuation (clipped at 0) and material."""
    stacked = np.empty((3, *attenuation.shape), np.float32)
    deep = np.maximum(attenuation, 0.0, out=np.empty_like(attenuation))
    np.negative(np.expm1(-deep, out=stacked[0]), out=stacked[0])
    np.minimum(deep / np.float32(MOST), 1.0, out=stacked[1])
    stacked[2] = material
    return stacked


def _dual(decoded: Decoded) -> XrayImage:
    first, second = decoded.pages
    if first.ndim != 2 or second.ndim != 2:
        text = "Two pages in colour are not read; two grey pages (low energy, high energy) are."
        raise UnreadablePicture("unsupported_pixels", text, decoded.size)
    inverted = is_inverted(first) and is_inverted(second)
    low, high = (attenuation_of(_negative(page) if inverted else page) for page in (first, second))
    # The soft energy is absorbed more by everything, so pages in the wrong order betray themselves.
    if float(low.mean()) < float(high.mean()):
        low, high = high, low
    return XrayImage((low + high) * np.float32(0.5), material_index(low, high), "dual", inverted)


def _grey(page: Pixels) -> XrayImage:
    inverted = is_inverted(page)
    attenuation = attenuation_of(_negative(page) if inverted else page)
    material = _unknown_material(attenuation)
    if page.dtype != np.uint8:
        return XrayImage(attenuation, material, "grey16", inverted)
    levels = _negative(page) if inverted else page
    flat = dark_and_flat(levels, attenuation, GREY_PLATEAU)
    return XrayImage(attenuation, material, "grey8", inverted, flat=flat)


def _colour(page: Pixels, palette: Palette | None) -> XrayImage:
    luma = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
    if is_inverted(luma):
        # Some consoles negate the hues with the brightness, some keep them: the material cannot be known.
        luma = _negative(luma)
        attenuation = attenuation_table(air_level(luma))[luma]
        return XrayImage(attenuation, _unknown_material(attenuation), "colour", True)
    levels = read_colour(page.astype(np.uint8, copy=False), luma, air_level(luma), palette)
    flat = dark_and_flat(luma, levels.attenuation, COLOUR_PLATEAU)
    return XrayImage(levels.attenuation, levels.material, "colour", False, levels.palette, flat)


def _unknown_material(attenuation: Plane) -> Plane:
    """One energy tells no material; only what lets hardly anything through must be metal."""
    return np.asarray(0.5 + 0.5 * np.clip(attenuation - 5.0, 0.0, 1.0), np.float32)


def attenuation_of(page: Pixels) -> Plane:
    """Return ln(air/signal), 0 and above, through a table of all levels: exact, and one logarithm per level."""
    levels = np.arange(int(np.iinfo(page.dtype).max) + 1, dtype=np.float32)
    # The logarithm first, the limit after it: limiting the negative logarithm from the wrong side blanks a picture.
    table = np.log(np.float32(air_level(page))) - np.log(np.maximum(levels, 0.5))
    return np.asarray(np.take(np.maximum(table, 0.0), page), np.float32)


def air_level(page: Pixels) -> float:
    """Return the level of air: the brightest level at which at least two percent of the pixels gather.

    A grey background with a few white marks on it is read right; where no air is to be seen, it is the level that
    0.5 percent of the pixels exceed.
    """
    top = float(page.max()) + 1.0
    bins = int(min(_BINS, top))
    counts = cv2.calcHist([page], [0], None, [bins], [0.0, top]).ravel()
    total = float(counts.sum())
    fallback = int(np.flatnonzero(np.cumsum(counts[::-1])[::-1] >= 0.005 * total)[-1])
    reach = max(1, bins // 128)
    near = np.convolve(counts, np.ones(2 * reach + 1), mode="same")
    peaks = np.flatnonzero((near >= 0.02 * total) & (np.arange(bins) >= fallback // 2))
    place = fallback
    if peaks.size:
        low = max(0, int(peaks[-1]) - 3 * reach)
        place = low + int(np.argmax(counts[low : int(peaks[-1]) + reach + 1]))
    return max((place + 0.5) * top / bins if bins < top else float(place), 1.0)


def _negative(page: Pixels) -> Pixels:
    """Eight bits are used to the full; how many of sixteen are, only the picture itself can tell."""
    top = 255 if page.dtype == np.uint8 else page.max()
    return np.asarray(top - page, page.dtype)


def is_inverted(page: Pixels) -> bool:
    """Whether air is black: a dark, even rim with brighter things inside, and no bright background anywhere."""
    top = float(page.max())
    if top <= 0:
        return False
    rim = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
    dark_rim = float(np.mean(rim <= 0.08 * top))
    bright_rim = float(np.mean(rim >= 0.7 * top))
    if dark_rim < 0.6 or bright_rim > 0.05:
        return False
    step = max(1, page.size // 200_000)
    sample = page.ravel()[::step].astype(np.float32)
    return float(np.mean((sample > 0.08 * top) & (sample < 0.85 * top))) >= 0.02
