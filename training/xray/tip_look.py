"""How a scanner shows things, measured on its own pictures: sharpness, sharpening by the console, grain, metal level.

A projected part has to be shown the same way, or a detector learns the seam instead of the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.xray_image import XrayImage
from training.xray.tip_edges import Plane, blurred, edge_shape, explain
from training.xray.tip_grain import site_grain

METAL_SHARES = (0.25, 0.5, 0.75, 0.9, 0.97)
STEEL_MM = (6.0, 10.0, 18.0, 30.0, 40.0)
STEEL_ATTENUATION = (2.684, 3.814, 5.725, 8.244, 10.194)
"""What steel of STEEL_MM absorbs (mean of both energies, `training.phantom.materials`, default scanner), and an
assumption: that these shares of the metal seen in harmless luggage absorb less than that. It was set so that the
phantom's handguns come out as dense as labelled real ones on the scanner for which there are any; with half of it they
were half as deep again (`python -m benchmarks.projection_realism` prints both)."""
METAL, THIN = 0.75, 0.3
ENOUGH_METAL, LEAST_PIXELS, LEAST_COLOURED = 4000, 300, 0.03


@dataclass(frozen=True, slots=True)
class Look:
    """How one scanner shows what it sees.

    Attributes:
        blur: Standard deviation in pixels of the point spread before sharpening.
        sharpen: Strength of the unsharp mask with UNSHARP_SIGMA that explains the swing beside edges.
        grain: Standard deviation of the noise, in attenuation, at GRAIN_LEVELS.
        coarse: Standard deviation in pixels of the blur that explains how alike neighbouring grains are.
        metal: Attenuation below which METAL_SHARES of the metal pixels are shown, strictly increasing.
        deepest: Highest attenuation that the picture can show.
        metal_material: Material as which thick metal is read, 0 to 1; 0.5 where the pictures are grey.
        colour_grain: Standard deviation of the material's noise in thick metal; 0 where the picture tells no material.
    """

    blur: float
    sharpen: float
    grain: tuple[float, ...]
    coarse: float
    metal: tuple[float, ...]
    deepest: float
    metal_material: float
    colour_grain: float

    def shown(self, attenuation: Plane) -> Plane:
        """Return how a true attenuation is shown: straight to the first metal level, then along all of them."""
        return np.asarray(np.interp(attenuation, self._true(), self._seen()), np.float32)

    def true(self, shown: Plane) -> Plane:
        """Return the attenuation behind what is shown; the opposite of `shown` below `deepest`."""
        return np.asarray(np.interp(shown, self._seen(), self._true()), np.float32)

    @property
    def tells_material(self) -> bool:
        """Whether the scanner's pictures say what is metal."""
        return self.metal_material != 0.5

    def _true(self) -> tuple[float, ...]:
        # Beyond the last level everything runs towards the deepest, which is reached at twice the last true level.
        return (0.0, *STEEL_ATTENUATION, 2 * STEEL_ATTENUATION[-1])

    def _seen(self) -> tuple[float, ...]:
        return (0.0, *self.metal, max(self.deepest, self.metal[-1] + 0.05))


def measure_look(images: Sequence[XrayImage]) -> Look:
    """Measure the look of one scanner on some of its pictures.

    What a picture tells too little of (no metal, no clean edge) is filled in with what the phantom's own scanner does.

    Args:
        images: Pictures of the same scanner and rendition, one or more.
    """
    widths, swings = zip(*(edge_shape(image.attenuation) for image in images), strict=True)
    blur, sharpen = explain(_middle(widths, 1.6), _middle(swings, 0.0))
    grain, coarse = site_grain([image.attenuation for image in images])
    coloured = [image for image in images if _tells_material(image)]
    metal = metal_levels(coloured)
    deepest = max(float(np.quantile(image.attenuation, 0.9995)) for image in images)
    middle, spread = _metal_material(coloured, metal[1])
    return Look(
        blur=blur,
        sharpen=sharpen,
        grain=grain,
        coarse=min(coarse, 1.5),
        metal=metal,
        deepest=max(deepest, metal[-1] + 0.05) if coloured else max(deepest, 1.0),
        metal_material=middle,
        colour_grain=spread,
    )


def _tells_material(image: XrayImage) -> bool:
    """Say whether a picture has colours; a grey one is 0.5 everywhere but where hardly anything comes through."""
    thing = (image.attenuation > 0.1) & (image.attenuation < 4.0)
    return bool(thing.any()) and float(np.mean(np.abs(image.material[thing] - 0.5) > 0.1)) > LEAST_COLOURED


def metal_levels(images: Sequence[XrayImage]) -> tuple[float, ...]:
    """Return the attenuations at METAL_SHARES of the metal pixels; where there are few, drawn towards the true ones."""
    shown = [image.attenuation[(image.material > METAL) & (image.attenuation > THIN)] for image in images]
    seen = np.concatenate(shown) if shown else np.zeros(0, np.float32)
    levels = np.array(STEEL_ATTENUATION)
    if seen.size:
        trust = seen.size / (seen.size + ENOUGH_METAL)
        levels = trust * np.quantile(seen, METAL_SHARES) + (1 - trust) * levels
    rising = np.maximum.accumulate(levels + 0.02 * np.arange(len(levels)))
    return tuple(round(float(level), 4) for level in rising)


def _metal_material(images: Sequence[XrayImage], thick: float) -> tuple[float, float]:
    """Return the material as which thick metal is read, and its grain; 0.5 and 0 where no picture tells it."""
    values, rests = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for image in images:
        metal = (image.attenuation > thick) & (image.material > 0.5)
        values.append(image.material[metal])
        rests.append((image.material - blurred(image.material, 2.5))[metal])
    seen, rest = np.concatenate(values), np.concatenate(rests)
    if seen.size < LEAST_PIXELS:
        return (1.0, 0.0) if images else (0.5, 0.0)
    return float(np.median(seen)), float(1.4826 * np.median(np.abs(rest)))


def _middle(values: Sequence[float], otherwise: float) -> float:
    usable = [value for value in values if not np.isnan(value)]
    return float(np.median(usable)) if usable else otherwise
