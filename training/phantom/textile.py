"""Soft things as thickness maps: folded cloth, crumpled paper, padding, bubble wrap.

A thin sheet with the relief z(x, y) is crossed over the length t * sqrt(1 + |grad z|^2): steep folds show as fine dark
lines. The relief is a sum of ridged noise over several scales, which creases as cloth does.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantom.dice import Dice
from training.phantom.layout import Layout
from training.phantom.materials import INDEX
from training.phantom.outlines import wobbly
from training.phantom.projector import Pile
from training.phantom.solids import Array

Plane = NDArray[np.float32]
_MARGIN = 64


def noise(dice: Dice, shape: tuple[int, int], scale: float) -> Plane:
    """Return smooth noise of unit variance whose bumps are `scale` pixels wide."""
    height, width = shape
    grid = dice.rng.standard_normal((int(height / scale) + 3, int(width / scale) + 3), np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def fold_field(dice: Dice, shape: tuple[int, int], pixel_mm: float) -> Plane:
    """Return how much longer the way through one crumpled sheet is than its thickness, H x W, at least 1."""
    relief = np.zeros(shape, np.float32)
    sharp = dice.between(0.3, 1.0)
    for scale_mm in (70.0, 30.0, 14.0, 6.5):
        bumps = noise(dice, shape, max(2.5, scale_mm / pixel_mm))
        relief += np.float32(scale_mm**0.95) * (sharp * np.abs(bumps) + (1 - sharp) * bumps)
    strength = dice.between(0.15, 0.55) / pixel_mm
    dx, dy = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=1)
    return np.asarray(np.minimum(np.sqrt(1 + strength**2 * (dx * dx + dy * dy)), 7.0), np.float32)


class Cloths:
    """Cuts pieces out of a few folded fields, so that many layers cost little."""

    def __init__(self, dice: Dice, shape: tuple[int, int], pixel_mm: float) -> None:
        self._shape = shape
        size = (shape[0] + _MARGIN, shape[1] + _MARGIN)
        self._fields = [fold_field(dice, size, pixel_mm) for _ in range(2)]

    def sheet(self, dice: Dice) -> Plane:
        """Return a randomly shifted and mirrored field, H x W."""
        field = dice.pick(self._fields)
        top, left = dice.count(0, _MARGIN), dice.count(0, _MARGIN)
        part = field[top : top + self._shape[0], left : left + self._shape[1]]
        steps = (dice.pick((1, -1)), dice.pick((1, -1)))
        return part[:: steps[0], :: steps[1]]


def blob(
    dice: Dice, shape: tuple[int, int], centre: Array, half: Array, rough: float = 0.15, angle: float = 0.0
) -> Plane:
    """Return a mask, 0 to 1, of an irregular rounded patch (`centre`, `half` in pixels as x, y; `angle` in degrees)."""
    turned = np.deg2rad(angle) + dice.between(-0.15, 0.15)
    rotation = np.array(((np.cos(turned), -np.sin(turned)), (np.sin(turned), np.cos(turned))))
    points = (wobbly(dice, (float(half[0]), float(half[1])), rough) @ rotation.T + centre) * 8
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA, 3)
    return np.asarray(mask, np.float32) / np.float32(255)


def add_clothing(
    dice: Dice, pile: Pile, cloths: Cloths, centre: Array, half: Array, layers: int, angle: float = 0.0
) -> None:
    """Lay folded garments into a region given in pixels (x, y), turned by an angle in degrees."""
    shape = (pile.geometry.height, pile.geometry.width)
    plane = pile.plane(INDEX["textile"])
    for _ in range(layers):
        at = centre + _turned(half * dice.rng.uniform(-0.5, 0.5, 2), angle)
        size = half * dice.rng.uniform(0.3, 0.8, 2)
        mask = blob(dice, shape, at, size, angle=angle)
        thickness = float(np.exp(dice.between(np.log(1.5), np.log(22.0))))
        plane += mask * cloths.sheet(dice) * np.float32(thickness * 0.5)
        if dice.chance(0.5):
            _hem(dice, plane, mask, thickness)


def add_packing(dice: Dice, pile: Pile, cloths: Cloths, centre: Array, half: Array, angle: float) -> None:
    """Fill a case with folded laundry: a thick bed, uneven from pile to pile, streaked by its folds."""
    shape = (pile.geometry.height, pile.geometry.width)
    bed = blob(dice, shape, centre, half, 0.02, angle) * np.float32(dice.between(15, 80))
    uneven = np.maximum(1 + np.float32(0.35) * noise(dice, shape, dice.between(50, 140) / pile.geometry.pixel_mm), 0.3)
    streaks = 0.75 + 0.25 * cloths.sheet(dice)
    pile.plane(INDEX["textile"])[:] += bed * uneven * np.asarray(streaks, np.float32)


def _hem(dice: Dice, plane: Plane, mask: Plane, thickness: float) -> None:
    wide = dice.count(1, 3) * 2 + 1
    edge = mask - cv2.erode(mask, np.ones((wide, wide), np.uint8))
    plane += np.asarray(edge, np.float32) * np.float32(thickness * dice.between(0.3, 1.2))


def add_fabric(dice: Dice, pile: Pile, cloths: Cloths, mask: Plane, thickness_mm: float) -> None:
    """Lay the bag's own fabric over a mask."""
    material = dice.pick(("polymer", "pvc", "pvc"))
    share = 0.5 if material == "pvc" else 1.0  # coated fabric absorbs more, so there is less of it
    pile.plane(INDEX[material])[:] += mask * (0.55 + 0.45 * cloths.sheet(dice)) * np.float32(thickness_mm * share)


