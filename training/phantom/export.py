"""Scenes as the files that scanners hand out: every format a station may send.

Without a generator the rendition is plain: no sharpening, background of the palette, JPEG quality 90, and an 8-bit
grey that is linear in the signal. With one, it varies as much as consoles and frame grabbers do: see
`training.phantom.console`.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from features.dual_energy import attenuation, material_index
from features.errors import UsageError
from features.palettes import (
    HELD_OUT_PALETTES,
    PALETTES,
    Palette,
    attenuation_from_luma,
    colourise,
    palette_named,
)
from training.phantom.console import (
    Rendition,
    jpeg_options,
    material_as_shown,
    palette_as_shown,
    processed,
    random_rendition,
    resampled,
    soft,
)
from training.phantom.scene import WHITE, Scene

Plane = NDArray[np.float32]
Picture = NDArray[Any]

__all__ = [
    "FORMATS", "HELD_OUT_FORMATS", "WHITE", "Exported", "Rendition", "decoded", "export", "picture", "random_rendition",
]  # fmt: skip

GREY_FORMATS = ("dual-tiff16", "grey-png16", "grey-png8", "grey-jpeg")
FORMATS: tuple[str, ...] = (
    *GREY_FORMATS,
    *(f"colour-png:{name}" for name in PALETTES),
    *(f"colour-jpeg:{name}" for name in PALETTES),
)
HELD_OUT_FORMATS: tuple[str, ...] = (
    *(f"colour-png:{name}" for name in HELD_OUT_PALETTES),
    *(f"colour-jpeg:{name}" for name in HELD_OUT_PALETTES),
)
"""Formats that no training picture has; whoever draws from `FORMATS` never meets them."""
_BLACKING = 8.0
_SUFFIXES = {"tiff16": ".tif", "png16": ".png", "png8": ".png", "png": ".png", "jpeg": ".jpg"}


@dataclass(frozen=True, slots=True)
class Exported:
    """An encoded picture and the ending its file name should have."""

    data: bytes
    suffix: str


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
        return _coloured(scene, palette_named(fmt.split(":")[1]), how, rng)
    signal = _single_energy(scene, how, rng)
    if fmt == "grey-png16":
        return np.asarray(np.clip(signal * how.air * WHITE, 0, 65535), np.uint16)
    grey = np.asarray(np.clip(signal**how.gamma * how.air * 255 + 0.5, 0, 255), np.uint8)
    return resampled(grey, how.resample)


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
    options = jpeg_options(how) if suffix == ".jpg" else []
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
    known = FORMATS + HELD_OUT_FORMATS
    if fmt not in known:
        raise UsageError(f"There is no export format {fmt!r}; choose from: {', '.join(known)}.")


def _single_energy(scene: Scene, how: Rendition, rng: np.random.Generator | None) -> Plane:
    shown = _mean_attenuation(scene)
    if how.energy != "mean":
        shown = attenuation(scene.low if how.energy == "low" else scene.high, WHITE)
    most = math.inf if how.floor <= 0 else -math.log(how.floor) / how.gamma
    return np.asarray(np.exp(-processed(shown, how, most, rng)), np.float32)


def _mean_attenuation(scene: Scene) -> Plane:
    both = attenuation(scene.low, WHITE) + attenuation(scene.high, WHITE)
    return np.asarray(both / np.float32(2), np.float32)


def _coloured(scene: Scene, palette: Palette, how: Rendition, rng: np.random.Generator | None) -> Picture:
    shown = palette_as_shown(palette, how)
    signal = _mean_attenuation(scene)
    told = material_index(attenuation(scene.low, WHITE), attenuation(scene.high, WHITE))
    material = material_as_shown(told, signal, how, rng)
    most = math.inf if how.floor <= 0 else float(attenuation_from_luma(np.array(how.floor), shown))
    darkness = processed(signal, how, most, rng)
    # Blurred first: the noise of a dead pixel is not to glitter in the black.
    dead = soft(signal, 1.5) - np.float32(how.black_from)
    darkness += np.float32(_BLACKING) * np.maximum(dead, 0)
    return resampled(colourise(darkness, material, shown), how.resample)


def _tiff(pages: Picture) -> bytes:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack", compression="zlib", metadata=None)
    return stream.getvalue()
