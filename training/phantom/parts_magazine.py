"""Outer shapes of magazines: straight, curved and drum, empty with spring and follower, or loaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantom.dice import Dice
from training.phantom.parts_ammunition import Round, draw_round
from training.phantom.solids import Array, Shape, arc, helix, turn


@dataclass(frozen=True, slots=True)
class Casing:
    """The box of a magazine: floor at x = 0, mouth at x = length, depth along y, width along z (all mm)."""

    length: float
    depth: float
    width: float
    wall: float
    material: str
    x: Array
    spine: Array

    def middle(self, x: float) -> float:
        """Return the y of the middle line."""
        return float(np.interp(x, self.x, self.spine))

    def lean(self, x: float) -> float:
        """Return the angle of the middle line to the x axis, degrees."""
        return float(np.rad2deg(np.arctan(np.interp(x, self.x, np.gradient(self.spine, self.x)))))

    def strip(self, half: float, start: float = 0.0, stop: float = 1.0) -> Array:
        """Return the outline of the stretch from `start` to `stop` (shares of the length), `half` to either side."""
        x = np.linspace(start, stop, 9) * self.length
        y = np.interp(x, self.x, self.spine)
        return np.concatenate([np.stack([x, y - half], axis=1), np.stack([x, y + half], axis=1)[::-1]])


def magazine(dice: Dice) -> Shape:
    """Return a magazine: pistol, long straight or curved, or a drum; empty, part loaded or full."""
    look = dice.pick(("pistol", "long", "drum"), (0.56, 0.36, 0.08))
    if look == "drum":
        return _drum(dice)
    casing = _casing(dice, look == "long")
    shape = Shape()
    _walls(dice, shape, casing)
    _contents(dice, shape, casing, look == "long")
    return shape


def _stuff(dice: Dice) -> tuple[str, float]:
    material = dice.pick(("steel", "polymer", "aluminium"), (0.56, 0.3, 0.14))
    thick = {"steel": (0.5, 1.0), "polymer": (1.8, 3.2), "aluminium": (0.9, 1.8)}[material]
    return material, dice.between(*thick)


def _casing(dice: Dice, long: bool) -> Casing:
    length = dice.between(95, 215) if long else dice.between(70, 165)
    depth = dice.between(48, 72) if long else dice.between(25, 40)
    width = dice.between(20, 29) if long else dice.between(13, 27)
    bend = dice.between(0, 45) * length / 200 if long else dice.between(0, 2)
    if long and dice.chance(0.3):
        bend = 0.0
    x = np.linspace(0, length, 12)
    material, wall = _stuff(dice)
    return Casing(length, depth, width, wall, material, x, bend * (1 - x / length) ** 2)


def _walls(dice: Dice, shape: Shape, casing: Casing) -> None:
    half, flank = casing.depth / 2, casing.width / 2
    shape.prism(casing.strip(half), -flank, flank, casing.material)
    hollow = casing.strip(half - casing.wall)
    shape.prism(hollow, -flank + casing.wall, flank - casing.wall, casing.material, -1)
    _floor(dice, shape, casing)
    if casing.material == "polymer" and dice.chance(0.6):
        _lining(dice, shape, casing)
    if dice.chance(0.6):
        _ribs(dice, shape, casing)
    holes = dice.count(0, 6)
    for index in range(holes):
        x = casing.length * (0.25 + 0.55 * index / max(holes - 1, 1))
        y = casing.middle(x) - half * 0.3
        for side in (-1, 1):
            shape.disc(dice.between(1.4, 2.4), *_leaf(side, flank, casing.wall), casing.material, -1, x, y)


def _leaf(side: int, flank: float, wall: float) -> tuple[float, float]:
    return (flank - wall, flank) if side > 0 else (-flank, -flank + wall)


def _floor(dice: Dice, shape: Shape, casing: Casing) -> None:
    """The floor plate: flush, a thick pad, or a long extension."""
    low, half = casing.middle(0.0), casing.depth / 2
    thick = dice.pick((dice.between(1.5, 4), dice.between(6, 14), dice.between(16, 32)), (0.6, 0.28, 0.12))
    material = dice.pick((casing.material, "polymer", "aluminium"), (0.45, 0.4, 0.15))
    if material == "steel":
        thick = min(thick, 3.0)
    outline = (
        (0, low - half - 2),
        (0, low + half + 2),
        (-thick, low + half + dice.between(0, 6)),
        (-thick, low - half - 1),
    )
    shape.prism(outline, -casing.width / 2 - 0.8, casing.width / 2 + 0.8, material)


def _lining(dice: Dice, shape: Shape, casing: Casing) -> None:
    """A thin steel sleeve, or only steel lips, inside plastic."""
    start = dice.pick((0.1, 0.8))
    half, flank = casing.depth / 2 - casing.wall, casing.width / 2 - casing.wall
    for side in (-1, 1):
        shape.prism(casing.strip(half, start, 1.0), *_leaf(side, flank, 0.5), "steel")


def _ribs(dice: Dice, shape: Shape, casing: Casing) -> None:
    """Pressed ribs along the flanks or waffles across them."""
    flank, raised = casing.width / 2, 0.5 if casing.material == "steel" else 1.4
    if dice.chance(0.5):
        for share in (-0.45, 0.1):
            outline = casing.strip(casing.depth * 0.06, 0.05, 0.9) + np.array((0, share * casing.depth / 2))
            shape.prism(outline, flank, flank + raised, casing.material)
        return
    for index in range(dice.count(2, 4)):
        start = 0.12 + 0.2 * index
        shape.prism(casing.strip(casing.depth * 0.42, start, start + 0.07), flank, flank + raised, casing.material)


def _contents(dice: Dice, shape: Shape, casing: Casing, long: bool) -> None:
    inside = casing.width - 2 * casing.wall
    size = min(dice.between(8.0, 11.5), inside * 0.95)
    double = inside > 1.45 * size
    pitch = size * (0.56 if double else 1.03)
    room = int((casing.length * 0.86 - 12) / pitch)
    loaded = dice.pick((0, dice.count(1, max(1, room)), room), (0.42, 0.2, 0.38))
    count = min(loaded, room, 11 if long else 13)
    stretch = loaded / max(count, 1)
    top = max(casing.length * 0.12, casing.length - 4 - min(loaded, room) * pitch)
    _spring(dice, shape, casing, top)
    one = Round(casing.depth * dice.between(0.8, 0.92), size * 0.96, long and dice.chance(0.8))
    for index in range(count):
        x = top + 4 + (index + 0.5) * pitch * min(stretch, 1.25)
        z = (inside - size) / 2 * (1 if index % 2 else -1)
        lean = casing.lean(x) + dice.normal(1.5)
        shift = turn("z", lean) @ np.array((0, one.length / 2, 0))
        draw_round(shape, one, turn("z", lean) @ turn("x", -90), np.array((x, casing.middle(x), z)) - shift)


def _spring(dice: Dice, shape: Shape, casing: Casing, top: float) -> None:
    """The flat coil under the follower; the fewer rounds, the looser it is."""
    if dice.chance(0.06):
        return  # taken apart: an empty casing
    half, flank = casing.depth / 2 - casing.wall, casing.width / 2 - casing.wall
    coil = helix(max(top - 3, 6), half * dice.between(0.7, 0.92), dice.count(6, 12), 1)
    coil[:, 2] *= flank / half
    coil[:, 1] += np.interp(coil[:, 0], casing.x, casing.spine)
    shape.wire(coil, dice.between(0.5, 0.95), "steel")
    y, thick = casing.middle(top), dice.between(3, 9)
    material = dice.pick(("plastic", "polymer", "steel"), (0.4, 0.35, 0.25))
    if material == "steel":
        thick = 1.5
    wedge = ((top - thick, y - half), (top - thick, y + half), (top, y + half), (top + 3, y), (top, y - half))
    shape.prism(wedge, -flank, flank, material)


def _drum(dice: Dice) -> Shape:
    """A flat round box with a neck; rounds lie in a spiral round a coiled spring."""
    radius, width = dice.between(52, 82), dice.between(34, 62)
    material = dice.pick(("polymer", "steel", "aluminium"), (0.6, 0.25, 0.15))
    wall = 1.0 if material == "steel" else dice.between(2, 3)
    shape = Shape().disc(radius, -width / 2, width / 2, material)
    shape.disc(radius - wall, -width / 2 + wall, width / 2 - wall, material, -1)
    neck, half = radius + dice.between(25, 60), dice.between(11, 15)
    shape.box((radius * 0.9, neck), (-half, half), (-width * 0.42, width * 0.42), material)
    shape.box(
        (radius * 0.9, neck), (-half + wall, half - wall), (-width * 0.42 + wall, width * 0.42 - wall), material, -1
    )
    spiral = np.concatenate([arc((0, 0), (r, r), 0, 330, 14) for r in np.linspace(6, radius * 0.45, 4)])
    shape.wire(np.column_stack([spiral, np.zeros(len(spiral))]), 0.8, "steel")
    shape.ring(radius * 0.2, radius * 0.12, -width / 2, width / 2, dice.pick(("steel", "polymer")))
    one = Round(width * 0.82, dice.between(9, 11.5), dice.chance(0.5))
    count = dice.pick((0, dice.count(3, 8), 12))
    for index in range(count):
        angle = 2 * np.pi * index / 14
        where = (radius * 0.8 * np.cos(angle), radius * 0.8 * np.sin(angle), -one.length / 2)
        draw_round(shape, one, turn("z", 0), where)
    return shape
