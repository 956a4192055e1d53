"""Outer shapes of single firearm parts, as a screening picture shows them.

Every shape is a coarse silhouette with walls and holes drawn at random over a range wider than any real family of
parts, so that a detector learns the look and not a make. Nothing here has the dimensions, tolerances or inner workings
that a real part needs.
"""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, IDENTITY, Array, Shape, Vector, arc, band, helix, rounded, turn

HARD = ("steel", "steel", "steel", "zinc", "titanium")


def barrel(dice: Dice) -> Shape:
    """Return a thick-walled tube, plain or with a chamber block, a lug, a collar or a sight; pistol or long."""
    shape, short = Shape(), dice.chance(0.6)
    length = dice.between(70, 150) if short else dice.between(180, 520)
    outer = dice.between(6, 11)
    bore = dice.between(2.5, min(6.5, outer - 2.2))
    tip = outer * dice.between(0.75, 1.0)
    shape.cone((outer, max(tip, bore + 1.5)), 0, length, "steel").rod(bore, 0, length, "steel", -1)
    chamber, look = dice.between(14, 38), dice.pick(("block", "collar", "plain", "step"))
    if look == "block":
        half = outer * dice.between(1.1, 1.5)
        for low, high in ((0.35 * outer, half), (-half, -0.35 * outer)):
            shape.box((0, chamber), (low, high), (-half, half), "steel")
    elif look == "collar":
        shape.tube(outer * dice.between(1.2, 1.6), outer, 0, chamber, "steel")
    elif look == "step":
        shape.tube(outer * 1.3, outer, 0, length * dice.between(0.2, 0.5), "steel")
    if short and dice.chance(0.6):
        start = dice.between(4, 18)
        shape.box(
            (start, start + dice.between(10, 18)), (-outer - dice.between(4, 11), -0.8 * outer), (-3.5, 3.5), "steel"
        )
    if dice.chance(0.3):
        shape.box((length - 12, length - 4), (0.9 * tip, tip + dice.between(3, 9)), (-1.5, 1.5), "steel")
    if not short and dice.chance(0.4):
        shape.tube(outer * dice.between(1.3, 1.8), outer, length * 0.55, length * 0.55 + dice.between(12, 35), "steel")
    if dice.chance(0.15):
        shape.tube(tip * 1.25, tip, length - 14, length - 1, "steel")
    return shape


def slide(dice: Dice) -> Shape:
    """Return a channel with a port, a solid rear block, serrations and sights."""
    length, height, width = dice.between(120, 210), dice.between(18, 30), dice.between(18, 29)
    wall, cut = dice.between(2.4, 4.6), dice.between(1, 6)
    profile = ((0, 0), (length, dice.between(0, 4)), (length, height - cut), (length - cut, height), (0, height))
    shape = Shape()
    for side in (-1, 1):
        shape.prism(profile, side * width / 2, side * (width / 2 - wall), "steel")
    inner = (-width / 2 + wall, width / 2 - wall)
    port = length * dice.between(0.36, 0.48)
    port_end = port + dice.between(22, 40)
    for start, stop in ((0.0, port), (port_end, length)):
        shape.box((start, stop), (height - wall, height), inner, "steel")
    shape.box((length * 0.03, port), (height * dice.between(0.25, 0.45), height - wall), inner, "steel")
    shape.rod(dice.between(2, 3.5), length * 0.03, port - 2, "steel", -1, height * 0.6)
    front = length - dice.between(5, 11)
    shape.box((front, length), (0, height - wall), inner, "steel")
    shape.rod(min(dice.between(4.5, 7), height * 0.35), front, length, "steel", -1, height * 0.55)
    _serrations(dice, shape, height, width)
    if dice.chance(0.8):
        shape.box((length - 15, length - 10), (height, height + dice.between(2.5, 5)), (-2, 2), "steel")
        shape.box((4, 14), (height, height + dice.between(2.5, 5)), (-6, 6), "steel")
    return shape


def _serrations(dice: Dice, shape: Shape, height: float, width: float) -> None:
    pitch, count = dice.between(3, 5.5), dice.count(4, 9)
    for index in range(count):
        start = 6 + index * pitch
        for side in (-1, 1):
            faces = (side * width / 2, side * (width / 2 - 0.9))
            shape.box(
                (start, start + pitch * 0.45), (height * 0.15, height * 0.9), (min(faces), max(faces)), "steel", -1
            )


