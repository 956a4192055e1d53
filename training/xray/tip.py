"""Threat image projection: firearm parts from the phantom laid into real scans, as if they had lain in the beam.

Attenuations add (Beer and Lambert), so a part is a factor on the transmission; the material is the mean of both,
weighted by attenuation. Then the part gets what the scanner would have given it: its blur and sharpening, its way of
showing thick metal, its grain. Where and how parts lie follows the goods: over things, never over air.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import MOST, XrayImage
from models.results import Part
from training.phantom.dice import Dice
from training.phantom.scene import LEAST_SIDE_PIXELS, LEAST_VISIBILITY
from training.xray.store import Thing
from training.xray.tip_edges import Plane, sharpened
from training.xray.tip_grain import GRAIN_LEVELS
from training.xray.tip_look import Look
from training.xray.tip_part import Shadowed, pick_part, shadow_of

Mask = NDArray[np.bool_]
Place = tuple[int, int]

PARCEL_MM = (420.0, 720.0)
"""Longest side of the contents of a scan, in mm, where the pitch is not known: from cabin case to shoe box."""
PIXEL_MM = (0.35, 3.0)
THING, CLOSING = 0.06, 9
LEAST_COVERED = 0.92
PLACES, TRIES = 40, 5
_SIGMAS, _LEAST_CONTRAST = 4.0, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Blending:
    """What is matched to the scan; all of it off is naive pasting, the anchor of the realism check."""

    levels: bool = True
    edges: bool = True
    grain: bool = True
    colours: bool = True


MATCHED = Blending()
NAIVE = Blending(levels=False, edges=False, grain=False, colours=False)


@dataclass(frozen=True, slots=True)
class Projection:
    """A scan with one part more in it, and the part's label."""

    image: XrayImage
    thing: Thing


def project_part(
    image: XrayImage,
    look: Look,
    rng: np.random.Generator,
    *,
    pixel_mm: float | None = None,
    blending: Blending = MATCHED,
    avoid: tuple[tuple[float, float, float, float], ...] = (),
    parts: tuple[Part, ...] = (),
) -> Projection | None:
    """Lay a random part into a scan.

    Args:
        image: The scan.
        look: How its scanner shows things.
        rng: The draws; the same state gives the same projection.
        pixel_mm: Pitch of the scan; None draws one that makes the contents as large as parcels are.
        blending: What to match.
        avoid: Boxes [x, y, width, height] that the part must not touch.
        parts: One of these; none named: any, whole handguns more often.

    Returns:
        The projection; None where in TRIES tries no part found a place inside the contents.
    """
    dice = Dice(rng)
    contents = _contents(image.attenuation, avoid)
    for _ in range(TRIES):
        pitch = pixel_mm or _pitch(contents, dice)
        shadow = shadow_of(dice.pick(parts) if parts else pick_part(dice), dice, pitch)
        if shadow is not None and (place := _place(shadow.mask, contents, dice)) is not None:
            return _laid(image, look, shadow, place, rng, blending)
    return None


def _contents(attenuation: Plane, avoid: tuple[tuple[float, float, float, float], ...]) -> NDArray[np.float32]:
    """Return 1 where things lie, small gaps among them closed, 0 over air and -1 where no part may touch."""
    thing = (attenuation > THING).astype(np.uint8)
    closed = cv2.morphologyEx(thing, cv2.MORPH_CLOSE, np.ones((CLOSING, CLOSING), np.uint8)).astype(np.float32)
    for x, y, width, height in avoid:
        closed[max(0, int(y)) : int(y + height) + 1, max(0, int(x)) : int(x + width) + 1] = -1.0
    return np.asarray(closed, np.float32)


def _pitch(contents: Plane, dice: Dice) -> float:
    rows, columns = np.nonzero(contents)
    extent = max(np.ptp(rows), np.ptp(columns)) if rows.size else max(contents.shape)
    return float(np.clip(dice.between(*PARCEL_MM) / max(float(extent), 1.0), *PIXEL_MM))


def _place(mask: Mask, contents: Plane, dice: Dice) -> Place | None:
    """Return the row and column at which the part's cut-out lies over things; None where it fits nowhere."""
    height, width = mask.shape
    rows, columns = np.nonzero(contents > 0)
    if rows.size == 0 or height >= contents.shape[0] or width >= contents.shape[1]:
        return None
    for _ in range(PLACES):
        pick = dice.count(0, rows.size - 1)
        top, left = int(rows[pick]) - height // 2, int(columns[pick]) - width // 2
        if not (0 <= top < contents.shape[0] - height and 0 <= left < contents.shape[1] - width):
            continue
        under = contents[top : top + height, left : left + width][mask]
        if float(under.mean()) >= LEAST_COVERED and float(under.min()) >= 0:
            return top, left
    return None


