"""Harmless household goods: kitchenware, bottles, books, food, shoes, toys, cosmetics."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.parts_whole import pistol, revolver
from training.phantom.solids import Shape, arc, band, helix, rounded, turn


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
            shape.wire(helix(18, 3, 6, length - 2) + (0, y, 0), 0.4, "steel").rod(1.2, 6, length, "plastic", 1, y)
    return shape


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
    return shape


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
    toy.wire(helix(40, 4, 8, 40) + (0, 8, 0), 0.5, "steel")
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
    return shape.wire(helix(length * 0.5, 3.5, 15, 10) + (0, 16, 0), 0.5, "steel").box(
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
            shape.wire(helix(22, 2, 8, length - 28) + (0, y, 0), 0.35, "steel").box(
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
        shape.wire(path + (index * 9, index * 6, index * 3), dice.between(1, 1.8), "steel")
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
    radius = dice.between(22, 36)
    return Shape().rod(11, 0, 125, "steel").rod(radius, -30, 0, "steel").rod(radius, 125, 155, "steel")


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
    return shape