def add_padding(dice: Dice, pile: Pile, centre: Array, half: Array, angle: float = 0.0) -> None:
    """Fill a region with bubble wrap, foam chips or crumpled paper."""
    shape = (pile.geometry.height, pile.geometry.width)
    mask = blob(dice, shape, centre, half, 0.05, angle)
    pixel = pile.geometry.pixel_mm
    if dice.chance(0.5):
        yy, xx = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        pitch = dice.between(9, 22) / pixel
        bubbles = np.abs(np.sin(np.pi * xx / pitch) * np.sin(np.pi * yy / pitch)) > 0.35
        pile.plane(INDEX["plastic"])[:] += (
            mask * (0.3 + 0.35 * bubbles.astype(np.float32)) * np.float32(dice.between(0.5, 2))
        )
    else:
        chips = np.maximum(noise(dice, shape, dice.between(10, 30) / pixel) + 0.4, 0)
        pile.plane(INDEX["board"])[:] += mask * chips * np.float32(dice.between(4, 25))


def _turned(offset: Array, angle: float) -> Array:
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array((c * offset[0] - s * offset[1], s * offset[0] + c * offset[1]))


def lay_soft_goods(dice: Dice, pile: Pile, layout: Layout, view: Literal["top", "side"]) -> None:
    """Lay the container's fabric, the garments and the padding that a layout asks for.

    Args:
        dice: The draws.
        pile: The thickness maps to add to.
        layout: What lies where.
        view: The projection; a turned container is seen along its own side.
    """
    container, pixel = layout.container, pile.geometry.pixel_mm
    top = view == "top"
    half = np.array((container.half[0], container.half[1] if top else container.depth / 2)) / pixel
    centre = np.array((layout.centre[0], layout.centre[1] if top else layout.size_mm[1] / 2)) / pixel
    angle = layout.angle if top else 0.0
    pile.plane(0)
    if container.softness == 0 and container.fabric_mm == 0:
        return
    cloths = Cloths(dice, (pile.geometry.height, pile.geometry.width), pixel)
    if container.fabric_mm > 0:
        _bag_cloth(dice, pile, layout, cloths, centre, half, angle)
    if container.kind in ("case", "bag") and dice.chance(0.3):
        add_packing(dice, pile, cloths, centre, half * 0.95, angle)
    add_clothing(dice, pile, cloths, centre, half * 0.9, dice.count(0, container.softness), angle)
    if container.kind in ("carton", "envelope") and dice.chance(0.5):
        add_padding(dice, pile, centre, half * dice.between(0.5, 0.95), angle)


def _bag_cloth(
    dice: Dice, pile: Pile, layout: Layout, cloths: Cloths, centre: Array, half: Array, angle: float
) -> None:  # fmt: skip
    shape, kind, thick = (pile.geometry.height, pile.geometry.width), layout.container.kind, layout.container.fabric_mm
    rough = {"bag": 0.05, "case": 0.01, "envelope": 0.01}.get(kind, 0.05)
    add_fabric(dice, pile, cloths, blob(dice, shape, centre, half * 0.98, rough, angle), thick / 2)
    for _ in range(dice.count(1, 4)):  # pockets, lining
        at = centre + _turned(half * dice.rng.uniform(-0.5, 0.5, 2), angle)
        pocket = blob(dice, shape, at, half * dice.rng.uniform(0.2, 0.6, 2), 0.02, angle)
        add_fabric(dice, pile, cloths, pocket, thick / 3)