def bolt(dice: Dice) -> Shape:
    """Return a turning bolt with its handle, or a carrier with a long body."""
    shape, length, radius = Shape(), dice.between(85, 195), dice.between(7.5, 13)
    if dice.chance(0.5):
        shape.rod(radius * 0.75, 0, length, "steel").rod(dice.between(2, 3), 0, length, "steel", -1)
        for low, high in ((0.6, 1.2), (-1.2, -0.6)):
            shape.box((length - 14, length - 4), (low * radius, high * radius), (-4, 4), "steel")
        root, reach, lean = dice.between(8, 40), dice.between(25, 50), turn("z", dice.between(-25, 25))
        shape.frustum((4.5, 4), 0, reach, "steel", 1, lean @ turn("x", 90), (root, 0, 0))
        shape.ellipsoid((9, 9, 9), "steel", 1, lean @ np.array((0, -reach - 5, 0)) + np.array((root, 0, 0)))
        if dice.chance(0.6):
            shape.rod(radius, -dice.between(15, 35), 0, "steel")
        return shape
    middle = length * dice.between(0.4, 0.6)
    shape.tube(radius, radius * 0.6, 0, middle, "steel")
    shape.box((middle, length), (-radius * 0.9, radius * 0.6), (-radius * 0.8, radius * 0.8), "steel")
    shape.rod(radius * 0.5, middle, length, "steel", -1)
    shape.rod(radius * 0.5, length, length + dice.between(10, 28), "steel")
    if dice.chance(0.6):
        shape.tube(dice.between(4.5, 7), 3, length * 0.4, length * dice.between(0.7, 1.3), "steel", radius + 5)
        shape.box((length * 0.42, length * 0.5), (radius * 0.5, radius + 6), (-4, 4), "steel")
    for index in range(dice.count(0, 4)):
        shape.disc(3, -radius * 0.8, radius * 0.8, "steel", -1, length * (0.6 + 0.1 * index), -2)
    return shape


def trigger_group(dice: Dice) -> Shape:
    """Return two side plates with a curved lever, a hook, pins and a coil between them."""
    length, height, width = dice.between(40, 95), dice.between(13, 26), dice.between(8, 16)
    housing = dice.pick(("steel", "aluminium", "polymer"), (0.55, 0.25, 0.2))
    shape = Shape()
    for side in (-1, 1):
        shape.box((0, length), (0, height), tuple(sorted((side * width / 2, side * (width / 2 - 1.8)))), housing)  # type: ignore[arg-type]
    lever, hook = length * dice.between(0.25, 0.5), length * dice.between(0.68, 0.92)
    curve = arc((lever + 16, -dice.between(14, 24)), (20, 26), 110, 205, 8)
    shape.prism(band(curve, dice.between(4, 6)), -3, 3, "steel").disc(6, -3, 3, "steel", 1, lever + 2, height * 0.3)
    top = height + dice.between(10, 26)
    shape.prism(
        ((hook - 6, 3), (hook + 6, 2), (hook + 9, top - 6), (hook + 2, top), (hook - 3, height + 6)), -3.5, 3.5, "steel"
    )
    shape.prism(
        ((lever, height * 0.3), (hook - 5, height * 0.3), (hook - 4, height * 0.6), (lever, height * 0.7)),
        -2.5,
        2.5,
        "steel",
    )
    for x in (lever, hook, length * dice.between(0.1, 0.2)):
        shape.disc(dice.between(1.5, 2.6), -width / 2 - 1, width / 2 + 1, "steel", 1, x, height * 0.4)
    coil = helix(dice.between(16, 32), dice.between(2.5, 4), dice.between(6, 11)) @ turn("z", dice.between(20, 160)).T
    shape.wire(coil + np.array((hook, height * 0.4, 0)), 0.6, "steel")
    if dice.chance(0.5):
        guard(dice, shape, lever + 8, housing)
    return shape


def guard(dice: Dice, shape: Shape, x: float, material: str) -> None:
    """Add the loop around a trigger."""
    loop = arc((x, 0), (dice.between(20, 29), dice.between(22, 32)), 182, 358, 11)
    shape.prism(band(loop, dice.between(2.5, 4.5)), -4, 4, material)


def cylinder(dice: Dice) -> Shape:
    """Return a drum with five to eight through holes, empty or loaded, fluted or plain."""
    radius, length, holes = dice.between(16, 23), dice.between(28, 46), dice.count(5, 8)
    shape, ring = Shape().rod(radius, 0, length, "steel"), radius * 0.64
    hole = min(radius * 0.28, ring * np.sin(np.pi / holes) * 0.84)
    loaded = dice.chance(0.35)
    for index in range(holes):
        angle = 2 * np.pi * index / holes
        y, z = ring * np.cos(angle), ring * np.sin(angle)
        shape.rod(hole, 0, length, "steel", -1, y, z)
        if loaded:
            cartridge(shape, length * 0.85, 2 * hole * 0.92, ALONG_X, (0, y, z))
    if dice.chance(0.6):
        _flutes(shape, radius, length, holes)
    shape.rod(dice.between(2, 3), 0, length, "steel", -1)
    if dice.chance(0.5):
        shape.rod(dice.between(3, 5), -dice.between(4, 9), 0, "steel")
    return shape