def _laid(
    image: XrayImage, look: Look, shadow: Shadowed, place: Place, rng: np.random.Generator, blending: Blending
) -> Projection:
    top, left = place
    height, width = shadow.mask.shape
    window = (slice(top, top + height), slice(left, left + width))
    under, material = image.attenuation[window], image.material[window]
    shown = _shown(under, shadow, look, blending)
    if blending.grain:
        shown = shown + _missing_grain(under, shown, look, rng)
    shown = np.asarray(np.clip(shown, 0.0, min(MOST, look.deepest) if blending.levels else MOST), np.float32)
    mixed = _material(under, material, shadow, look, rng, blending)
    planes = (image.attenuation.copy(), image.material.copy())
    planes[0][window], planes[1][window] = shown, mixed
    return Projection(XrayImage(planes[0], planes[1], image.source), _label(shadow, place, under, shown, look))


def _shown(under: Plane, shadow: Shadowed, look: Look, blending: Blending) -> Plane:
    """Return how scan and part together are shown, without grain of its own."""
    own = shadow.attenuation
    if blending.edges:
        own = _as_seen(own, look)
    if not blending.levels:
        return np.asarray(under + own, np.float32)
    # The part is added where attenuations add, which is behind the console's way of showing them.
    return np.asarray(
        under + look.shown(look.true(under) + np.maximum(own, 0)) - look.shown(look.true(under)) + np.minimum(own, 0)
    )


def _as_seen(own: Plane, look: Look) -> Plane:
    """Blur a part as the detector does, in transmission, and sharpen it as the console does."""
    through = cv2.GaussianBlur(np.exp(-own), (0, 0), max(look.blur, 0.3))
    return sharpened(np.asarray(-np.log(np.maximum(through, 1e-6)), np.float32), look.sharpen)


def _missing_grain(under: Plane, shown: Plane, look: Look, rng: np.random.Generator) -> Plane:
    """Return the noise that the darker picture has beyond what shines through from the scan's own."""
    wanted = np.interp(shown, GRAIN_LEVELS, look.grain)
    there = np.interp(under, GRAIN_LEVELS, look.grain)
    extra = np.sqrt(np.maximum(wanted**2 - there**2, 0.0))
    return np.asarray(extra * _noise(shown.shape, look.coarse, rng), np.float32)


def _noise(shape: tuple[int, ...], coarse: float, rng: np.random.Generator) -> Plane:
    noise = rng.standard_normal(shape, np.float32)
    if coarse < 0.3:
        return noise
    soft = cv2.GaussianBlur(noise, (0, 0), coarse)
    return np.asarray(soft / max(float(soft.std()), 1e-6), np.float32)


def _material(
    under: Plane, material: Plane, shadow: Shadowed, look: Look, rng: np.random.Generator, blending: Blending
) -> Plane:
    own, kind = shadow.attenuation, shadow.material
    if blending.colours and not look.tells_material:
        return material
    if blending.colours:
        # Colour is coarser than brightness in every rendition, and thick metal is not told as pure metal by all.
        own = np.asarray(cv2.GaussianBlur(own, (0, 0), max(look.blur, 0.3) + 0.6), np.float32)
        kind = np.where(kind > 0.5, 0.5 + (kind - 0.5) * (look.metal_material - 0.5) / 0.5, kind).astype(np.float32)
        kind = kind + np.float32(look.colour_grain) * _noise(kind.shape, 1.5, rng) * (kind > 0.5)
    seen = under if not blending.levels else look.true(under)
    share = own / np.maximum(own + seen, 1e-3)
    mixed = share * np.clip(kind, 0.0, 1.0) + (1.0 - share) * material
    return np.asarray(np.where(own > 0.01, mixed, material), np.float32)


def _label(shadow: Shadowed, place: Place, under: Plane, shown: Plane, look: Look) -> Thing:
    x, y, width, height = cv2.boundingRect(shadow.mask.astype(np.uint8))
    contrast = np.exp(-under[shadow.mask]) - np.exp(-shown[shadow.mask])
    noise = np.interp(shown[shadow.mask], GRAIN_LEVELS, look.grain) * np.exp(-shown[shadow.mask])
    visible = float(np.mean(contrast > np.maximum(_SIGMAS * noise, _LEAST_CONTRAST)))
    small = max(width, height) < LEAST_SIDE_PIXELS
    box = (float(place[1] + x), float(place[0] + y), float(width), float(height))
    return Thing(box, shadow.part, ignore=small or visible < LEAST_VISIBILITY)
