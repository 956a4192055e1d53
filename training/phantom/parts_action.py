"""Outer shapes of what moves inside a firearm: bolts and their carriers, and trigger groups."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import Shape, arc, band, helix, rounded, turn


def bolt(dice: Dice) -> Shape:
    """Return a turning bolt with its handle, a carrier with its bolt, or a plain block with springs."""
    look = dice.pick(("turning", "carrier", "block"), (0.4, 0.4, 0.2))
    if look == "turning":
        return _turning(dice)
    return _carrier(dice) if look == "carrier" else _block(dice)


def _turning(dice: Dice) -> Shape:
    """A slim bored rod with lugs in front, a handle with a knob, and a shroud at the back."""
    length, radius = dice.between(80, 180), dice.between(5.5, 8.5)
    pin, shape = radius * dice.between(0.45, 0.62), Shape()
    shape.rod(radius, 0, length, "steel").rod(pin, 2, length - 8, "steel", -1)
    shape.rod(1.4, -6, length - 4, "steel").wire(helix(length * 0.5, pin * 0.75, 14, length * 0.3), 0.45, "steel")
    front = length - dice.between(9, 15)
    for side in (-1, 1):
        low, high = sorted((side * radius * 0.9, side * radius * dice.between(1.3, 1.55)))
        shape.box((front, front + dice.between(6, 9)), (low, high), (-3, 3), "steel")
    if dice.chance(0.5):  # the long claw of the extractor with its ring
        shape.box((length * 0.35, length), (radius, radius + 1.6), (-2.5, 2.5), "steel")
        shape.tube(radius + 1.5, radius, length * 0.55, length * 0.55 + 8, "steel")
    _handle(dice, shape, dice.between(4, length * 0.3), radius)
    if dice.chance(0.75):
        back = dice.between(16, 38)
        shape.cone((radius * 0.7, radius * 1.15), -back, 0, "steel").rod(pin, -back + 4, 0, "steel", -1)
        if dice.chance(0.4):
            shape.box((-back * 0.6, -back * 0.4), (radius, radius + dice.between(5, 12)), (-1.2, 1.2), "steel")
    return shape


def _handle(dice: Dice, shape: Shape, root: float, radius: float) -> None:
    """The lever: straight or bent down, ending in a ball, a pear or a hollow knob."""
    reach, lean = dice.between(24, 48), turn("z", dice.between(-28, 28)) @ turn("x", dice.between(60, 120))
    shape.tube(radius * 1.25, radius, root - 6, root + 6, "steel")
    shape.frustum((3.6, 3.0), radius, reach, "steel", 1, lean, (root, 0, 0))
    knob, end = dice.between(5.5, 8.5), lean @ np.array((0, 0, reach)) + np.array((root, 0, 0))
    half = (knob, knob, knob * dice.between(1.0, 1.5))
    material = dice.pick(("steel", "aluminium", "polymer"), (0.6, 0.2, 0.2))
    shape.ellipsoid(half, material, 1, end, lean)
    if dice.chance(0.6):
        shape.ellipsoid((knob * 0.55, knob * 0.55, knob * 0.6), material, -1, end, lean)


def _carrier(dice: Dice) -> Shape:
    """A long bored body with cut-outs, the bolt's head before it, a key or piston above, a tail behind."""
    length, radius = dice.between(105, 200), dice.between(9, 12.5)
    inner, shape = radius * dice.between(0.62, 0.78), Shape()
    cut = length * dice.between(0.4, 0.6)
    shape.tube(radius, inner, cut, length, "steel").tube(radius, inner * 0.9, 0, cut * 0.45, "steel")
    for side in (-1, 1):
        edge = sorted((side * radius * 0.95, side * (radius * 0.95 - 2.2)))
        shape.box((cut * 0.4, cut * 1.05), (-radius * 0.7, radius * 0.5), (edge[0], edge[1]), "steel")
    shape.box((cut * 0.4, cut * 1.05), (radius * 0.5, radius * 0.5 + 2), (-radius * 0.7, radius * 0.7), "steel")
    _head(dice, shape, length, inner)
    shape.rod(1.5, length * 0.1, length + 12, "steel")
    if dice.chance(0.6):
        at = length * dice.between(0.5, 0.7)
        shape.tube(4, 2.6, at, length + dice.between(0, 24), "steel", radius + 4.5)
        shape.box((at, at + 26), (radius * 0.9, radius + 2), (-4, 4), "steel")
    elif dice.chance(0.6):
        rod = dice.between(90, 190)
        shape.rod(3.6, length * 0.7, length * 0.7 + rod, "steel", 1, radius + 6)
        shape.box((length * 0.7, length), (radius * 0.8, radius + 3), (-3.2, 3.2), "steel")
        if dice.chance(0.5):
            shape.wire(helix(rod * 0.7, 5.5, 20, -rod * 0.6), 0.7, "steel")
    for index in range(dice.count(0, 5)):
        x = length * 0.55 + index * 7
        shape.disc(1.6, -radius * 0.98, -inner * 0.7, "steel", -1, x, -radius * 0.3)
    return shape


