"""What goods travel in: cartons, padded envelopes, trolley cases, soft bags, trays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.phantom.containers_luggage import bag_shape, case_shape
from training.phantom.containers_trim import outline_at
from training.phantom.dice import Dice
from training.phantom.solids import Shape, rounded

ContainerKind = Literal["carton", "envelope", "case", "bag", "tray", "none"]


@dataclass(frozen=True, slots=True)
class Container:
    """A container about the origin, lying on z = 0.

    Attributes:
        kind: What it is.
        half: Half length and half width inside, mm.
        depth: Inner height, mm.
        shape: Its solid parts.
        fabric_mm: Thickness of its fabric, 0 for none; the fabric is a map, not a solid.
        softness: How many garments it typically holds, from none to full.
    """

    kind: ContainerKind
    half: tuple[float, float]
    depth: float
    shape: Shape
    fabric_mm: float
    softness: int


def make_container(dice: Dice, kind: ContainerKind, half: tuple[float, float]) -> Container:
    """Return a container of a kind with the given inner half sizes (x, y) in mm."""
    makers = {"carton": _carton, "envelope": _envelope, "case": _case, "bag": _bag, "tray": _tray, "none": _nothing}
    return makers[kind](dice, half)


def _nothing(dice: Dice, half: tuple[float, float]) -> Container:
    return Container("none", half, dice.between(50, 120), Shape(), 0.0, 0)


def _case(dice: Dice, half: tuple[float, float]) -> Container:
    depth = dice.between(110, 230)
    return Container("case", half, depth, case_shape(dice, half, depth), dice.between(0.4, 3.5), dice.count(0, 7))


def _bag(dice: Dice, half: tuple[float, float]) -> Container:
    depth = dice.between(60, 170)
    return Container("bag", half, depth, bag_shape(dice, half, depth), dice.between(0.3, 2.5), dice.count(0, 7))


def _carton(dice: Dice, half: tuple[float, float]) -> Container:
    depth, wall = dice.between(50, 220), dice.between(2.5, 6)
    shape = Shape().shell((-half[0], half[0]), (-half[1], half[1]), (0, depth), wall, "board")
    _flaps(dice, shape, half, depth, wall)
    _flutes(dice, shape, half, depth)
    if dice.chance(0.5):
        _staples(dice, shape, half, depth)
    if dice.chance(0.4):
        _compartments(dice, shape, half, depth, wall)
    return Container("carton", half, depth, shape, 0.0, dice.pick((0, 0, 1, 3)))


def _flaps(dice: Dice, shape: Shape, half: tuple[float, float], depth: float, wall: float) -> None:
    (x, y), gap = half, dice.between(-6, 10)
    for level in (0.5, depth - wall):
        top = (level, level + wall * 0.8)
        shape.box((-x, x), (-y, -gap), top, "board").box((-x, x), (gap, y), top, "board")
        if dice.chance(0.7):
            wide = dice.between(18, 38)
            shape.box((-x - 2, x + 2), (-wide, wide), (level, level + dice.between(0.2, 0.6)), "polymer")
    for side in (-1, 1):
        flap = dice.between(0.2, 0.6) * x
        low, high = sorted((side * x, side * (x - flap)))
        shape.box((low, high), (-y, y), (2, 2 + wall * 0.8), "board")


def _flutes(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """The corrugation of the board: close parallel lines, seen on thin cartons."""
    if dice.chance(0.5):
        return
    pitch, thick = dice.between(6, 9), dice.between(0.25, 0.6)
    for x in np.arange(-half[0], half[0], pitch):
        level = dice.pick((0.0, depth))
        shape.wire(np.array(((x, -half[1], level), (x, half[1], level))), thick, "paper")


def _staples(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    for index in range(dice.count(2, 10)):
        at = np.array((dice.between(-half[0], half[0]), dice.pick((0.0, half[1], -half[1])), depth * (index % 2)))
        shape.wire(np.array(((-8, 0, 0), (8, 0, 0))) + at, 0.8, "steel")


def _compartments(dice: Dice, shape: Shape, half: tuple[float, float], depth: float, wall: float) -> None:
    for _ in range(dice.count(1, 4)):
        x, y = dice.between(-0.7, 0.7) * half[0], dice.between(-0.7, 0.7) * half[1]
        if dice.chance(0.5):
            shape.box((x, x + wall * 0.7), (-half[1], half[1]), (0, depth * 0.8), "board")
        else:
            shape.box((-half[0], half[0]), (y, y + wall * 0.7), (0, depth * 0.8), "board")


def _envelope(dice: Dice, half: tuple[float, float]) -> Container:
    x, y = half
    depth, shape = dice.between(18, 50), Shape()
    for level in (0.0, depth):
        face = rounded((-x, x), (-y, y), 6)
        shape.prism(face, level, level + dice.between(0.5, 1.2), dice.pick(("paper", "polymer")))
    for side in (-1, 1):
        low, high = sorted((side * y, side * (y - 9)))
        shape.box((-x, x), (low, high), (0, 1.2), "paper")
    shape.box((x - 35, x), (-y, y), (0, 0.8), "paper")
    if dice.chance(0.5):  # a label and a strip of tape
        shape.box((-x * 0.7, x * 0.1), (-y * 0.5, y * 0.3), (depth, depth + 0.3), "paper")
    if dice.chance(0.4):
        shape.box((-x, x), (-24, 24), (depth, depth + 0.3), "polymer")
    if dice.chance(0.3):
        shape.wire(outline_at(rounded((-x * 0.9, x * 0.9), (-y * 0.9, y * 0.9), 3), depth), 0.8, "paper")
    return Container("envelope", half, depth, shape, dice.between(0.4, 1.5), dice.pick((0, 1, 2)))


def _tray(dice: Dice, half: tuple[float, float]) -> Container:
    x, y = half
    depth, wall = dice.between(60, 110), dice.between(1.5, 3.5)
    shape = Shape().prism(rounded((-x, x), (-y, y), 25), 0, wall, "plastic")
    shape.wire(outline_at(rounded((-x - 4, x + 4), (-y - 4, y + 4), 25, 6), depth), 3.0, "plastic")
    shape.wire(outline_at(rounded((-x - 9, x + 9), (-y - 9, y + 9), 28, 6), depth - 8), 1.5, "plastic")
    for side in (-1, 1):
        low, high = sorted((side * y, side * (y + wall)))
        shape.box((-x, x), (low, high), (0, depth), "plastic")
        low, high = sorted((side * x, side * (x + wall)))
        shape.box((low, high), (-y, y), (0, depth), "plastic")
    for share in np.arange(-0.8, 0.9, dice.between(0.2, 0.5)):
        shape.wire(np.array(((share * x, -y, 2), (share * x, y, 2))), 1.0, "plastic")
    return Container("tray", half, depth, shape, 0.0, dice.count(0, 3))
