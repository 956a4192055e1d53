"""Harmless machine and car parts."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, ALONG_Y, Shape, arc, helix, rounded, turn

PIPE_METALS = ("steel", "steel", "copper", "brass", "aluminium", "pvc")


def fasteners(dice: Dice) -> Shape:
    """Return a handful of bolts, nuts and washers, loose, bagged or boxed."""
    shape = Shape()
    for _ in range(dice.count(6, 28)):
        length, width = dice.between(10, 60), dice.between(2.5, 9)
        pose = turn("z", dice.between(0, 360)) @ turn("y", dice.between(60, 120))
        at = (dice.normal(26), dice.normal(26), dice.between(0, 18))
        if dice.chance(0.7):
            shape.frustum((width / 2, width / 2), 0, length, "steel", 1, pose, at)
            shape.frustum((width, width), -width * 0.6, 0, "steel", 1, pose, at)
        else:
            shape.frustum((width, width), 0, width * 0.7, "steel", 1, pose, at)
            shape.frustum((width / 2, width / 2), 0, width * 0.7, "steel", -1, pose, at)
    return shape


def gear(dice: Dice) -> Shape:
    """Return a gear or a sprocket."""
    radius, teeth, thick = dice.between(15, 70), dice.count(12, 40), dice.between(4, 22)
    angle = np.arange(4 * teeth) * np.pi / (2 * teeth)
    reach = np.where(np.arange(4 * teeth) % 4 < 2, radius, radius * dice.between(0.84, 0.93))
    material = dice.pick(("steel", "steel", "brass", "polymer"))
    shape = Shape().prism(np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1), 0, thick, material)
    shape.disc(radius * dice.between(0.15, 0.4), 0, thick, material, -1)
    if dice.chance(0.5):
        for index in range(5):
            shape.disc(
                radius * 0.13,
                0,
                thick,
                material,
                -1,
                0.62 * radius * np.cos(index * 1.257),
                0.62 * radius * np.sin(index * 1.257),
            )
    if dice.chance(0.4):
        shape.disc(dice.between(3, 7), -dice.between(10, 60), dice.between(20, 70), "steel")
    return shape


def bracket(dice: Dice) -> Shape:
    """Return angle brackets and hinges of sheet metal with holes."""
    shape, material = Shape(), dice.pick(("steel", "aluminium"))
    length, rise, width, thick = (
        dice.between(40, 170),
        dice.between(25, 120),
        dice.between(15, 50),
        dice.between(1.2, 4),
    )
    shape.box((0, length), (0, thick), (0, width), material).box((0, thick), (thick, rise), (0, width), material)
    for _ in range(dice.count(1, 5)):
        shape.frustum(
            (3, 3), 0, thick, material, -1, ALONG_Y, (dice.between(10, length - 5), 0, dice.between(5, width - 5))
        )
    if dice.chance(0.5):
        shape.prism(
            ((thick, thick), (min(length, rise) * 0.6, thick), (thick, min(length, rise) * 0.6)),
            width * 0.4,
            width * 0.5,
            material,
        )
    return shape


def hinge(dice: Dice) -> Shape:
    """Return a door hinge or a hasp."""
    shape, length, half = Shape(), dice.between(40, 110), dice.between(15, 40)
    for side in (-1, 1):
        shape.box((0, length), tuple(sorted((side * 2, side * half))), (-1, 1), "steel")  # type: ignore[arg-type]
        for share in (0.15, 0.5, 0.85):
            shape.disc(2.8, -1, 1, "steel", -1, length * share, side * half * 0.6)
    return shape.tube(4, 2.5, 0, length, "steel").rod(2.2, 0, length, "steel")


def plate(dice: Dice) -> Shape:
    """Return flat plates with holes and slots."""
    shape, material = Shape(), dice.pick(("steel", "aluminium", "aluminium", "brass", "copper", "polymer"))
    length, width, thick = dice.between(40, 220), dice.between(30, 140), dice.between(0.8, 6)
    shape.prism(rounded((0, length), (0, width), dice.between(1, 12)), 0, thick, material)
    for _ in range(dice.count(1, 7)):
        shape.disc(
            dice.between(1.5, min(9, width * 0.18)),
            0,
            thick,
            material,
            -1,
            dice.between(12, length - 12),
            dice.between(12, width - 12),
        )
    return shape


def machined(dice: Dice) -> Shape:
    """Return a milled block: an engine bracket, a pump body, a valve block."""
    material = dice.pick(("aluminium", "aluminium", "steel", "zinc", "brass"))
    length, width, height = dice.between(40, 180), dice.between(25, 80), dice.between(16, 48)
    shape = Shape().prism(rounded((0, length), (0, width), dice.between(1, 10)), 0, height, material)
    pockets = dice.count(1, 3)
    for index in range(pockets):
        start = 6 + index * (length - 6) / pockets
        stop = start + (length - 6) / pockets - 6
        shape.box((start, stop), (5, width - 5), (dice.between(3, 8), height), material, -1)
    for x in (4.0, length - 4):
        shape.disc(2, 0, height, material, -1, x, 4).disc(2, 0, height, material, -1, x, width - 4)
    if dice.chance(0.6):
        shape.tube(dice.between(8, 14), 6, length, length + dice.between(10, 50), material, width / 2, height / 2)
    return shape


def spring(dice: Dice) -> Shape:
    """Return coil springs."""
    shape = Shape()
    for index in range(dice.pick((1, 1, 2, 4))):
        radius, length = dice.between(3, 15), dice.between(20, 120)
        coil = helix(length, radius, dice.between(6, 20)) + np.array((0, index * 45.0, 0))
        shape.wire(coil, min(dice.between(0.4, 1.8), radius * 0.15), "steel")
    return shape


def motor(dice: Dice) -> Shape:
    """Return an electric motor with its stack, winding and shaft."""
    radius, length = dice.between(14, 38), dice.between(30, 95)
    shape = (
        Shape().tube(radius, radius - 1.5, 0, length, "steel").tube(radius - 2, radius * 0.75, 6, length - 8, "ferrite")
    )
    shape.rod(radius * 0.55, length * 0.25, length * 0.7, "steel").rod(
        radius * 0.12, -12, length + dice.between(10, 35), "steel"
    )
    for start in (0.15, 0.72):
        shape.tube(radius * 0.5, radius * 0.2, length * start, length * (start + 0.1), "copper")
    return shape.tube(radius, radius * 0.3, 0, 2, "steel").tube(radius, radius * 0.3, length - 2, length, "steel")


def valve(dice: Dice) -> Shape:
    """Return a ball valve or a tap."""
    size = dice.between(0.7, 1.5)
    shape = (
        Shape()
        .tube(14, 9.5, 0, 80, "brass")
        .ellipsoid((18, 17, 17), "brass", 1, (40, 0, 0))
        .ellipsoid((13, 12, 12), "brass", -1, (40, 0, 0))
    )
    shape.ellipsoid((11, 10, 10), "steel", 1, (40, 0, 0)).pillar(6, 14, 44, "brass", 1, 40)
    shape.box((20, 120), (44, 47), (-8, 8), "steel").tube(17, 14, 0, 12, "brass").tube(17, 14, 68, 80, "brass")
    return Shape().add(shape, scale=size)


def shock_absorber(dice: Dice) -> Shape:
    """Return a damper with its coil."""
    shape, length = Shape(), dice.between(120, 180)
    shape.tube(18, 15.5, 0, length, "steel").rod(5.5, 60, length + 130, "steel").wire(
        helix(length, 28, 7, 90), 3.6, "steel"
    )
    return shape.ring(14, 7, -6, 6, "steel", -14).ring(14, 7, -6, 6, "steel", length + 142)


def bearing(dice: Dice) -> Shape:
    """Return ball bearings."""
    shape = Shape()
    for index in range(dice.pick((1, 1, 2, 4))):
        radius, x = dice.between(12, 40), index * 75.0
        height = radius * dice.between(0.3, 0.6)
        shape.ring(radius, radius * 0.84, 0, height, "steel", x).ring(
            radius * 0.55, radius * 0.4, 0, height, "steel", x
        )
        for ball in range(9):
            at = (x + radius * 0.69 * np.cos(ball * 0.698), radius * 0.69 * np.sin(ball * 0.698), height / 2)
            shape.ellipsoid((radius * 0.13,) * 3, "steel", 1, at)
    return shape


def spark_plug(dice: Dice) -> Shape:
    """Return spark plugs, one or a set."""
    shape = Shape()
    for index in range(dice.pick((1, 2, 4))):
        y = index * 30.0
        shape.rod(5, 0, 50, "ceramic", 1, y).rod(1.3, 0, 82, "steel", 1, y).rod(11, 28, 38, "steel", 1, y).tube(
            7, 5, 38, 62, "steel", y
        )
        shape.box((62, 68), (y + 4, y + 7), (-1, 1), "steel")
    return Shape().add(shape, scale=dice.between(0.8, 1.2))


def brake_disc(dice: Dice) -> Shape:
    """Return a brake disc or a flange with bolt holes."""
    radius, thick = dice.between(55, 110), dice.between(4, 9)
    shape = Shape().ring(radius, radius * 0.45, 0, thick, "steel").disc(radius * 0.5, thick, thick + 4, "steel")
    for index in range(5):
        shape.disc(
            5,
            thick,
            thick + 4,
            "steel",
            -1,
            radius * 0.35 * np.cos(index * 1.257),
            radius * 0.35 * np.sin(index * 1.257),
        )
    return shape.disc(radius * 0.18, thick, thick + 4, "steel", -1)


def chain(dice: Dice) -> Shape:
    """Return a coiled chain."""
    shape, links = Shape(), dice.count(14, 40)
    turns = np.linspace(0, dice.between(2, 5) * np.pi, links)
    for index, angle in enumerate(turns):
        reach = 22 + 3.4 * angle
        oval = np.concatenate([arc((0, 0), (7, 4.5), 0, 360, 9)])
        points = np.concatenate([oval, np.zeros((9, 1))], axis=1) @ turn("x", 90.0 * (index % 2)).T
        shape.wire(
            points @ turn("z", np.rad2deg(angle) + 90).T + (reach * np.cos(angle), reach * np.sin(angle), 2.0),
            1.3,
            "steel",
        )
    return shape


def car_part(dice: Dice) -> Shape:
    """Return a pump, alternator or starter: a ribbed casting with a shaft and a pulley."""
    radius, length = dice.between(25, 48), dice.between(60, 120)
    shape = (
        Shape()
        .tube(radius, radius - 5, 0, length, "aluminium")
        .rod(radius * 0.5, 12, length - 12, "steel")
        .tube(radius * 0.75, radius * 0.55, 16, length - 16, "copper")
    )
    for index in range(dice.count(3, 7)):
        start = 6 + index * (length - 12) / 7
        shape.tube(radius + 4, radius, start, start + 3, "aluminium")
    shape.rod(7, length, length + 30, "steel").tube(radius * 0.7, 8, length + 8, length + 26, "steel")
    for side in (-1, 1):
        shape.box((10, 28), tuple(sorted((side * radius, side * (radius + 24)))), (-9, 9), "aluminium")  # type: ignore[arg-type]
    return shape


def cylinder_head(dice: Dice) -> Shape:
    """Return a small engine's cylinder with cooling fins."""
    radius, fins = dice.between(22, 40), dice.count(6, 14)
    shape = (
        Shape()
        .tube(radius, radius - 4, 0, fins * 9.0, "aluminium")
        .tube(radius - 4, radius - 6, 0, fins * 9.0, "steel")
    )
    for index in range(fins):
        shape.prism(
            rounded((-radius - 16, radius + 16), (-radius - 16, radius + 16), 10),
            index * 9.0,
            index * 9.0 + 2,
            "aluminium",
            1,
            ALONG_X,
        )
        shape.rod(radius, index * 9.0, index * 9.0 + 2, "aluminium", -1)
    return shape