def _flutes(shape: Shape, radius: float, length: float, holes: int) -> None:
    for index in range(holes):
        angle = 2 * np.pi * (index + 0.5) / holes
        y, z = radius * 1.02 * np.cos(angle), radius * 1.02 * np.sin(angle)
        shape.rod(radius * 0.14, length * 0.4, length, "steel", -1, 0.97 * y, 0.97 * z)


def suppressor(dice: Dice) -> Shape:
    """Return a closed tube with end caps and a stack of cones, discs or a mesh inside."""
    length, radius = dice.between(110, 260), dice.between(15, 26)
    material = dice.pick(("steel", "aluminium", "titanium"), (0.4, 0.45, 0.15))
    wall, bore = dice.between(1.2, 3), dice.between(3.5, 7)
    shape = Shape().tube(radius, radius - wall, 0, length, material)
    for start in (0.0, length - dice.between(4, 8)):
        shape.tube(radius - wall, bore, start, start + 5, material)
    first, inside = dice.between(8, length * 0.4), dice.pick((material, "steel"))
    count, look = dice.count(4, 10), dice.pick(("cone", "disc", "spaced"))
    pitch = (length - first - 8) / count
    for index in range(count):
        start = first + index * pitch
        if look == "cone":
            shape.cone((bore + 1, radius - wall), start, start + pitch * 0.8, inside)
            shape.cone((bore, radius - wall - 1.4), start, start + pitch * 0.8, inside, -1)
        else:
            shape.tube(radius - wall, bore, start, start + (2.5 if look == "disc" else pitch * 0.3), inside)
    if dice.chance(0.6):
        shape.tube(dice.between(8, 11), 6, -dice.between(5, 18), 3, "steel")
    return shape


def cartridge(shape: Shape, length: float, width: float, rotation: Array, offset: Vector, necked: bool = False) -> None:
    """Add one round along the rotated z axis: a case, a filling and a dense tip; only the outline is modelled."""
    case, radius = length * (0.72 if necked else 0.6), width / 2
    shape.frustum((radius, radius * 0.96), 0, case, "brass", 1, rotation, offset)
    shape.frustum((radius * 0.86, radius * 0.84), width * 0.25, case, "brass", -1, rotation, offset)
    shape.frustum((radius * 0.84, radius * 0.84), width * 0.25, case * 0.8, "polymer", 1, rotation, offset)
    tip = radius * (0.6 if necked else 0.86)
    if necked:
        shape.frustum((radius * 0.96, tip), case, case + length * 0.08, "brass", 1, rotation, offset)
    shape.frustum((tip, tip * 0.9), case * 0.95, length * 0.85, "lead", 1, rotation, offset)
    shape.frustum((tip * 0.9, tip * 0.25), length * 0.85, length, "lead", 1, rotation, offset)


def ammunition(dice: Dice) -> Shape:
    """Return rounds: a boxed grid, a loose heap, a row, or shells."""
    look = dice.pick(("grid", "loose", "row", "shells"), (0.5, 0.25, 0.15, 0.1))
    if look == "shells":
        return _shells(dice)
    shape, necked = Shape(), dice.chance(0.35)
    length = dice.between(42, 78) if necked else dice.between(20, 34)
    width = dice.between(8.5, 12.5)
    if look == "grid":
        return _grid(dice, length, width, necked)
    if look == "row":
        pitch = width * dice.between(1.05, 1.4)
        for index in range(dice.count(4, 14)):
            cartridge(shape, length, width, ALONG_X, (0, index * pitch, 0), necked)
        return shape
    for _ in range(dice.count(4, 20)):
        pose = turn("z", dice.between(0, 360)) @ ALONG_X @ turn("x", dice.between(-15, 15))
        cartridge(
            shape,
            length,
            width,
            pose,
            (dice.normal(length * 0.7), dice.normal(length * 0.7), dice.between(0, 14)),
            necked,
        )
    return shape