def _head(dice: Dice, shape: Shape, length: float, inner: float) -> None:
    out, radius = dice.between(10, 24), inner * 0.92
    shape.tube(radius, radius * 0.4, length - 30, length + out, "steel")
    for index in range(dice.pick((2, 3, 6))):
        pose = turn("x", 60.0 * index)
        shape.box((length + out - 7, length + out), (radius, radius + 2.2), (-1.6, 1.6), "steel", 1, pose)


def _block(dice: Dice) -> Shape:
    """A hollow block with a claw, a cross handle and its spring or springs behind."""
    length, tall, wide = dice.between(70, 150), dice.between(16, 30), dice.between(12, 24)
    shape, wall = Shape(), dice.between(1.6, 3)
    shape.hollow_prism(rounded((0, length), (0, tall), 3), -wide / 2, wide / 2, wall, "steel")
    shape.box((length * 0.55, length - 3), (tall * 0.3, tall - 3), (-2.5, 2.5), "steel")
    shape.rod(1.5, 6, length + 2, "steel", 1, tall * 0.6)
    for index in range(dice.count(0, 6)):
        at = 5 + 5 * index
        shape.box((at, at + 2), (tall * 0.1, tall * 0.9), (wide / 2 - wall * 0.6, wide / 2), "steel", -1)
    reach = dice.between(50, 140)
    for side in (-1, 1) if dice.chance(0.4) else (0,):
        shape.wire(
            helix(reach, 3.6, dice.count(14, 24), -reach) + np.array((0, tall / 2, side * wide * 0.25)), 0.7, "steel"
        )
        shape.rod(1.5, -reach * dice.between(0.6, 1.05), 10, "steel", 1, tall / 2, side * wide * 0.25)
    if dice.chance(0.6):
        x = length * dice.between(0.3, 0.8)
        shape.disc(3, wide / 2, wide / 2 + dice.between(15, 32), "steel", 1, x, tall * 0.7)
    return shape


def trigger_group(dice: Dice) -> Shape:
    """Return the levers, springs and pins round a trigger: in a housing, in a guard, or strewn as loose pieces."""
    if dice.chance(0.22):
        return _strewn(dice)
    length, height, width = dice.between(42, 98), dice.between(14, 27), dice.between(8, 17)
    shape = Shape()
    housing = dice.pick(("steel", "aluminium", "polymer", "none"), (0.4, 0.28, 0.2, 0.12))
    if housing != "none":
        _housing(dice, shape, (length, height, width), housing)
    trigger, hammer = length * dice.between(0.3, 0.5), length * dice.between(0.68, 0.92)
    _lever(dice, shape, trigger, height)
    _hammer(dice, shape, hammer, height)
    top = height * 0.62
    sear = (
        (trigger, height * 0.3),
        (hammer - 6, height * 0.35),
        (hammer - 4, top),
        (hammer - 8, top),
        (trigger + 4, top),
    )
    shape.prism(sear, -1.8, 1.8, "steel")
    bar = height * dice.between(0.6, 0.9)
    shape.box((length * 0.05, hammer), (bar, bar + 3), (width / 2 - 2.6, width / 2 - 1), "steel")
    for x in (trigger, hammer, length * 0.12, length * 0.58):
        reach = width / 2 + dice.between(0, 2)
        shape.disc(dice.between(1.3, 2.3), -reach, reach, "steel", 1, x, height * dice.between(0.3, 0.55))
    for x in (trigger + 4, hammer, length * 0.2)[: dice.count(1, 3)]:
        _spring(dice, shape, x, height)
    if dice.chance(0.4):
        _loop(dice, shape, trigger + 8, housing if housing != "none" else "steel")
    return shape


