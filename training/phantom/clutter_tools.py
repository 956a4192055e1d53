"""Harmless tools and hardware."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_Y, IDENTITY, Shape, arc, band, helix, rounded, turn

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
        branch = dice.between(max(20.0, outer * 1.2), 60)
        shape.pillar(outer, outer * 0.9, branch, material, 1, length / 2)
        shape.pillar(outer - wall, outer * 0.9, branch, material, -1, length / 2)
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
            twist + np.array((0, index * 13.0, 0)), radius * 0.3, "steel"
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
    shape = Shape().cone((5, 7), 0, length, "steel").disc(16, -6, 6, "steel", 1, length + 8)
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
