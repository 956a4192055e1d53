"""One firearm part alone in the beam: posed, projected, at the pitch of the scan it is going to be laid into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.dual_energy import material_index
from models.results import Part
from training.phantom.dice import Dice
from training.phantom.layout import pose_of
from training.phantom.materials import Scanner
from training.phantom.parts import PART_MAKERS
from training.phantom.projector import Geometry, project, transmission
from training.phantom.scene import OUTLINE_ATTENUATION
from training.phantom.solids import Shape

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

PART_WEIGHTS: dict[Part, float] = {"pistol": 4.0, "revolver": 2.5, "long_gun": 1.0}
"""How often each part is projected; what is not named here has weight 1. Whole handguns are what is found most."""
ANY_WAY_UP = 0.15
RIM = 12
_DARKEST = 1e-6


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What one part alone does to the beam, on a cut-out with RIM pixels of air around the part.

    Attributes:
        part: Its name.
        attenuation: Mean of the two energies, h x w.
        material: 0 organic to 1 metal, h x w.
        mask: Where the part is thick enough to be seen, h x w.
    """

    part: Part
    attenuation: Plane
    material: Plane
    mask: Mask


def pick_part(dice: Dice) -> Part:
    """Draw a part by PART_WEIGHTS."""
    names = tuple(PART_MAKERS)
    return dice.pick(names, tuple(PART_WEIGHTS.get(name, 1.0) for name in names))


def shadow_of(part: Part, dice: Dice, pixel_mm: float) -> Shadowed | None:
    """Make a part, pose it, and cast its shadow.

    Args:
        part: Which.
        dice: The draws; the same state gives the same shadow.
        pixel_mm: Pitch of the scan, mm.

    Returns:
        The shadow; None where the part is too thin to be seen in this pose.
    """
    shape = PART_MAKERS[part](dice)
    rotation = pose_of(dice, free=dice.chance(ANY_WAY_UP))
    scanner = Scanner(tube_kv=dice.between(140, 160), copper_mm=dice.between(0.4, 0.8))
    thickness = _thickness(shape, rotation, pixel_mm, dice.between(1000, 1900))
    if thickness is None:
        return None
    low, high = (-np.log(np.maximum(plane, _DARKEST)) for plane in transmission(thickness, scanner))
    attenuation = np.asarray((low + high) / 2, np.float32)
    mask = attenuation > OUTLINE_ATTENUATION
    if not mask.any():
        return None
    return Shadowed(part, attenuation, material_index(low, high, blur=0), mask)


def _thickness(shape: Shape, rotation: NDArray[np.float64], pixel_mm: float, source: float) -> dict[int, Plane] | None:
    low, high = shape.bounds(rotation)
    size = (high - low)[:2] * 1.25 / pixel_mm + 4 * RIM
    columns, rows = (int(np.ceil(length)) for length in size)
    geometry = Geometry(rows, columns, pixel_mm, rows * pixel_mm / 2, source + float(high[2] - low[2]))
    middle = (low + high) / 2
    place = np.array((columns * pixel_mm / 2, rows * pixel_mm / 2, (high[2] - low[2]) / 2 + 20.0)) - middle
    shadow = project(shape, rotation, place, geometry)
    if shadow is None:
        return None
    return {material: np.pad(plane, RIM) for material, plane in shadow.thickness.items()}