def _housing(dice: Dice, shape: Shape, size: tuple[float, float, float], material: str) -> None:
    length, height, width = size
    wall = dice.between(0.9, 1.6) if material == "steel" else dice.between(1.6, 3)
    low, high = (dice.between(0, 5), dice.between(0, 4)), height * dice.rng.uniform(0.6, 1.0, 2)
    lower = ((0, low[0]), (length * 0.4, 0), (length, low[1]))
    outline = np.array((*lower, (length, high[0]), (length * 0.6, height), (0, high[1])))
    for side in (-1, 1):
        faces = sorted((side * width / 2, side * (width / 2 - wall)))
        shape.prism(outline, faces[0], faces[1], material)
        for _ in range(dice.count(0, 2)):
            hole = (dice.between(0.15, 0.85) * length, height * dice.between(0.35, 0.5))
            shape.disc(dice.between(1.5, height * 0.2), faces[0], faces[1], material, -1, *hole)
    shape.box((length * 0.55, length), (3, 3 + wall), (-width / 2 + wall, width / 2 - wall), material)


def _lever(dice: Dice, shape: Shape, x: float, height: float) -> None:
    reach, half = dice.between(16, 27), dice.between(2, 4)
    curve = arc((x + 20, -reach * 0.45), (20, reach * dice.between(0.9, 1.2)), 125, 215, 9)
    material = dice.pick(("steel", "aluminium", "polymer"), (0.65, 0.2, 0.15))
    shape.prism(band(curve, dice.between(3.5, 5.5)), -half, half, material)
    shape.disc(dice.between(4, 6), -half * 0.8, half * 0.8, material, 1, x + 2, height * 0.3)


def _hammer(dice: Dice, shape: Shape, x: float, height: float) -> None:
    """A hook that stands up, cocked back, or lies forward."""
    tall, half = height * 0.4 + dice.between(14, 28), dice.between(2, 3.4)
    form = np.array(
        ((-5, -3), (5, -4), (8, tall * 0.5), (11, tall * 0.9), (3, tall), (-2, tall * 0.85), (-3, tall * 0.3))
    )
    pose = turn("z", dice.between(-70, 40))
    shape.prism(form, -half, half, "steel", 1, pose, (x, height * 0.4, 0))
    if dice.chance(0.5):
        shape.disc(2.2, -half, half, "steel", -1, x, height * 0.4)


def _spring(dice: Dice, shape: Shape, x: float, height: float) -> None:
    """A coil pushed between two levers, or a coil round a pin with two legs."""
    if dice.chance(0.5):
        coil = (
            helix(dice.between(12, 30), dice.between(1.8, 3.8), dice.count(6, 11)) @ turn("z", dice.between(20, 160)).T
        )
    else:
        coil = helix(dice.between(5, 9), dice.between(3, 4.5), 4) @ turn("y", 90).T
        ends = np.array((coil[0] + (-16, dice.between(-8, 4), 0), coil[-1] + (14, dice.between(-6, 6), 0)))
        coil = np.concatenate([ends[:1], coil, ends[1:]])
    shape.wire(coil + np.array((x, height * 0.4, 0)), dice.between(0.45, 0.8), "steel")


def _loop(dice: Dice, shape: Shape, x: float, material: str) -> None:
    loop = arc((x, 0), (dice.between(20, 30), dice.between(22, 33)), 182, 358, 13)
    shape.prism(band(loop, dice.between(2, 3.5)), -3, 3, material)


def _strewn(dice: Dice) -> Shape:
    """The same pieces lying beside each other, as they do in a bag of spare parts."""
    shape = Shape()
    for index in range(dice.count(5, 11)):
        piece = Shape()
        look = (
            dice.pick(("lever", "hammer", "spring", "pin", "bar"), (0.2, 0.2, 0.28, 0.2, 0.12))
            if index > 1
            else "lever"
        )
        if look == "lever":
            _lever(dice, piece, 0, 8)
        elif look == "hammer":
            _hammer(dice, piece, 0, 8)
        elif look == "spring":
            _spring(dice, piece, 0, 0)
        elif look == "pin":
            piece.rod(dice.between(1.2, 2.4), 0, dice.between(8, 26), "steel")
        else:
            piece.prism(((0, 0), (30, 2), (42, 9), (40, 12), (28, 6), (0, 5)), -0.8, 0.8, "steel")
        pose = turn("z", dice.between(0, 360)) @ turn("x", dice.pick((0.0, dice.between(-25, 25))))
        shape.add(piece, pose, (dice.normal(22), dice.normal(17), dice.between(-3, 3)))
    return shape
