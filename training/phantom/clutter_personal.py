"""Harmless personal goods: clothing, jewellery, cosmetics, toys, stationery."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.parts_handgun import pistol
from training.phantom.parts_revolver import revolver
from training.phantom.solids import Shape, arc, band, helix, rounded, turn


def cosmetics(dice: Dice) -> Shape:
    """Return tubes, jars, spray cans and lipsticks."""
    shape = Shape()
    for index in range(dice.count(2, 6)):
        y, radius, length = index * 42.0, dice.between(7, 18), dice.between(45, 130)
        material = dice.pick(("plastic", "aluminium", "glass", "steel"))
        shape.tube(radius, radius - (2.5 if material == "glass" else 0.5), 0, length, material, y)
        shape.rod(radius - 2.5, 2, length * 0.8, dice.pick(("food", "polymer", "mineral")), 1, y).cone(
            (radius, radius * 0.5), length, length + 22, "plastic", 1, y
        )
        if dice.chance(0.4):
            shape.wire(helix(18, 3, 6, length - 2) + np.array((0, y, 0)), 0.4, "steel").rod(
                1.2, 6, length, "plastic", 1, y
            )
    return shape


def shoe(dice: Dice) -> Shape:
    """Return a shoe, with or without shank and eyelets."""
    shape = (
        Shape()
        .ellipsoid((132, 44, 12), "rubber", 1, (0, 0, 6))
        .ellipsoid((102, 38, 46), "textile", 1, (-12, 0, 40))
        .ellipsoid((96, 34, 43), "textile", -1, (-12, 0, 40))
    )
    if dice.chance(0.5):
        shape.box((-70, 20), (-7, 7), (5, 6.2), "steel")
    if dice.chance(0.6):
        for index in range(5):
            for y in (-14, 14):
                shape.ring(3, 1.5, 78, 80, "brass", 5 + index * 13, y)
    if dice.chance(0.3):
        shape.box((-125, -70), (-28, 28), (-30, 5), "rubber")
    return shape


def umbrella(dice: Dice) -> Shape:
    """Return a folded umbrella."""
    length = dice.between(210, 330)
    shape = (
        Shape().tube(5, 4.2, 0, length, "steel").cone((18, 10), 20, length - 20, "textile").rod(14, -55, 0, "plastic")
    )
    for index in range(8):
        y, z = 8 * np.cos(index * 0.785), 8 * np.sin(index * 0.785)
        shape.wire(np.array(((20, y, z), (length * 0.6, 1.4 * y, 1.4 * z), (length, 0.5 * y, 0.5 * z))), 0.9, "steel")
    return shape.wire(helix(60, 5.5, 14, length * 0.3), 0.5, "steel")


def belt(dice: Dice) -> Shape:
    """Return a rolled leather belt with a buckle."""
    angle = np.linspace(0, dice.between(2.5, 5) * 2 * np.pi, 46)
    reach = 20 + 2.0 * angle
    path = np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)
    shape = Shape()
    for low in range(0, 40, 8):
        shape.prism(band(path[low : low + 9], 3), -17, 17, "rubber")
    end = path[-1]
    buckle = (
        Shape()
        .prism(rounded((-4, 4), (-20, 20), 2), -22, 22, "zinc")
        .prism(rounded((-4, 4), (-15, 15), 2), -17, 17, "zinc", -1)
    )
    return shape.add(buckle, offset=(end[0], end[1], 0))


def watch(dice: Dice) -> Shape:
    """Return a wrist watch."""
    shape = (
        Shape().ring(20, 17, 0, 9, "steel").disc(17, 0, 1.2, "steel").disc(17, 7.5, 9, "glass").disc(12, 2, 5, "brass")
    )
    strap = dice.pick(("steel", "rubber"))
    for index in range(12):
        for side in (-1, 1):
            x = side * (24 + index * 6)
            shape.box((x - 2.5, x + 2.5), (-9, 9), (2, 4), strap)
    return Shape().add(shape, scale=dice.between(0.75, 1.2))


def jewellery(dice: Dice) -> Shape:
    """Return chains, rings and coins."""
    shape = Shape()
    for _ in range(dice.count(2, 9)):
        x, y = dice.normal(25), dice.normal(25)
        if dice.chance(0.5):
            shape.disc(dice.between(8, 13), 0, dice.between(1.4, 2.2), dice.pick(("brass", "copper", "steel")), 1, x, y)
        else:
            shape.ring(10, 8.5, 0, dice.between(2, 5), dice.pick(("brass", "steel")), x, y)
    angle = np.linspace(0, 2 * np.pi, 50)
    wobble = 45 + 8 * np.sin(angle * dice.count(2, 5))
    return shape.wire(np.stack([wobble * np.cos(angle), 0.6 * wobble * np.sin(angle), 0 * angle], axis=1), 0.8, "brass")


def toy_car(dice: Dice) -> Shape:
    """Return a toy vehicle."""
    length = dice.between(60, 170)
    shape = Shape().shell(
        (0, length), (0, length * 0.45), (length * 0.08, length * 0.3), 1.8, dice.pick(("plastic", "zinc", "plastic"))
    )
    for x in (0.2, 0.8):
        shape.pillar(1.2, 0, length * 0.45, "steel", 1, x * length, length * 0.08)
        for y in (0.0, 0.4):
            shape.pillar(length * 0.1, y * length, (y + 0.06) * length, "rubber", 1, x * length, length * 0.08)
    return shape


def toy_blocks(dice: Dice) -> Shape:
    """Return plastic building bricks."""
    shape = Shape()
    for _ in range(dice.count(6, 22)):
        at = (dice.normal(40), dice.normal(40), dice.between(0, 30))
        brick = Shape().shell((0, dice.pick((16, 32, 48))), (0, 16), (0, 10), 1.5, "plastic")
        shape.add(brick, turn("z", dice.between(0, 360)) @ turn("x", dice.pick((0, 90, 180))), at)
    return shape


def toy_gun(dice: Dice) -> Shape:
    """Return a plastic toy in the outline of a handgun: harmless, and never labelled."""
    source = pistol(dice) if dice.chance(0.6) else revolver(dice)
    metals = ("steel", "aluminium", "zinc", "titanium", "brass", "lead", "polymer", "wood", "rubber", "copper")
    toy = source.recast(dict.fromkeys(metals, "plastic"))
    toy.wire(helix(40, 4, 8, 40) + np.array((0, 8, 0)), 0.5, "steel")
    for _ in range(dice.count(2, 6)):
        toy.disc(1.4, -8, 8, "steel", 1, dice.between(0, 90), dice.between(-40, 15))
    return Shape().add(toy, scale=dice.between(0.55, 0.95))


def stapler(dice: Dice) -> Shape:
    """Return a stapler or a paper punch."""
    length = dice.between(95, 165)
    shape = (
        Shape()
        .box((0, length), (0, 1.2), (-16, 16), "steel")
        .hollow_prism(((0, 14), (length, 10), (length, 24), (length * 0.2, 40), (0, 34)), -13, 13, 2, "plastic")
    )
    shape.shell((5, length), (12, 19), (-7, 7), 0.8, "steel")
    return shape.wire(helix(length * 0.5, 3.5, 15, 10) + np.array((0, 16, 0)), 0.5, "steel").box(
        (length * 0.6, length - 4), (13, 18), (-6, 6), "steel"
    )


def torch(dice: Dice) -> Shape:
    """Return a pocket torch."""
    radius, length = dice.between(10, 19), dice.between(80, 240)
    shape = (
        Shape()
        .tube(radius, radius - 1.6, 0, length, "aluminium")
        .tube(radius * 1.5, radius * 1.4, length, length + 32, "aluminium")
    )
    shape.rod(radius - 2.5, 14, length * 0.8, dice.pick(("cell", "zinc"))).wire(
        helix(12, radius * 0.5, 4), 0.7, "steel"
    )
    return shape.rod(radius * 1.4, length + 29, length + 32, "glass").cone(
        (3, radius * 1.35), length + 4, length + 26, "aluminium"
    )


def pens(dice: Dice) -> Shape:
    """Return pens and pencils."""
    shape = Shape()
    for index in range(dice.count(3, 9)):
        y, length = index * 11.0, dice.between(110, 150)
        shape.tube(4.5, 3.2, 0, length, "plastic", y).rod(1.2, 5, length + 6, "polymer", 1, y).cone(
            (2.5, 0.8), length, length + 12, "brass", 1, y
        )
        if dice.chance(0.6):
            shape.wire(helix(22, 2, 8, length - 28) + np.array((0, y, 0)), 0.35, "steel").box(
                (0, 38), (y + 4.5, y + 5.5), (-2, 2), "steel"
            )
    return shape


def hanger(dice: Dice) -> Shape:
    """Return wire or wooden coat hangers."""
    shape = Shape()
    for index in range(dice.count(1, 3)):
        path = np.array(
            ((0, 60, 0), (10, 48, 0), (0, 36, 0), (0, 20, 0), (-190, -60, 0), (190, -60, 0), (0, 20, 0)), float
        )
        shape.wire(path + np.array((index * 9, index * 6, index * 3)), dice.between(1, 1.8), "steel")
    return shape


def razor(dice: Dice) -> Shape:
    """Return razors and tweezers."""
    shape = (
        Shape()
        .rod(5, 0, dice.between(70, 100), dice.pick(("steel", "plastic")))
        .box((-6, 6), (-21, 21), (-4, 2), "plastic")
    )
    for x in (-3, 0, 3):
        shape.box((x, x + 0.6), (-19, 19), (-3, 1), "steel")
    return shape


def glasses(dice: Dice) -> Shape:
    """Return spectacles."""
    shape, frame_material = Shape(), dice.pick(("steel", "plastic"))
    for side in (-1, 1):
        rim = np.concatenate([arc((side * 33, 0), (25, 20), 0, 360, 18), np.zeros((18, 1))], axis=1)
        shape.wire(rim, 1.2, frame_material).ellipsoid((24, 19, 1.2), "polymer", 1, (side * 33, 0, 0))
        shape.wire(np.array(((side * 58, 5, 0), (side * 30, 8, -7), (-side * 60, 4, -9))), 1.4, frame_material)
    return Shape().add(shape, scale=dice.between(0.8, 1.15))
