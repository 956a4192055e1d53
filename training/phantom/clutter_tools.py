"""Harmless tools, machine parts and hardware."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, ALONG_Y, IDENTITY, Shape, arc, band, helix, rounded, turn

PIPE_METALS = ("steel", "steel", "copper", "brass", "aluminium", "pvc")


def pipe(dice: Dice) -> Shape:
    """Return a pipe with or without couplings and a branch."""
    shape, outer, material = Shape(), dice.between(6, 24), dice.pick(PIPE_METALS)
    length, wall = dice.between(50, 420), dice.between(0.8, 3)
    shape.tube(outer, outer - wall, 0, length, material)
    for start in (0.0, length - 22):
        if dice.chance(0.35):
            shape.tube(outer * 1.25, outer, start, start + dice.between(12, 28), material)
    if dice.chance(0.25):
        shape.pillar(outer, 0, dice.between(20, 60), material, 1, length / 2)
        shape.pillar(outer - wall, 0, 60, material, -1, length / 2)
    return shape


def rod(dice: Dice) -> Shape:
    """Return plain or threaded bars."""
    shape = Shape()
    for index in range(dice.count(1, 3)):
        shape.rod(
            dice.between(1.5, 8), 0, dice.between(60, 380), dice.pick(("steel", "aluminium", "wood")), 1, index * 20
        )
    return shape


def drill_bits(dice: Dice) -> Shape:
    """Return a row of bits of growing size, loose or in a plastic case."""
    shape, count = Shape(), dice.count(3, 12)
    for index in range(count):
        radius, length = 0.6 + index * 0.45, 38 + index * 9
        twist = helix(length * 0.65, radius * 0.8, 5, length * 0.35)
        shape.rod(radius * 0.75, 0, length, "steel", 1, index * 13.0).wire(
            twist + (0, index * 13.0, 0), radius * 0.3, "steel"
        )
    if dice.chance(0.5):
        shape.shell((-8, 50 + count * 9), (-10, count * 13 + 4), (-9, 9), 1.5, "plastic")
    return shape


def socket_set(dice: Dice) -> Shape:
    """Return sockets in rows with their ratchet, in a case or loose."""
    shape, columns = Shape(), dice.count(4, 10)
    for index in range(dice.count(5, 20)):
        outer, height = 5.5 + 0.5 * index + dice.between(0, 2), dice.between(22, 38)
        x, y = (index % columns) * 31.0, (index // columns) * 36.0
        pose = ALONG_Y if dice.chance(0.4) else IDENTITY
        for sign, radius, low, high in (
            (1, outer, 0.0, height),
            (-1, outer * 0.7, height * 0.45, height),
            (-1, 4, 0.0, 10),
        ):
            shape.frustum((radius, radius), low, high, "steel", sign, pose, (x, y, 0))
    if dice.chance(0.7):
        shape.add(ratchet(dice), offset=(0, -50, 0))
    if dice.chance(0.5):
        shape.shell((-25, columns * 31), (-75, 75), (-18, 42), 2, "plastic")
    return shape


def ratchet(dice: Dice) -> Shape:
    """Return a ratchet handle."""
    length = dice.between(110, 240)
    shape = Shape().cone((5, 7), 0, length, "steel").disc(16, -9, 9, "steel", 1, length + 8)
    shape.disc(11, -5, 5, "steel", -1, length + 8).box((length + 3, length + 13), (-5, 5), (9, 20), "steel")
    return shape.rod(9, -dice.between(10, 40), dice.between(40, 70), dice.pick(("steel", "rubber")))


def wrench(dice: Dice) -> Shape:
    """Return combination, open or adjustable wrenches, one or a set."""
    shape = Shape()
    for index in range(dice.pick((1, 1, 1, 3, 6))):
        length = dice.between(90, 290) * (1 - 0.08 * index)
        half, thick, y = length * 0.045, length * 0.014 + 1, index * length * 0.22
        shape.box((0, length), (y - half, y + half), (-thick, thick), "steel")
        shape.box((length * 0.15, length * 0.85), (y - half * 0.5, y + half * 0.5), (thick * 0.5, thick), "steel", -1)
        head = half * dice.between(2.0, 2.8)
        shape.disc(head, -thick * 1.2, thick * 1.2, "steel", 1, length + head * 0.7, y)
        shape.disc(head * 0.62, -thick * 1.2, thick * 1.2, "steel", -1, length + head * 0.7, y)
        jaw = np.concatenate(
            [
                arc((-head * 0.6, y), (head, head), 25, 335, 12),
                arc((-head * 0.5, y), (head * 0.5, head * 0.5), 320, 40, 6),
            ]
        )
        shape.prism(jaw, -thick * 1.3, thick * 1.3, "steel")
    return shape


def pliers(dice: Dice) -> Shape:
    """Return pliers with sleeved handles."""
    shape, length = Shape(), dice.between(80, 140)
    for side in (-1, 1):
        path = np.array(((6, 3 * side), (-length * 0.4, 14 * side), (-length, dice.between(10, 22) * side)))
        shape.prism(band(path, 8), -3.5, 3.5, "steel").prism(band(path[1:], 12), -6, 6, "plastic")
    nose = dice.between(25, 70)
    return shape.prism(((-6, -10), (10, -12), (nose, -3), (nose, 3), (10, 12), (-6, 10)), -4.5, 4.5, "steel").disc(
        6, -6, 6, "steel"
    )


def hammer(dice: Dice) -> Shape:
    """Return a hammer."""
    shape, length = Shape(), dice.between(180, 300)
    shape.cone((dice.between(11, 15), 9), 0, length, dice.pick(("wood", "rubber", "steel")))
    shape.pillar(12, 10, 48, "steel", 1, length).box((length - 11, length + 11), (-14, 12), (-11, 11), "steel")
    return shape.prism(((length - 10, -12), (length + 10, -12), (length + 3, -52), (length - 3, -52)), -9, 9, "steel")


def screwdriver(dice: Dice) -> Shape:
    """Return one to six screwdrivers."""
    shape = Shape()
    for index in range(dice.pick((1, 1, 2, 4, 6))):
        y, blade, radius = index * 32.0, dice.between(50, 180), dice.between(2, 3.8)
        shape.rod(radius, -40, blade, "steel", 1, y).cone((radius * 1.5, radius * 0.5), blade - 8, blade, "steel", 1, y)
        shape.cone((dice.between(10, 16), 9), -dice.between(80, 110), 0, "plastic", 1, y)
    return shape


def saw(dice: Dice) -> Shape:
    """Return a hand saw or a hack saw."""
    length = dice.between(220, 380)
    if dice.chance(0.5):
        shape = Shape().prism(((0, 0), (length, 40), (length, 60), (0, 110)), -0.6, 0.6, "steel")
        return shape.hollow_prism(rounded((-95, 10), (0, 110), 25), -10, 10, 22, dice.pick(("wood", "plastic")))
    frame = np.array(((0, 0), (0, 75), (length, 75), (length, 0)))
    return (
        Shape()
        .prism(band(frame, 9), -4, 4, "steel")
        .box((0, length), (-6, 6), (-0.4, 0.4), "steel")
        .box((-85, 0), (-20, 90), (-13, 13), "plastic")
    )


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
        radius, length = dice.between(4, 24), dice.between(30, 180)
        coil = helix(length, radius, dice.between(6, 20)) + (0, index * 45.0, 0)
        shape.wire(coil, min(dice.between(0.6, 3.2), radius * 0.3), "steel")
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


def padlock(dice: Dice) -> Shape:
    """Return a padlock, alone or with keys."""
    material = dice.pick(("brass", "steel", "zinc"))
    shape = Shape().box((-20, 20), (-32, 0), (-8, 8), material).box((-16, 16), (-28, -4), (-5, 5), material, -1)
    shape.rod(5, -12, 12, "brass", 1, -16).prism(
        band(arc((0, 0), (14, dice.between(18, 34)), 0, 180, 11), 6), -3, 3, "steel"
    )
    return shape.add(keys(dice), offset=(55, 0, 0)) if dice.chance(0.4) else shape


def keys(dice: Dice) -> Shape:
    """Return a bunch of keys on a ring."""
    shape = Shape().prism(band(arc((0, 0), (13, 13), 0, 340, 14), 1.6), -1, 1, "steel")
    for _ in range(dice.count(2, 6)):
        one = (
            Shape()
            .disc(10, -1, 1, "brass")
            .disc(3, -1, 1, "brass", -1)
            .box((9, dice.between(28, 40)), (-4, 4), (-1, 1), "brass")
        )
        shape.add(
            one,
            turn("z", dice.between(0, 360)) @ turn("x", dice.normal(20)),
            (dice.normal(6), dice.normal(6), dice.normal(3)),
        )
    return shape


def power_drill(dice: Dice) -> Shape:
    """Return a cordless drill with its battery."""
    body = dice.between(130, 170)
    shape = (
        Shape()
        .tube(28, 25.5, 0, body, "plastic")
        .tube(19, 17, 5, 62, "steel")
        .rod(10, 8, 58, "ferrite")
        .tube(15, 11, 12, 52, "copper")
    )
    shape.tube(21, 12, 72, body - 20, "steel").cone((17, 9), body, body + 45, "steel").rod(
        4, body, body + 45, "steel", -1
    )
    handle = ((12, -20), (58, -20), (42, -150), (-6, -150))
    shape.hollow_prism(handle, -17, 17, 2.5, "plastic").box((40, 52), (-60, -30), (-7, 7), "plastic").box(
        (26, 38), (-58, -32), (-6, 6), "copper"
    )
    shape.shell((-20, 70), (-200, -150), (-30, 30), 2, "plastic")
    for index in range(5):
        shape.frustum((9, 9), -27, 27, "cell", 1, IDENTITY, (-8 + index * 17, -175, 0))
    return shape


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
    return shape


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
