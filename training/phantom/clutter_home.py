"""Harmless household goods: kitchenware, bottles, books, food."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import Shape, arc, band, helix, turn


def knife(dice: Dice) -> Shape:
    """Return a kitchen knife."""
    length = dice.between(60, 210)
    shape = (
        Shape()
        .prism(((0, -10), (length * 0.8, -10), (length, 8), (0, 12)), -0.8, 0.8, "steel")
        .box((-90, 0), (-5, 5), (-1, 1), "steel")
    )
    return shape.box((-dice.between(85, 120), 0), (-11, 11), (-8, 8), dice.pick(("wood", "plastic")))


def scissors(dice: Dice) -> Shape:
    """Return scissors."""
    shape, length, grip = Shape(), dice.between(60, 120), dice.pick(("plastic", "plastic", "steel"))
    for side in (-1, 1):
        pose = turn("z", side * dice.between(2, 10))
        half = (
            Shape()
            .prism(((0, -5), (length, -1), (length, 1), (0, 6)), side * 0.2, side * 1.6, "steel")
            .box((-50, 0), (-4, 4), (-1.2, 1.2), "steel")
        )
        half.prism(band(arc((-68, side * 8), (22, 15), 0, 350, 14), 6), -4, 4, grip)
        shape.add(half, pose)
    return shape.disc(4, -3, 3, "steel")


def cutlery(dice: Dice) -> Shape:
    """Return forks and spoons."""
    shape = Shape()
    for index in range(dice.count(2, 8)):
        y = index * 18.0
        shape.box((0, 120), (y - 3, y + 3), (-0.9, 0.9), "steel")
        if dice.chance(0.5):
            shape.ellipsoid((26, 11, 1.4), "steel", 1, (143, y, 0))
        else:
            shape.box((118, 135), (y - 9, y + 9), (-0.9, 0.9), "steel")
            for tine in range(4):
                shape.box((135, 170), (y - 9 + tine * 5.2, y - 6.6 + tine * 5.2), (-0.9, 0.9), "steel")
    return shape


def pan(dice: Dice) -> Shape:
    """Return a pan or a pot."""
    radius, height, material = dice.between(55, 120), dice.between(35, 90), dice.pick(("aluminium", "steel"))
    wall = 2.2 if material == "aluminium" else 0.8
    shape = Shape().disc(radius, 0, wall * 1.3, material).ring(radius, radius - wall, wall, height, material)
    return shape.box(
        (radius, radius + dice.between(60, 160)), (-9, 9), (height - 14, height - 4), dice.pick(("plastic", "steel"))
    )


def can(dice: Dice) -> Shape:
    """Return a tin."""
    radius, length, material = dice.between(25, 48), dice.between(40, 170), dice.pick(("steel", "aluminium"))
    shape = (
        Shape()
        .tube(radius, radius - 0.25, 0, length, material)
        .rod(radius - 0.3, 0, length * dice.between(0.5, 1), dice.pick(("food", "food", "wood")))
    )
    return shape.rod(radius, -0.3, 0, material).rod(radius, length, length + 0.3, material)


def flask(dice: Dice) -> Shape:
    """Return a double-walled steel flask."""
    radius, length = dice.between(30, 45), dice.between(160, 280)
    shape = (
        Shape().tube(radius, radius - 0.6, 0, length, "steel").tube(radius - 4, radius - 4.6, 4, length - 10, "steel")
    )
    shape.rod(radius, -0.7, 0, "steel").rod(radius - 4, 3, 4, "steel").tube(
        radius * 0.8, radius * 0.72, length, length + 35, dice.pick(("plastic", "steel"))
    )
    return shape.rod(radius - 5, 4, length * dice.between(0.1, 0.9), "food") if dice.chance(0.4) else shape


def bottle(dice: Dice) -> Shape:
    """Return a glass or plastic bottle, more or less full."""
    radius, length, material = dice.between(18, 44), dice.between(80, 210), dice.pick(("glass", "polymer", "polymer"))
    wall = dice.between(2, 3.5) if material == "glass" else 0.7
    shape = Shape().tube(radius, radius - wall, 0, length, material).rod(radius, -wall, 0, material)
    shape.cone((radius, radius * 0.4), length, length + radius, material).cone(
        (radius - wall, radius * 0.4 - wall), length, length + radius, material, -1
    )
    shape.tube(radius * 0.4, radius * 0.4 - wall, length + radius, length + radius + 25, material)
    shape.rod(radius * 0.45, length + radius + 15, length + radius + 28, dice.pick(("plastic", "aluminium")))
    return shape.rod(radius - wall, 0, length * dice.between(0.1, 0.98), "food")


def book(dice: Dice) -> Shape:
    """Return books or a stack of paper."""
    shape, z = Shape(), 0.0
    for _ in range(dice.pick((1, 1, 2, 4))):
        thick, tilt = dice.between(5, 38), turn("z", dice.normal(6))
        shape.box((0, dice.between(120, 240)), (0, dice.between(90, 180)), (0, thick), "paper", 1, tilt, (0, 0, z))
        z += thick
    return shape


def inner_box(dice: Dice) -> Shape:
    """Return a small carton, blister or foam block."""
    length, width, height = dice.between(60, 220), dice.between(50, 160), dice.between(15, 80)
    shape = Shape().shell(
        (0, length), (0, width), (0, height), dice.between(0.6, 2), dice.pick(("paper", "board", "plastic"))
    )
    if dice.chance(0.5):
        shape.box((5, length - 5), (5, width - 5), (3, height * 0.8), dice.pick(("board", "textile")))
    return shape


def food(dice: Dice) -> Shape:
    """Return fruit, sweets or grain packs."""
    shape = Shape()
    for _ in range(dice.count(2, 9)):
        half = (dice.between(10, 45), dice.between(10, 36), dice.between(8, 30))
        at = (dice.normal(45), dice.normal(40), dice.between(0, 40))
        shape.ellipsoid(half, dice.pick(("food", "food", "wood", "polymer")), 1, at, turn("z", dice.between(0, 180)))
    return shape


def mug(dice: Dice) -> Shape:
    """Return crockery."""
    radius, height, material = dice.between(32, 60), dice.between(30, 100), dice.pick(("mineral", "ceramic", "glass"))
    shape = Shape().disc(radius, 0, 4, material).ring(radius, radius - 3.5, 0, height, material)
    handle = np.concatenate([arc((radius, 0), (22, height * 0.35), -90, 90, 10), np.zeros((10, 1))], axis=1)
    return shape.wire(handle @ turn("x", 90).T + (0, 0, height / 2), 4, material)


def bicycle_pump(dice: Dice) -> Shape:
    """Return a hand pump: a long tube with a rod and a handle."""
    length = dice.between(180, 360)
    shape = (
        Shape()
        .tube(13, 11.8, 0, length, dice.pick(("aluminium", "plastic")))
        .rod(4, -60, length * 0.7, "steel")
        .pillar(9, -45, 45, "plastic", 1, -60)
    )
    return (
        shape.rod(11.8, length * 0.66, length * 0.7, "rubber")
        .wire(helix(60, 5, 10, length * 0.05), 0.8, "steel")
        .rod(7, length, length + 22, "brass")
    )


def dumbbell(dice: Dice) -> Shape:
    """Return a dumbbell or small weights."""
    radius = dice.between(16, 28)
    return Shape().rod(9, 0, 125, "steel").rod(radius, -16, 0, "steel").rod(radius, 125, 141, "steel")
