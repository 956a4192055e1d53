"""Scenes as the files that scanners hand out: every format a station may send.

Without a generator the rendition is plain: no sharpening, background of the palette, JPEG quality 90, and an 8-bit
grey that is linear in the signal. With one, it varies as much as consoles and frame grabbers do: display curve,
sharpening, background, hue, JPEG quality.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from features.dual_energy import attenuation, material_index
from features.errors import UsageError
from features.palettes import PALETTES, Palette, colourise
from training.phantom.dice import Dice
from training.phantom.scene import WHITE, Scene

Plane = NDArray[np.float32]
Picture = NDArray[Any]

GREY_FORMATS = ("dual-tiff16", "grey-png16", "grey-png8", "grey-jpeg")
FORMATS: tuple[str, ...] = (
    *GREY_FORMATS,
    *(f"colour-png:{name}" for name in PALETTES),
    *(f"colour-jpeg:{name}" for name in PALETTES),
)
PLAIN_QUALITY = 90
_BLACKING = 8.0
_SUFFIXES = {"tiff16": ".tif", "png16": ".png", "png8": ".png", "png": ".png", "jpeg": ".jpg"}


@dataclass(frozen=True, slots=True)
class Exported:
    """An encoded picture and the ending its file name should have."""

    data: bytes
    suffix: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """How the console shows a scan.

    Attributes:
        energy: Which signal a single-energy picture shows.
        sharpen: Strength of the unsharp mask, 0 for none.
        radius: Of the unsharp mask, in pixels.
        relief: How much things stand out against what lies around them (local contrast), 0 for not at all.
        speckle: Noise of the material where things are, which shows as specks of other colours.
        grain: Noise of the shown attenuation, as displays and frame grabbers add it.
        gamma: Exponent on the 8-bit grey value; below 1 lifts the dark.
        air: Grey level of air as a share of full scale.
        stretch: Factor on the palette's depth.
        hue_shift: Degrees added to every hue of the palette.
        quality: JPEG quality.
        black_from: Attenuation from which a colour picture runs into black, because hardly a signal is left to show.
    """

    energy: str = "mean"
    sharpen: float = 0.0
    radius: float = 1.2
    relief: float = 0.0
    speckle: float = 0.0
    grain: float = 0.0
    gamma: float = 1.0
    air: float = 1.0
    stretch: float = 1.0
    hue_shift: float = 0.0
    quality: int = PLAIN_QUALITY
    black_from: float = 6.8


def random_rendition(rng: np.random.Generator) -> Rendition:
    """Draw a rendition from the range of real consoles."""
    dice = Dice(rng)
    return Rendition(
        energy=dice.pick(("low", "high", "mean")),
        sharpen=dice.between(0.4, 3.5) if dice.chance(0.85) else 0.0,
        radius=dice.between(0.7, 2.2),
        relief=dice.between(0.1, 0.7) if dice.chance(0.4) else 0.0,
        speckle=dice.between(0.02, 0.2) if dice.chance(0.7) else 0.0,
        grain=dice.between(0.005, 0.05) if dice.chance(0.7) else 0.0,
        gamma=dice.between(0.4, 1.15) if dice.chance(0.6) else 1.0,
        air=dice.between(0.85, 1.0) if dice.chance(0.35) else 1.0,
        stretch=float(np.exp(dice.normal(0.2))),
        hue_shift=dice.normal(3.0),
        quality=dice.count(50, 97),
        black_from=dice.between(6.2, 7.5),
    )


def picture(scene: Scene, fmt: str, rng: np.random.Generator | None = None) -> Picture:
    """Return the pixels of a format before encoding.

    Returns:
        `dual-tiff16`: uint16, 2 x H x W (low, high). `grey-png16`: uint16, H x W. `grey-png8`, `grey-jpeg`: uint8,
        H x W. `colour-*`: uint8, H x W x 3, BGR.

    Raises:
        UsageError: There is no such format.
    """
    return _picture(scene, fmt, random_rendition(rng) if rng is not None else Rendition(), rng)


def _picture(scene: Scene, fmt: str, how: Rendition, rng: np.random.Generator | None) -> Picture:
    _check(fmt)
    if fmt == "dual-tiff16":
        return np.stack([scene.low, scene.high])
    if fmt.startswith("colour"):
        return _coloured(scene, PALETTES[fmt.split(":")[1]], how, rng)
    signal = _single_energy(scene, how, rng)
    if fmt == "grey-png16":
        return np.asarray(np.clip(signal * how.air * WHITE, 0, 65535), np.uint16)
    return np.asarray(np.clip(signal**how.gamma * how.air * 255 + 0.5, 0, 255), np.uint8)


def export(scene: Scene, fmt: str, rng: np.random.Generator | None = None) -> Exported:
    """Encode a scene in a format.

    Raises:
        UsageError: There is no such format.
    """
    how = random_rendition(rng) if rng is not None else Rendition()
    pixels = _picture(scene, fmt, how, rng)
    suffix = _SUFFIXES[fmt.split(":")[0].split("-")[1]]
    if suffix == ".tif":
        return Exported(_tiff(pixels), suffix)
    options = [cv2.IMWRITE_JPEG_QUALITY, how.quality] if suffix == ".jpg" else []
    done, data = cv2.imencode(suffix, pixels, options)
    if not done:
        raise RuntimeError(f"OpenCV could not encode {fmt}")
    return Exported(data.tobytes(), suffix)


def decoded(scene: Scene, fmt: str, rng: np.random.Generator | None = None) -> Picture:
    """Return what a reader of the exported file sees; only lossy formats are really encoded."""
    if "jpeg" not in fmt:
        return picture(scene, fmt, rng)
    data = np.frombuffer(export(scene, fmt, rng).data, np.uint8)
    flag = cv2.IMREAD_COLOR if fmt.startswith("colour") else cv2.IMREAD_GRAYSCALE
    return np.asarray(cv2.imdecode(data, flag))


def _check(fmt: str) -> None:
    if fmt not in FORMATS:
        raise UsageError(f"There is no export format {fmt!r}; choose from: {', '.join(FORMATS)}.")


def _single_energy(scene: Scene, how: Rendition, rng: np.random.Generator | None) -> Plane:
    shown = _mean_attenuation(scene)
    if how.energy != "mean":
        shown = attenuation(scene.low if how.energy == "low" else scene.high, WHITE)
    return np.asarray(np.exp(-_processed(shown, how, rng)), np.float32)


def _mean_attenuation(scene: Scene) -> Plane:
    both = attenuation(scene.low, WHITE) + attenuation(scene.high, WHITE)
    return np.asarray(both / np.float32(2), np.float32)


def _coloured(scene: Scene, palette: Palette, how: Rendition, rng: np.random.Generator | None) -> Picture:
    first, second, third, fourth, fifth, sixth = (max(0.0, hue + how.hue_shift) for hue in palette.hues)
    blue, green, red = (int(level * how.air) for level in palette.background)
    shown = replace(
        palette,
        depth=palette.depth * how.stretch,
        hues=(first, second, third, fourth, fifth, sixth),
        background=(blue, green, red),
    )
    material = material_index(attenuation(scene.low, WHITE), attenuation(scene.high, WHITE))
    signal = _mean_attenuation(scene)
    darkness = _processed(signal, how, rng)
    if how.speckle > 0 and rng is not None:
        # Where hardly anything absorbs, the ratio of two energies is least certain.
        spread = np.float32(how.speckle) / (1 + darkness)
        material = np.clip(material + spread * rng.standard_normal(material.shape, np.float32), 0, 1)
    # Blurred first: the noise of a dead pixel is not to glitter in the black.
    dead = _soft(signal, 1.5) - np.float32(how.black_from)
    darkness += np.float32(_BLACKING) * np.maximum(dead, 0)
    return colourise(darkness, material, shown)


def _processed(plane: Plane, how: Rendition, rng: np.random.Generator | None) -> Plane:
    """Return an attenuation as the console works on it before it is shown."""
    if how.grain > 0 and rng is not None:
        plane = plane + np.float32(how.grain) * (0.3 + plane) * rng.standard_normal(plane.shape, np.float32)
    if how.sharpen > 0:
        plane = plane + np.float32(how.sharpen) * (plane - _soft(plane, how.radius))
    if how.relief > 0:
        plane = plane - np.float32(how.relief) * _soft(plane, min(plane.shape) / 24) * (plane > 0.02)
    return np.asarray(np.maximum(plane, 0), np.float32)


def _soft(plane: Plane, radius: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), radius), np.float32)


def _tiff(pages: Picture) -> bytes:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack", compression="zlib", metadata=None)
    return stream.getvalue()