def _grid(dice: Dice, length: float, width: float, necked: bool) -> Shape:
    shape, columns, rows = Shape(), dice.count(2, 6), dice.count(3, 10)
    pitch, alternating = width * dice.between(1.08, 1.4), dice.chance(0.4)
    for column in range(columns):
        for row in range(rows):
            down = alternating and column % 2 == 1
            pose = turn("x", 180) if down else IDENTITY
            cartridge(shape, length, width, pose, (column * pitch, row * pitch, length if down else 0), necked)
    if dice.chance(0.6):
        margin = pitch / 2 + 2
        outer = ((-margin, (columns - 0.5) * pitch + 2), (-margin, (rows - 0.5) * pitch + 2), (-2, length + 2))
        shape.shell(*outer, 1.0, dice.pick(("paper", "plastic")))
    return shape


def _shells(dice: Dice) -> Shape:
    shape, length, width = Shape(), dice.between(55, 72), dice.between(18, 21)
    for index in range(dice.count(3, 12)):
        offset = np.array(((index % 3) * width * 1.08, (index // 3) * width * 1.08, 0))
        shape.frustum((width / 2, width / 2), 0, 14, "brass", 1, IDENTITY, offset)
        shape.frustum((width / 2 - 0.4, width / 2 - 0.4), 4, 14, "brass", -1, IDENTITY, offset)
        shape.frustum((width / 2 - 1, width / 2 - 1), 4, length, "plastic", 1, IDENTITY, offset)
        for _ in range(9):
            shape.ellipsoid(
                (3, 3, 3), "lead", 1, offset + np.array((dice.normal(3), dice.normal(3), dice.between(34, 56)))
            )
    return shape


def magazine(dice: Dice) -> Shape:
    """Return a thin-walled box, straight or curved, with its coil, follower, floor plate, and rounds or none."""
    long = dice.chance(0.4)
    length = dice.between(120, 215) if long else dice.between(75, 140)
    depth = dice.between(45, 70) if long else dice.between(26, 40)
    width = dice.between(20, 29) if long else dice.between(15, 28)
    material = dice.pick(("steel", "polymer", "aluminium"), (0.6, 0.3, 0.1))
    wall = dice.between(0.7, 1.3) if material == "steel" else dice.between(1.5, 2.8)
    bend = dice.between(5, 32) if long and dice.chance(0.6) else dice.between(0, 3)
    x = np.linspace(0, length, 8)
    spine = bend * (2 * x / length - 1) ** 2
    shape = Shape().prism(_strip(x, spine, depth / 2), -width / 2, width / 2, material)
    shape.prism(_strip(x, spine, depth / 2 - wall), -width / 2 + wall, width / 2 - wall, material, -1)
    shape.prism(
        rounded((-4, 0), (spine[0] - depth / 2 - 3, spine[0] + depth / 2 + 2), 1),
        -width / 2 - 1,
        width / 2 + 1,
        material,
    )
    _fill(dice, shape, x, spine, (length, depth, width - 2 * wall), long)
    for index in range(dice.count(0, 6)):
        place = float(np.interp(length * (0.3 + 0.1 * index), x, spine))
        shape.disc(1.8, -width / 2, -width / 2 + wall, material, -1, length * (0.3 + 0.1 * index), place)
    return shape


def _strip(x: Array, spine: Array, half: float) -> Array:
    upper, lower = np.stack([x, spine + half], axis=1), np.stack([x, spine - half], axis=1)
    return np.concatenate([lower, upper[::-1]])


def _fill(dice: Dice, shape: Shape, x: Array, spine: Array, inside: tuple[float, float, float], necked: bool) -> None:
    length, depth, width = inside
    rounds = dice.count(1, 12) if dice.chance(0.5) else 0
    size = min(dice.between(8.5, 11), width * 0.6)
    top = max(14.0, length - 10 - rounds * size * 0.75)
    coil = helix(top - 4, depth * 0.36, dice.between(6, 12), 2)
    coil[:, 2] *= (width / 2 - 1) / (depth * 0.36)
    coil[:, 1] += np.interp(coil[:, 0], x, spine)
    shape.wire(coil, dice.between(0.6, 0.9), "steel")
    y = float(np.interp(top, x, spine))
    follower = dice.pick(("plastic", "steel"), (0.65, 0.35))
    shape.box((top, top + 4), (y - depth * 0.4, y + depth * 0.4), (-width / 2 + 1, width / 2 - 1), follower)
    for index in range(rounds):
        place = top + 8 + index * size * 0.75
        y = float(np.interp(place, x, spine))
        side = (width / 2 - size / 2) * (1 if index % 2 else -1)
        cartridge(shape, depth * 0.8, size * 0.9, turn("x", -90), (place, y - depth * 0.42, side), necked)
